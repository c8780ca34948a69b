"""Migration lineages: one per schema, each with its own version table, so that a missing plugin blocks nobody."""

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractContextManager, asynccontextmanager, nullcontext
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib import resources
from pathlib import Path

import asyncpg
from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, pool, text
from sqlalchemy.ext.asyncio import AsyncConnection, create_async_engine

from smilero_core.db.driver import Connection as DriverConnection
from smilero_core.db.partitions import MIGRATIONS_LOCK, keep_partitions
from smilero_core.db.roles import APP_ROLE, CORE_SCHEMA, PLATFORM_ROLE, plugin_role

# Tables of the registry that every plugin may read.
SHARED_TABLES = ("market", "shop")

# Whoever moves whole schemas gives way to people who are at work.
LOCK_TIMEOUT = "5s"
# How values are written as text, whatever the server's own habits: pg_dump sets the same.
DUMPED = {"timezone": "UTC", "datestyle": "ISO", "intervalstyle": "postgres", "bytea_output": "hex", "extra_float_digits": "3"}


@dataclass(frozen=True)
class Lineage:
    """The revisions of one schema.

    Attributes:
        schema: `core` or `plugin_<name>`.
        versions: the folder of revision files.
    """

    schema: str
    versions: Path

    @classmethod
    def of_core(cls) -> "Lineage":
        """The core's own."""
        return cls(CORE_SCHEMA, environment() / "versions")

    @classmethod
    def of_plugin(cls, name: str, package: str) -> "Lineage":
        """A plugin's, in its package's folder `migrations`."""
        return cls(plugin_role(name), Path(str(resources.files(package))) / "migrations")

    def head(self) -> str | None:
        """The newest revision. Raises alembic's error when there are two heads."""
        return ScriptDirectory.from_config(_config(self)).get_current_head()

    def has(self, revision: str) -> bool:
        """Whether this version knows a revision."""
        return any(script.revision == revision for script in ScriptDirectory.from_config(_config(self)).walk_revisions())


def environment() -> Path:
    """Alembic's folder: inside the package when installed from a wheel, else the checkout's own."""
    package = Path(str(resources.files("smilero_core")))
    inside = package / "alembic"
    return inside if inside.is_dir() else package.parent.parent / "alembic"


async def upgrade(owner_url: str, lineages: list[Lineage], told: Callable[[str], None] = lambda _: None) -> None:
    """Bring every schema to its head: core first, then plugins in the order given.

    One process at a time, by an advisory lock; a revision is one transaction, so a killed run goes on where it was.
    A plugin that was uninstalled stays so.

    Args:
        owner_url: the owner's login.
        told: called with a schema's name before its revisions run.
    """
    await migrate(owner_url, [(lineage, "head") for lineage in lineages if lineage.schema == CORE_SCHEMA], told)
    gone = await uninstalled(owner_url)
    await migrate(owner_url, [(one, "head") for one in lineages if one.schema != CORE_SCHEMA and one.schema not in gone], told)
    await keep_partitions(owner_url, datetime.now(UTC).date())


async def uninstalled(url: str) -> frozenset[str]:
    """The schemas of the plugins that were uninstalled, asked with any login; none before the core is there."""
    connection = await asyncpg.connect(url)
    try:
        if not await connection.fetchval("select to_regclass('core.plugin_uninstalled') is not null"):
            return frozenset()
        return frozenset(plugin_role(row["plugin"]) for row in await connection.fetch("select plugin from core.plugin_uninstalled"))
    finally:
        await connection.close()


async def migrate(owner_url: str, targets: list[tuple[Lineage, str]], told: Callable[[str], None] = lambda _: None) -> None:
    """Bring schemas up to `head` or a named revision, or down by `-1`, `-2` … or to `base`, which leaves an empty schema."""
    async with _migrating(owner_url) as connection:
        for lineage, target in targets:
            told(lineage.schema)
            await connection.run_sync(_run, lineage, target)
            await connection.commit()


