"""The worker: events handed over, jobs done, schedules kept. Any number of them may run; PostgreSQL says who does what."""

import asyncio
import logging
from collections import Counter
from collections.abc import Sequence
from contextlib import suppress
from uuid import UUID

from smilero_core.audit.sealing import BATCH as SEALS
from smilero_core.audit.sealing import seal
from smilero_core.db.settings import DatabaseSettings
from smilero_core.files.sweep import sweep as tidy_files
from smilero_core.identity.retention import RETAIN
from smilero_core.identity.retention import SCHEDULE as RETENTION
from smilero_core.jobs.doorbell import answer_bells
from smilero_core.messaging.for_plugins import SEND_JOB
from smilero_core.messaging.sending import send_job
from smilero_core.platform.clock import Alarm, Clock
from smilero_core.platform.relay import BATCH, Relay
from smilero_core.platform.unsealed import unsealed
from smilero_core.plugins.approval_ending import END_OVERDUE
from smilero_core.plugins.approval_ending import SCHEDULE as APPROVALS
from smilero_core.plugins.context import CORE
from smilero_core.plugins.work import Workbench, listeners, schedules
from smilero_sdk.context import Tenant
from smilero_tenants.imports.jobs import IMPORT_JOBS
from smilero_web.runtime import Parts, Runtime, running
from smilero_web.settings import WebSettings

log = logging.getLogger(__name__)

# Behind the bells: what no bell was heard for is found within this.
_SWEEP_SECONDS = 1.0
# Schedules of a plugin that was switched on are known within this many sweeps.
_WIND_EVERY = 5
_TIDY_SECONDS = 3_600.0
# At its end a worker lets jobs end by themselves for this long; what it cuts then is done again by another.
_GRACE_SECONDS = 5.0


