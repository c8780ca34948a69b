"""What a process of the application holds while it runs."""

import asyncio
from collections.abc import AsyncIterator, Coroutine, Iterable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from importlib import resources
from pathlib import Path
from typing import Any

from redis.asyncio import Redis

from smilero_core.db.database import Database
from smilero_core.db.orm import forget_models, init_models
from smilero_core.db.settings import DatabaseSettings
from smilero_core.files.store import FileStore
from smilero_core.identity.access import Access
from smilero_core.identity.outside.client import OutsideClient
from smilero_core.identity.outside.network import Addresses
from smilero_core.identity.vault import Vault
from smilero_core.jobs.doorbell import Bell
from smilero_core.limits.limiter import Limiter
from smilero_core.messaging.channels import DevelopmentChannel, NoChannel, TextChannel
from smilero_core.messaging.security import SecurityMessages
from smilero_core.models import CORE_MODELS
from smilero_core.plugins.checking import Shown
from smilero_core.plugins.context import HostServices
from smilero_core.plugins.gate import PluginGate
from smilero_core.plugins.host import PluginHost
from smilero_core.plugins.inventory import require_spoken
from smilero_core.plugins.watch import Watch
from smilero_core.plugins.watchdog import Limits
from smilero_core.realtime.hub import LiveHub
from smilero_core.realtime.rooms import Rooms
from smilero_core.registry.calendar import kst_today, warm_up
from smilero_core.tenancy.directory import TenantDirectory
from smilero_sdk.i18n import Catalogue
from smilero_tenants.faces.ask import shop_slots
from smilero_tenants.faces.live import check_viewers
from smilero_tenants.faces.todos import TodoCounts
from smilero_tenants.faces.viewers import Viewer
from smilero_tenants.papers.typesetting import Typesetter
from smilero_web.guarding import guarding
from smilero_web.services import Installed, Wires, host_services
from smilero_web.settings import WebSettings
from smilero_web.static_files import PICTURE_FONTS
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
    bell: Bell
    rooms: Rooms[Viewer]
    todos: TodoCounts
    files: FileStore
    limiter: Limiter
    watch: Watch | None
    channel: TextChannel
    messages: SecurityMessages
    outside: OutsideClient
    typesetter: Typesetter

    @property
    def demo(self) -> bool:
        """Whether codes are shown and demo people exist."""
        return self.settings.demo


def assemble(settings: WebSettings) -> Parts:
    """Find plugins, catalogues and templates. Raises PluginLoadError, ValueError for a broken catalogue."""
    host = PluginHost.discover(settings.listed_plugins)
    catalogue = Catalogue.of([*PACKAGES, *host.packages])
    require_spoken(host, catalogue.keys())
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


def _shown(parts: Parts) -> Shown:
    return Shown(parts.templates.has, parts.templates.icons, parts.catalogue.keys())


@asynccontextmanager
async def _tasks(works: Iterable[Coroutine[Any, Any, None]]) -> AsyncIterator[None]:
    """What goes on beside the requests, until the end of the block."""
    tasks = [asyncio.create_task(work) for work in works]
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        # Each closes its connection to redis as it ends.
        await asyncio.gather(*tasks, return_exceptions=True)


@asynccontextmanager
async def running(parts: Parts, database_settings: DatabaseSettings) -> AsyncIterator[Runtime]:
    """Open the database and load the models until the end of the block."""
    await init_models({"core": CORE_MODELS, **parts.host.models})
    try:
        async with AsyncExitStack() as stack:
            redis = await stack.enter_async_context(_redis(parts.settings))
            watch = Watch(redis, parts.settings.watch) if parts.settings.watch else None
            database = await stack.enter_async_context(Database(database_settings, watch.statement if watch else None))
            vault, hub = Vault.of(database_settings), LiveHub(redis)
            bell, channel = Bell(parts.settings.redis_url), DevelopmentChannel() if parts.settings.demo else NoChannel()
            gate = PluginGate(database, parts.host.listed)
            limits = Limits(parts.settings.blocked_notice_seconds, parts.settings.blocked_end_seconds)
            failures = await stack.enter_async_context(guarding(parts.host, database, database_settings, gate, limits))
            rooms: Rooms[Viewer] = Rooms(hub)
            todos = TodoCounts(database)
            files = FileStore.at(parts.settings.files_url, parts.settings.data_dir / "files")
            wires = Wires(hub, partial(shop_slots, parts.templates), bell, failures, _shown(parts), watch)
            runtime = Runtime(
                **{name: getattr(parts, name) for name in Parts.__dataclass_fields__},
                database=database,
                directory=TenantDirectory(database, parts.settings.domain),
                services=host_services(Installed(parts.host, parts.catalogue, files), gate, vault, wires),
                gate=gate,
                vault=vault,
                bell=bell,
                rooms=rooms,
                todos=todos,
                files=files,
                limiter=Limiter(redis),
                watch=watch,
                channel=channel,
                messages=SecurityMessages(database, vault, channel),
                outside=OutsideClient(Addresses(loopback=parts.settings.near_providers)),
                typesetter=Typesetter(PICTURE_FONTS),
            )
            works = [hub.run(), bell.run(), rooms.run(partial(check_viewers, runtime)), todos.run(), *([watch.run()] if watch else [])]
            async with _tasks(works):
                yield runtime
    finally:
        await forget_models()