@dataclass(frozen=True)
class WholeMigration:
    """A transaction of the owner in which schemas move and rows are written: all of it, or nothing.

    Attributes:
        link: the same connection for statements of one's own.
    """

    link: DriverConnection
    _connection: AsyncConnection

    async def to(self, lineage: Lineage, target: str) -> None:
        """Bring a schema to `head` or to a revision."""
        await self._connection.run_sync(_run, lineage, target)


@asynccontextmanager
async def whole_migration(owner_url: str) -> AsyncIterator[WholeMigration]:
    """Commit at the end of the block, or leave everything as it was."""
    async with _migrating(owner_url) as connection, connection.begin():
        # The driver's transaction begins with SQLAlchemy's first statement.
        await connection.execute(text(f"set local lock_timeout = '{LOCK_TIMEOUT}'"))
        raw = await connection.get_raw_connection()
        link = raw.driver_connection
        if link is None:
            msg = "the connection is closed"
            raise RuntimeError(msg)
        yield WholeMigration(link, connection)


@asynccontextmanager
async def _migrating(owner_url: str) -> AsyncIterator[AsyncConnection]:
    """The owner's connection with the lock of migrations, whose values are written as `DUMPED` says."""

    async def connect() -> DriverConnection:
        # No cache: a statement that was prepared before a migration does not fit after it.
        return await asyncpg.connect(owner_url, statement_cache_size=0, server_settings={"application_name": "smilero migrate", **DUMPED})

    engine = create_async_engine("postgresql+asyncpg://", async_creator=connect, poolclass=pool.NullPool)
    try:
        async with engine.connect() as connection:
            await connection.execute(text(MIGRATIONS_LOCK))
            await connection.commit()
            yield connection
    finally:
        await engine.dispose()


def _run(connection: Connection, lineage: Lineage, target: str) -> None:
    whole = connection.in_transaction()
    _prepare(connection, lineage.schema)
    config = _config(lineage)
    config.attributes["connection"] = connection
    going_down = target == "base" or target.startswith("-")
    (command.downgrade if going_down else command.upgrade)(config, target)
    if not whole:
        connection.commit()
    with _step(connection):
        if not going_down:
            connection.execute(text(f"grant select on {lineage.schema}.alembic_version to {APP_ROLE}"))
        if lineage.schema != CORE_SCHEMA:
            for table in SHARED_TABLES:
                connection.execute(text(f"grant select on {CORE_SCHEMA}.{table} to {lineage.schema}"))


def _prepare(connection: Connection, schema: str) -> None:
    """The schema, and for a plugin its role, which the application may step into but does not inherit."""
    users = f"{APP_ROLE}, {PLATFORM_ROLE}" if schema == CORE_SCHEMA else APP_ROLE
    with _step(connection):
        if schema != CORE_SCHEMA:
            known = connection.execute(text("select true from pg_roles where rolname = :role"), {"role": schema}).scalar()
            if not known:
                connection.execute(text(f"create role {schema} nologin nosuperuser nobypassrls"))
            connection.execute(text(f"grant {schema} to {APP_ROLE} with inherit false, set true, admin false"))
        connection.execute(text(f"create schema if not exists {schema}"))
        connection.execute(text(f"grant usage on schema {schema} to {users}"))
        if schema != CORE_SCHEMA:
            connection.execute(text(f"grant usage on schema {schema}, {CORE_SCHEMA} to {schema}"))


def _step(connection: Connection) -> AbstractContextManager[object]:
    """A transaction of its own, unless the whole is one."""
    return nullcontext() if connection.in_transaction() else connection.begin()


def _config(lineage: Lineage) -> Config:
    config = Config()
    config.set_main_option("script_location", str(environment()).replace("%", "%%"))
    config.set_main_option("version_locations", str(lineage.versions).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    config.attributes["schema"] = lineage.schema
    return config
