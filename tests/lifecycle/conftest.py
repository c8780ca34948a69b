"""Installations on servers of their own: a role is the server's, so that it can go only where no other database has it."""

import asyncio
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import pytest
from pydantic import SecretStr

from smilero_core.db.bootstrap import bootstrap
from smilero_core.db.database import Database
from smilero_core.db.driver import Connection
from smilero_core.db.lineages import upgrade
from smilero_core.db.orm import forget_models, init_models
from smilero_core.db.settings import DatabaseSettings
from smilero_core.embedded import Embedded
from smilero_core.identity.access import Access
from smilero_core.identity.vault import Vault
from smilero_core.models import CORE_MODELS
from smilero_core.plugins.context import HostServices
from smilero_core.plugins.gate import PluginGate
from smilero_core.plugins.host import PluginHost
from smilero_sdk.i18n import Catalogue
from smilero_tenants.provisioning.life import live_demo
from smilero_web.cli.console import PACKAGES
from smilero_web.services import Installed, host_services
from tests.support.cluster import connected
from tests.support.commands import own_folder
from tests.support.foundations import Foundation, found


@dataclass(frozen=True)
class House:
    """An installation with two foundations, whose plugins have a past.

    Attributes:
        admin: its database as the superuser.
    """

    settings: DatabaseSettings
    database: Database
    admin: Connection
    host: PluginHost
    services: HostServices
    foundations: Sequence[Foundation]

    @property
    def vault(self) -> Vault:
        """Of its secret."""
        return Vault(self.settings.secret_key.get_secret_value())

    async def live(self, now: datetime | None = None) -> None:
        """Let the plugins make up their past, as a start of the demo does."""
        await live_demo(self.database, self.services, Access(self.host.permissions), now=now)


@asynccontextmanager
async def opened(settings: DatabaseSettings, host: PluginHost) -> AsyncIterator[House]:
    """Found 성남 and 부천 in a migrated database, every plugin on, and load the models until the end of the block."""
    async with AsyncExitStack() as stack:
        await init_models({"core": CORE_MODELS, **host.models})
        stack.push_async_callback(forget_models)
        database = await stack.enter_async_context(Database(settings))
        admin = await stack.enter_async_context(connected(settings.database_url))
        vault = Vault(settings.secret_key.get_secret_value())
        installed = Installed(host, Catalogue.of([*PACKAGES, *host.packages]))
        services = host_services(installed, PluginGate(database, host.listed), vault)
        foundations = [await found(database, vault, slug, plugins=tuple(host.plugins)) for slug in ("seongnam", "bucheon")]
        yield House(settings, database, admin, host, services, foundations)


@pytest.fixture(scope="module")
def server() -> Iterator[DatabaseSettings]:
    """An empty server of the module's own, bootstrapped."""
    with own_folder() as folder, Embedded(folder / "data", durable=False) as services:
        settings = DatabaseSettings(database_url=services.database_url, secret_key=SecretStr(services.secret), database_pool=4)
        asyncio.run(bootstrap(settings))
        yield settings


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    """Where an export goes."""
    return tmp_path / "export.zip"


async def migrated(settings: DatabaseSettings, host: PluginHost) -> None:
    """Bring it to this version."""
    await upgrade(settings.owner(), host.lineages())