class Worker:
    """One process's worker.

    Args:
        slots: how many jobs are at work at a time; each may hold a connection of the pool.
    """

    def __init__(self, runtime: Runtime, slots: int) -> None:
        host, database = runtime.host, runtime.database
        self._runtime = runtime
        self._slots = slots
        self._free = asyncio.Semaphore(slots)
        self._relay = Relay(database, listeners(host), host.listed, CORE)
        alarms = {Alarm(*names): schedule for names, schedule in schedules(host).items()}
        own = {Alarm(CORE, one.name): one for one in (RETENTION, APPROVALS)}
        self._clock = Clock(database, {**alarms, **own}, CORE)
        core_jobs = {SEND_JOB: send_job(runtime.vault, runtime.channel), RETENTION.name: RETAIN, APPROVALS.name: END_OVERDUE, **IMPORT_JOBS}
        self._bench = Workbench(database, runtime.services, core_jobs, lambda tenant: origin(runtime.settings, tenant))
        self._turns: set[asyncio.Task[bool]] = set()
        self._turning: Counter[UUID] = Counter()

    async def run(self) -> None:
        """Work until cancelled."""
        url = self._runtime.settings.redis_url
        try:
            async with asyncio.TaskGroup() as group:
                group.create_task(self._sweep_for_ever())
                group.create_task(self._seal_for_ever())
                group.create_task(self._tidy_for_ever())
                if url:
                    group.create_task(answer_bells(url, self._answer, self._slots))
        finally:
            await self._end()

    async def _answer(self, tenant_id: UUID) -> None:
        """A turn for whom a bell rang, and another bell when that was not all: behind those of the others."""
        # A redis that goes away takes arq with it, and must not take the job as well.
        if await asyncio.shield(self._begin(tenant_id)):
            await self._runtime.bell.ring(tenant_id)

    async def _sweep_for_ever(self) -> None:
        sweeps = 0
        while True:
            more = False
            try:
                if sweeps % _WIND_EVERY == 0:
                    await self._clock.wind()
                more = await self._sweep()
            except Exception as error:  # noqa: BLE001 - whatever the database's absence looks like, the next sweep tries again
                log.warning("a sweep failed: %r", error)
            sweeps += 1
            if not more:
                await asyncio.sleep(_SWEEP_SECONDS)

    async def _seal_for_ever(self) -> None:
        """Chain what the audit logs have got, one foundation after the other, each a batch at a time. Other workers' are left to them."""
        while True:
            more = False
            try:
                for tenant_id in await unsealed(self._runtime.database):
                    more = await self._seal(tenant_id) or more
            except Exception as error:  # noqa: BLE001 - a database that is away is asked again in a second
                log.warning("the audit logs were not sealed: %r", error)
            if not more:
                await asyncio.sleep(_SWEEP_SECONDS)

    async def _seal(self, tenant_id: UUID) -> bool:
        """Whether there is more; what fails for one foundation keeps no other from its seals."""
        try:
            return await seal(self._runtime.database, tenant_id) == SEALS
        except Exception as error:  # noqa: BLE001 - what waits still waits
            log.warning("the audit log of %s was not sealed: %r", tenant_id, error)
            return False

    async def _tidy_for_ever(self) -> None:
        """Delete files that nobody kept. Two workers that do it at once find the same, and less."""
        while True:
            await asyncio.sleep(_TIDY_SECONDS)
            for tenant in await self._tenants():
                try:
                    await tidy_files(self._runtime.database, self._runtime.files, tenant.id)
                except Exception as error:  # noqa: BLE001 - a store or database that is away is asked again in an hour
                    log.warning("the files of %s were not tidied: %r", tenant.slug, error)

    async def _tenants(self) -> Sequence[Tenant]:
        try:
            return await self._runtime.directory.all()
        except Exception as error:  # noqa: BLE001 - as above
            log.warning("no file was tidied: %r", error)
            return ()

    async def _sweep(self) -> bool:
        """A turn for each foundation with something to do; whether one that ended soon has more.

        One that has a turn at work gets another beside it, so that a slow job does not hold up all of its others, but never
        more than half of the slots.
        """
        due = await self._clock.strike() | set(await self._relay.waiting())
        most = max(1, self._slots // 2)
        turns = [self._begin(tenant_id) for tenant_id in due if self._turning[tenant_id] < most]
        if not turns:
            return False
        ended, _ = await asyncio.wait(turns, timeout=_SWEEP_SECONDS)
        return any(turn.result() for turn in ended)

    def _begin(self, tenant_id: UUID) -> asyncio.Task[bool]:
        turn = asyncio.create_task(self._turn(tenant_id))
        self._turns.add(turn)
        turn.add_done_callback(self._turns.discard)
        return turn

    async def _turn(self, tenant_id: UUID) -> bool:
        self._turning[tenant_id] += 1
        try:
            async with self._free:
                tenant = await self._runtime.directory.by_id(tenant_id)
                if tenant is None:
                    return False
                moved = await self._relay.hand_over(tenant_id)
                return await self._bench.take_turn(tenant) or moved == BATCH
        except Exception as error:  # noqa: BLE001 - the rows are as they were, and the next sweep finds them
            log.warning("a turn for %s failed: %r", tenant_id, error)
            return False
        finally:
            self._turning[tenant_id] -= 1
            if not self._turning[tenant_id]:
                del self._turning[tenant_id]

    async def _end(self) -> None:
        if self._turns:
            _, late = await asyncio.wait(self._turns, timeout=_GRACE_SECONDS)
            for turn in late:
                turn.cancel()
                with suppress(asyncio.CancelledError):
                    await turn


def origin(settings: WebSettings, tenant: Tenant) -> str:
    """Where a tenant's pages are, for links in messages: on the demo's port, else behind TLS."""
    host = f"{tenant.slug}.{settings.domain}"
    return f"http://{host}:{settings.port}" if settings.demo else f"https://{host}"


async def work(parts: Parts, database: DatabaseSettings) -> None:
    """Be a worker until cancelled."""
    async with running(parts, database) as runtime:
        await Worker(runtime, database.database_pool).run()
