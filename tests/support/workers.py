"""A database with foundations that have the plugin `toll` on, its host in this process, and worker processes that can be killed."""

import asyncio
import os
import signal
import sys
import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from uuid import UUID

from smilero_core.db.database import Database
from smilero_core.db.driver import Connection
from smilero_core.db.session import Session
from smilero_core.db.settings import DatabaseSettings
from smilero_core.identity.vault import Vault
from smilero_core.jobs.doorbell import Bell
from smilero_core.messaging.channels import TextChannel
from smilero_core.messaging.for_plugins import SEND_JOB
from smilero_core.messaging.sending import send_job
from smilero_core.platform.clock import Alarm, Clock
from smilero_core.platform.relay import Relay
from smilero_core.plugins.context import CORE, Context
from smilero_core.plugins.gate import PluginGate, switch
from smilero_core.plugins.host import PluginHost
from smilero_core.plugins.work import Workbench, listeners, schedules
from smilero_core.tenancy.directory import TenantDirectory
from smilero_sdk.context import Tenant
from smilero_sdk.i18n import Catalogue
from smilero_web.runtime import PACKAGES
from smilero_web.services import Installed, Wires, host_services
from tests.house.tree import ROOT
from tests.support.cluster import connected
from tests.support.tenants import plant
from tests.toll.smilero_toll.plugin import Number, Passed, plugin

TOLL = ROOT / "tests" / "toll"


@dataclass
class Yard:
    """Foundations with `toll` on, and everything that a worker has, without a worker.

    Attributes:
        admin: the database as the superuser, for what nobody of the product may do.
        tenants: two.
    """

    settings: DatabaseSettings
    database: Database
    admin: Connection
    tenants: tuple[Tenant, Tenant]
    host: PluginHost = field(default_factory=lambda: PluginHost([plugin], ["toll"]))

    def __post_init__(self) -> None:
        catalogue = Catalogue.of(PACKAGES)
        catalogue.add_folder(TOLL)
        self.vault = Vault(self.settings.secret_key.get_secret_value())
        self.gate = PluginGate(self.database, self.host.listed)
        self.services = host_services(Installed(self.host, catalogue), self.gate, self.vault, Wires())
        self.relay = Relay(self.database, listeners(self.host), self.host.listed, CORE)
        self.clock = Clock(self.database, {Alarm(*names): one for names, one in schedules(self.host).items()})
        self.bench = Workbench(self.database, self.services, {}, lambda tenant: f"https://{tenant.slug}.localhost")

    def bench_with(self, channel: TextChannel, budget: float = 60.0) -> Workbench:
        """A workbench that sends the core's messages by a channel."""
        core_jobs = {SEND_JOB: send_job(self.vault, channel)}
        return Workbench(self.database, self.services, core_jobs, lambda tenant: f"https://{tenant.slug}.localhost", budget)

    @asynccontextmanager
    async def ringing(self, redis_url: str) -> AsyncIterator[None]:
        """Let what is told and queued here ring in redis, until the end of the block."""
        bell = Bell(redis_url)
        passing_on = asyncio.create_task(bell.run())
        self.services = replace(self.services, bell=bell)
        yield
        self.services = replace(self.services, bell=None)
        passing_on.cancel()
        with suppress(asyncio.CancelledError):
            await passing_on

    @asynccontextmanager
    async def speaking(self, tenant: Tenant, name: str = "toll") -> AsyncIterator[Context]:
        """A transaction of a plugin, as a request gives it one."""
        async with self.database.unit(tenant.id) as unit:
            yield Context(tenant, "ko", unit, self.services, await self.gate.read(Session(unit)), plugin=name)

    async def passes(self, tenant: Tenant, *numbers: int) -> None:
        """Tell of numbers, all in one transaction."""
        async with self.speaking(tenant) as context:
            for number in numbers:
                await context.events.emit(Passed(number=number))

    async def later(self, tenant: Tenant, name: str, number: int | None = None, *, key: str | None = None) -> None:
        """Queue a job."""
        async with self.speaking(tenant) as context:
            await context.jobs.later(name, None if number is None else Number(number=number), key=key)

    async def switch(self, tenant: Tenant, *, enabled: bool) -> None:
        """The plugin on or off."""
        async with self.database.unit(tenant.id) as unit:
            await switch(Session(unit), "toll", enabled=enabled)

    async def work_off(self, tenant: Tenant) -> None:
        """Hand over and do all that is due, as a worker does that has not asked the gate yet."""
        self.gate.forget(tenant.id)
        while await self.relay.hand_over(tenant.id):
            pass
        while await self.bench.take_turn(tenant):
            pass

    async def come_due(self) -> None:
        """Let the time pass until everything that waits is due."""
        await self.admin.execute("update core.job set run_at = now(), leased_until = null where state = 'queued'")

    async def effects(self, tenant: Tenant) -> list[str]:
        """What the handlers did, as `handler number`, in order."""
        rows = await self.admin.fetch("select handler, number from plugin_toll.effect where tenant_id = $1 order by id", tenant.id)
        return [f"{row['handler']} {row['number']}" for row in rows]

    async def jobs(self, tenant: Tenant) -> list[tuple[str, str, int]]:
        """What waits or is dead: name, state, attempts."""
        rows = await self.admin.fetch(
            "select name, state, attempts from core.job where tenant_id = $1 and plugin = 'toll' order by name, id", tenant.id
        )
        return [(row["name"], row["state"], row["attempts"]) for row in rows]


