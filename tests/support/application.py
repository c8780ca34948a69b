"""Fixtures: the application with two foundations on a database of its own, served by two processes.

A pytest plugin, so that every folder of tests shares one; a conftest registers it with `register`.
"""

from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

import pytest
from httpx2 import AsyncClient

from smilero_core.db.database import Database
from smilero_core.db.driver import Connection
from smilero_core.db.settings import DatabaseSettings
from smilero_core.identity.vault import Vault
from tests.support.cluster import Cluster, connected
from tests.support.foundations import Foundation, found
from tests.support.web import DOCUMENT, Caller, Server, http_client, running_server


def register(config: pytest.Config) -> None:
    """Make the fixtures of this module known, once."""
    if not config.pluginmanager.has_plugin(__name__):
        from tests.support import application  # noqa: PLC0415 - this module itself, as an object

        config.pluginmanager.register(application, __name__)


@dataclass(frozen=True)
class Site:
    """The application at work.

    Attributes:
        admin: its database as the superuser, for what no request may do.
        servers: two processes on that database.
        document: of the foundation that has every plugin on.
    """

    settings: DatabaseSettings
    redis_url: str
    database: Database
    admin: Connection
    seongnam: Foundation
    bucheon: Foundation
    servers: tuple[Server, Server]
    http: AsyncClient
    document: Mapping[str, Any]

    def caller(self, foundation: Foundation, who: str | None = None, *, process: int = 0) -> Caller:
        """Somebody of the cast, or nobody, at a foundation's host."""
        token = foundation.tokens[who] if who else None
        return Caller(self.http, self.servers[process].url, foundation.host, token, self.document)


@pytest.fixture(scope="session")
async def site(cluster: Cluster) -> AsyncIterator[Site]:
    """The application with 성남 and 부천, every plugin on."""
    async with running_site(cluster) as made:
        yield made


@asynccontextmanager
async def running_site(cluster: Cluster, **environment: str) -> AsyncIterator[Site]:
    """The application on a database of its own, its servers in an environment of their own."""
    async with AsyncExitStack() as stack:
        settings = await stack.enter_async_context(cluster.database())
        database = await stack.enter_async_context(Database(settings))
        admin = await stack.enter_async_context(connected(settings.database_url))
        vault = Vault(settings.secret_key.get_secret_value())
        seongnam, bucheon = await found(database, vault, "seongnam"), await found(database, vault, "bucheon")
        first = await stack.enter_async_context(running_server(settings, cluster.redis_url, **environment))
        second = await stack.enter_async_context(running_server(settings, cluster.redis_url, **environment))
        http = await stack.enter_async_context(http_client())
        document = await Caller(http, first.url, seongnam.host).get(DOCUMENT)
        assert document.status_code == HTTPStatus.OK, document.text
        yield Site(
            settings=settings,
            redis_url=cluster.redis_url,
            database=database,
            admin=admin,
            seongnam=seongnam,
            bucheon=bucheon,
            servers=(first, second),
            http=http,
            document=document.json(),
        )
