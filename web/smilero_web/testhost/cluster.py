"""The servers of a test run, and its databases: one is migrated by the product's own code, all others are copies of it."""

import asyncio
import shutil
import tempfile
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from importlib.metadata import entry_points
from pathlib import Path
from uuid import uuid4

import asyncpg
from pydantic import SecretStr

from smilero_core.db.bootstrap import admit, bootstrap
from smilero_core.db.driver import Connection
from smilero_core.db.lineages import Lineage, upgrade
from smilero_core.db.settings import DatabaseSettings, with_database
from smilero_core.embedded import Embedded
from smilero_core.plugins.host import GROUP

# Sealed and empty; and the same with every table. Nobody works in them, so that they can be copied.
BLANK, MIGRATED = "smilero_blank", "smilero_migrated"


def installed_lineages() -> list[Lineage]:
    """The core's, and every installed plugin's that has tables."""
    points = sorted(entry_points(group=GROUP), key=lambda point: point.name)
    plugins = (Lineage.of_plugin(point.name, point.module.partition(".")[0]) for point in points)
    return [Lineage.of_core(), *(lineage for lineage in plugins if lineage.versions.is_dir())]


@dataclass(frozen=True)
class Cluster:
    """Where the servers are.

    Attributes:
        database_url: as the superuser.
        secret: of which the logins' passwords are made.
    """

    database_url: str
    redis_url: str
    secret: str

    def settings(self, database: str) -> DatabaseSettings:
        """The product's settings for one of the databases, with a pool of 4."""
        url = with_database(self.database_url, database)
        return DatabaseSettings(database_url=url, secret_key=SecretStr(self.secret), database_pool=4)

    async def prepare(self, lineages: Sequence[Lineage]) -> None:
        """Make the two databases that are copied, one of them with the tables of these lineages."""
        async with connected(self.database_url) as admin:
            await admin.execute(f"create database {BLANK}")
            await bootstrap(self.settings(BLANK))
            await self._copy(admin, MIGRATED, BLANK)
            await upgrade(self.settings(MIGRATED).owner(), list(lineages))

    @asynccontextmanager
    async def database(self, template: str = MIGRATED) -> AsyncIterator[DatabaseSettings]:
        """A database of one's own, gone at the end."""
        name = f"smilero_{uuid4().hex[:12]}"
        async with connected(self.database_url) as admin:
            await self._copy(admin, name, template)
        try:
            yield self.settings(name)
        finally:
            # By a new connection: a test may have crashed the server meanwhile.
            async with connected(self.database_url) as admin:
                await admin.execute(f"drop database {name} with (force)")

    async def _copy(self, admin: Connection, name: str, template: str) -> None:
        await admin.execute(f"create database {name} template {template}")
        await admit(admin, name)


@asynccontextmanager
async def connected(url: str) -> AsyncIterator[Connection]:
    """One connection, without a pool."""
    connection = await asyncpg.connect(url)
    try:
        yield connection
    finally:
        await connection.close()


@contextmanager
def running_cluster(lineages: Sequence[Lineage]) -> Iterator[Cluster]:
    """Start the servers in a temporary folder with the tables of these lineages, and stop them at the end."""
    # Not below pytest's folder: every new run of root makes that private again, under the servers' feet.
    folder = Path(tempfile.mkdtemp(prefix="smilero-test-")).resolve()
    try:
        with Embedded(folder / "data", durable=False) as services:
            cluster = Cluster(services.database_url, services.redis_url, services.secret)
            asyncio.run(cluster.prepare(lineages))
            yield cluster
    finally:
        shutil.rmtree(folder)
