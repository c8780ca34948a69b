"""What a process of the application holds while it runs."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from importlib import resources
from pathlib import Path

from redis.asyncio import Redis

from smilero_core.db.database import Database
from smilero_core.db.orm import forget_models, init_models
from smilero_core.db.settings import DatabaseSettings
from smilero_core.identity.access import Access
from smilero_core.identity.vault import Vault
from smilero_core.jobs.doorbell import Bell
from smilero_core.limits.limiter import Limiter
from smilero_core.messaging.channels import DevelopmentChannel, NoChannel, TextChannel
from smilero_core.messaging.security import SecurityMessages
from smilero_core.models import CORE_MODELS
from smilero_core.plugins.context import HostServices
from smilero_core.plugins.gate import PluginGate
from smilero_core.plugins.host import PluginHost
from smilero_core.realtime.hub import LiveHub
from smilero_core.registry.calendar import kst_today, warm_up
from smilero_core.tenancy.directory import TenantDirectory
from smilero_sdk.i18n import Catalogue
from smilero_tenants.faces.ask import shop_slots
from smilero_web.services import Installed, Wires, host_services
from smilero_web.settings import WebSettings
from smilero_web.templating import Templates, read_manifest

PACKAGES = ("smilero_sdk", "smilero_core", "smilero_tenants", "smilero_web")


@dataclass(frozen=True)
class Parts:
    """What needs no database: made once, checked at start.

    Attributes:
        host: the plugins.
        catalogue: every sentence.
        templates: every page.
    """

    settings: WebSettings
    host: PluginHost
    catalogue: Catalogue
    templates: Templates
    access: Access


@dataclass(frozen=True)
class Runtime(Parts):
    """The parts, and what is open while the process runs."""

    database: Database
    directory: TenantDirectory
    services: HostServices
    gate: PluginGate
    vault: Vault
    hub: LiveHub
    bell: Bell
    limiter: Limiter
    channel: TextChannel
    messages: SecurityMessages

    @property
    def demo(self) -> bool:
        """Whether codes are shown and demo people exist."""
        return self.settings.demo


def assemble(settings: WebSettings) -> Parts:
    """Find plugins, catalogues and templates. Raises PluginLoadError, ValueError for a broken catalogue."""
    host = PluginHost.discover(settings.listed_plugins)
    catalogue = Catalogue.of([*PACKAGES, *host.packages])
    warm_up(kst_today(datetime.now(UTC)))
    return Parts(
        settings=settings,
        host=host,
        catalogue=catalogue,
        templates=_templates(catalogue, host),
        access=Access(host.permissions),
    )


def _templates(catalogue: Catalogue, host: PluginHost) -> Templates:
    templates = Templates(catalogue, read_manifest())
    templates.add("public", Path(str(resources.files("smilero_tenants.public"))) / "templates")
    for face in ("portal", "console"):
        templates.add(face, Path(str(resources.files(f"smilero_tenants.{face}"))) / "templates")
    for plugin in host.plugins.values():
        folder = Path(str(resources.files(plugin.package))) / "templates"
        if folder.is_dir():
            templates.add(plugin.name, folder)
    return templates


@asynccontextmanager
async def _redis(settings: WebSettings) -> AsyncIterator[Redis | None]:
    """A client that connects when it is used, so that a redis that is away does not stop a start; None without an address."""
    if not settings.redis_url:
        yield None
        return
    client = Redis.from_url(settings.redis_url, socket_connect_timeout=1, socket_timeout=None)
    try:
        yield client
    finally:
        await client.aclose()


@asynccontextmanager
async def running(parts: Parts, database_settings: DatabaseSettings) -> AsyncIterator[Runtime]:
    """Open the database and load the models until the end of the block."""
    await init_models({"core": CORE_MODELS, **parts.host.models})
    try:
        async with Database(database_settings) as database, _redis(parts.settings) as redis:
            vault, hub = Vault(database_settings.secret_key.get_secret_value()), LiveHub(redis)
            bell, channel = Bell(parts.settings.redis_url), DevelopmentChannel() if parts.settings.demo else NoChannel()
            passing_on = [asyncio.create_task(hub.run()), asyncio.create_task(bell.run())]
            gate = PluginGate(database, parts.host.listed)
            wires = Wires(hub, partial(shop_slots, parts.templates), bell)
            yield Runtime(
                **{name: getattr(parts, name) for name in Parts.__dataclass_fields__},
                database=database,
                directory=TenantDirectory(database, parts.settings.domain),
                services=host_services(Installed(parts.host, parts.catalogue), gate, vault, wires),
                gate=gate,
                vault=vault,
                hub=hub,
                bell=bell,
                limiter=Limiter(redis),
                channel=channel,
                messages=SecurityMessages(database, vault, channel),
            )
            for task in passing_on:
                task.cancel()
    finally:
        await forget_models()
