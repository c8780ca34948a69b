"""Failures on record: taken at once, written soon, by a transaction of their own. A page never waits for it."""

import asyncio
import logging
import time
from collections import Counter, deque
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from uuid import UUID

import asyncpg

from smilero_core.db.database import Database
from smilero_core.db.session import Session
from smilero_core.plugins.breaker import opens, recover, trip
from smilero_core.plugins.gate import PluginGate
from smilero_sdk.errors import Problem
from smilero_sdk.ids import uuid7

log = logging.getLogger(__name__)

# Of each plugin of a tenant the newest are kept.
KEPT = 100
# Of one plugin of a tenant so many may wait to be written; a flood of more is counted and dropped.
_MOST_WAITING = 20
_MOST_AT_ONCE = 50
_RETRY_SECONDS = 1.0
_DRAIN_SECONDS = 3.0
# A trial that never said how it went is forgotten after this.
_TRIAL_SECONDS = 5.0

_AWAY = (asyncpg.PostgresError, asyncpg.InterfaceError, OSError, TimeoutError, Problem)


@dataclass(frozen=True)
class Failure:
    """What a plugin did wrong; `error` and `trace` without values, `hook` may also be a page (`page GET /portal/coupons`) or a job."""

    tenant_id: UUID
    slug: str
    plugin: str
    hook: str
    error: str
    trace: str


class FailureLog:
    """Of one process. Use `running()` as a context manager.

    Args:
        gate: told when a plugin begins to rest, or is well again.
    """

    def __init__(self, database: Database, gate: PluginGate) -> None:
        self._database = database
        self._gate = gate
        self._waiting: deque[Failure] = deque()
        self._count: Counter[tuple[UUID, str]] = Counter()
        self._dropped: Counter[tuple[UUID, str]] = Counter()
        self._well: set[tuple[UUID, str]] = set()
        self._trials: dict[tuple[UUID, str], float] = {}
        self._rung = asyncio.Event()
        self._loop: asyncio.AbstractEventLoop | None = None

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Write what is noted, until the end of the block, and then what is still waiting."""
        self._loop = asyncio.get_running_loop()
        writing = asyncio.create_task(self._run())
        try:
            yield
        finally:
            writing.cancel()
            await asyncio.wait([writing])
            with suppress(*_AWAY):
                async with asyncio.timeout(_DRAIN_SECONDS):
                    await self.write()

    def full(self, tenant_id: UUID, plugin: str) -> bool:
        """Whether so many failures of a plugin wait already that another says nothing new; it is counted."""
        key = (tenant_id, plugin)
        if self._count[key] < _MOST_WAITING:
            return False
        self._dropped[key] += 1
        return True

    def note(self, failure: Failure) -> None:
        """Take a failure, from whichever thread."""
        self._trials.pop((failure.tenant_id, failure.plugin), None)
        self._count[failure.tenant_id, failure.plugin] += 1
        self._waiting.append(failure)
        self._ring()

    def note_success(self, tenant_id: UUID, plugin: str) -> None:
        """A plugin on probation answered as it should."""
        self._well.add((tenant_id, plugin))
        self._ring()

    def may_try(self, tenant_id: UUID, plugin: str) -> bool:
        """Whether a plugin on probation may be called now: one at a time in each process, until it is known how it went."""
        now = time.monotonic()
        if self._trials.get((tenant_id, plugin), 0.0) > now:
            return False
        self._trials[tenant_id, plugin] = now + _TRIAL_SECONDS
        return True

    async def write(self) -> None:
        """Write all that is waiting. Raises what the database raises; what was not written waits on."""
        while self._well:
            tenant_id = next(iter(self._well))[0]
            await self._write_well(tenant_id)
        while self._waiting:
            tenant_id = self._waiting[0].tenant_id
            batch = [one for one in self._waiting if one.tenant_id == tenant_id][:_MOST_AT_ONCE]
            await self._write_batch(tenant_id, batch)

    async def _run(self) -> None:
        while True:
            await self._rung.wait()
            self._rung.clear()
            try:
                await self.write()
            except _AWAY:
                log.warning("failures of plugins wait for the database", exc_info=True)
                await asyncio.sleep(_RETRY_SECONDS)
                self._rung.set()

    async def _write_batch(self, tenant_id: UUID, batch: list[Failure]) -> None:
        async with self._database.unit(tenant_id) as unit:
            session = Session(unit)
            rows = [(uuid7(), one.plugin, one.hook, one.error, one.trace) for one in batch]
            await session.execute_many("insert into core.plugin_failure (id, plugin, hook, error, trace) values ($1, $2, $3, $4, $5)", rows)
            for plugin in sorted({one.plugin for one in batch}):
                await _trim(session, plugin)
                if any(one.plugin == plugin and opens(one.hook) for one in batch):
                    rest = await trip(session, plugin)
                    if rest is not None:
                        log.warning("plugin %s rests %s for tenant %s", plugin, rest, batch[0].slug)
        for one in batch:
            self._waiting.remove(one)
            self._count[one.tenant_id, one.plugin] -= 1
        self._tell_dropped((tenant_id, plugin) for plugin in {one.plugin for one in batch})
        self._gate.forget(tenant_id)

    async def _write_well(self, tenant_id: UUID) -> None:
        names = {plugin for tenant, plugin in self._well if tenant == tenant_id}
        async with self._database.unit(tenant_id) as unit:
            await recover(Session(unit), names)
        for name in names:
            self._well.discard((tenant_id, name))
            self._trials.pop((tenant_id, name), None)
        self._gate.forget(tenant_id)

    def _tell_dropped(self, keys: Iterable[tuple[UUID, str]]) -> None:
        for key in keys:
            dropped = self._dropped.pop(key, 0)
            if dropped:
                log.error("plugin %s failed %d more times for tenant %s", key[1], dropped, key[0])

    def _ring(self) -> None:
        if self._loop is not None and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._rung.set)


async def _trim(session: Session, plugin: str) -> None:
    await session.execute(
        """
        delete from core.plugin_failure where plugin = $1 and id not in (
          select id from core.plugin_failure where plugin = $1 order by failed_at desc, id desc limit $2)
        """,
        plugin,
        KEPT,
    )