@asynccontextmanager
async def open_yard(settings: DatabaseSettings) -> AsyncIterator[Yard]:
    """Two new foundations in a migrated database."""
    async with Database(settings) as database, connected(settings.database_url) as admin:
        ids = [(await plant(admin)).tenant for _ in range(2)]
        first, second = [await tenant_of(database, tenant_id) for tenant_id in ids]
        yard = Yard(settings, database, admin, (first, second))
        for tenant in yard.tenants:
            await yard.switch(tenant, enabled=True)
        yield yard


async def tenant_of(database: Database, tenant_id: UUID) -> Tenant:
    """A foundation as a context holds it."""
    found = await TenantDirectory(database, "localhost").by_id(tenant_id)
    assert found is not None
    return found


@dataclass
class Stable:
    """Worker processes.

    Attributes:
        alive: their process ids.
    """

    process: asyncio.subprocess.Process
    alive: list[int] = field(default_factory=list)

    async def start(self, count: int = 1) -> None:
        """Start workers."""
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        for _ in range(count):
            self.process.stdin.write(b"start\n")
            self.alive.append(int(await self.process.stdout.readline()))

    def ended(self) -> bool:
        """Whether all have ended by themselves."""
        return not any(Path(f"/proc/{worker}").exists() for worker in self.alive)

    async def kill_all(self) -> int:
        """Kill every worker with SIGKILL, and start as many anew. Returns how many."""
        killed, self.alive = self.alive, []
        for worker in killed:
            os.kill(worker, signal.SIGKILL)
        await self.start(len(killed))
        return len(killed)


@asynccontextmanager
async def open_stable(settings: DatabaseSettings, redis_url: str, **environment: str) -> AsyncIterator[Stable]:
    """Workers with the plugin `toll` on a database, none at first; all are gone at the end."""
    with installed_toll() as path:
        inherited = {name: value for name, value in os.environ.items() if not name.startswith("SMILERO_")}
        told = {
            "SMILERO_DATABASE_URL": settings.database_url,
            "SMILERO_DATABASE_POOL": str(settings.database_pool),
            "SMILERO_SECRET_KEY": settings.secret_key.get_secret_value(),
            "SMILERO_REDIS_URL": redis_url,
            "SMILERO_PLUGINS": "toll",
            "PYTHONPATH": path,
        }
        pipe = asyncio.subprocess.PIPE
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "tests.support.stable", env=inherited | told | environment, stdin=pipe, stdout=pipe, cwd=ROOT
        )
        try:
            yield Stable(process)
        finally:
            await process.communicate(b"")  # which closes its input


@contextmanager
def installed_toll() -> Iterator[str]:
    """What PYTHONPATH must be for a process that has `toll` installed, as pip would have it."""
    with tempfile.TemporaryDirectory(prefix="smilero-toll-") as folder:
        about = Path(folder) / "smilero_plugin_toll-0.1.dist-info"
        about.mkdir()
        (about / "METADATA").write_text("Metadata-Version: 2.1\nName: smilero-plugin-toll\nVersion: 0.1\n", encoding="utf-8")
        (about / "entry_points.txt").write_text("[smilero.plugins]\ntoll = smilero_toll.plugin:plugin\n", encoding="utf-8")
        yield os.pathsep.join([folder, str(TOLL), str(ROOT)])
