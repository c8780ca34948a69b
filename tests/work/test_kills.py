"""D1: workers killed by SIGKILL between commit and hand-over, between effect and acknowledgement, and anywhere."""

from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from smilero_core.db.driver import Connection
from smilero_core.db.settings import DatabaseSettings
from tests.conftest import LookedAt
from tests.support.cluster import Cluster, connected
from tests.support.waiting import until
from tests.support.workers import Stable, Yard, open_stable, open_yard
from tests.toll.smilero_toll.plugin import GATE

WORKERS = 2
HAND_OVER, EFFECT, ANYWHERE = "between commit and hand-over", "between effect and acknowledgement", "anywhere"
# What tells that a worker stands at a place: at the table that the relay must write, at the plugin's gate inside the handler, and at
# the acknowledgement that follows it.
AT_HAND_OVER = "select count(*) from pg_locks where relation = 'core.event_log'::regclass and not granted"
AT_GATE = "select count(*) from pg_locks where locktype = 'advisory' and not granted"
AT_ACKNOWLEDGEMENT = """
    select count(*) from pg_locks l join pg_stat_activity a using (pid)
    where l.relation = 'core.job'::regclass and not l.granted and a.query like 'delete from core.job%'
"""


async def standing(connection: Connection, where: str, count: int = 1) -> None:
    """Wait until so many workers' transactions stand at a place."""

    async def there() -> bool:
        return bool(await connection.fetchval(where) >= count)

    await until(there, 60)


@asynccontextmanager
async def shut_gate(settings: DatabaseSettings) -> AsyncIterator[Connection]:
    """Let no handler get past its effect."""
    async with connected(settings.database_url) as holder:
        await holder.execute(f"select pg_advisory_lock({GATE})")
        yield holder


class Killing:
    """Kills, counted by where."""

    def __init__(self, yard: Yard, stable: Stable) -> None:
        self._yard = yard
        self._stable = stable
        self.kills: Counter[str] = Counter()

    async def kill(self, place: str) -> None:
        if place == HAND_OVER:
            await self._at_hand_over()
        elif place == EFFECT:
            await self._after_effect()
        else:
            seen = await self._effects()

            async def moved() -> bool:
                return await self._effects() > seen or await self._idle()

            await until(moved, 60)
            await self._kill(ANYWHERE)

    async def _at_hand_over(self) -> None:
        async with connected(self._yard.settings.database_url) as holder, holder.transaction():
            await holder.execute("lock table core.event_log in share mode")
            await self.tell()
            await standing(holder, AT_HAND_OVER)
            await self._kill(HAND_OVER)

    async def _after_effect(self) -> None:
        async with shut_gate(self._yard.settings) as gate, connected(self._yard.settings.database_url) as holder, holder.transaction():
            await self.tell()
            await standing(gate, AT_GATE)
            # Rows can still be taken, and none deleted.
            await holder.execute("lock table core.job in share mode")
            await gate.execute(f"select pg_advisory_unlock({GATE})")
            await standing(gate, AT_ACKNOWLEDGEMENT)  # outside of the transaction, which would see one picture of activity
            await self._kill(EFFECT)

    async def _kill(self, place: str) -> None:
        self.kills[place] += await self._stable.kill_all()

    async def tell(self) -> None:
        """Something new, so that there is a worker to be found at the place."""
        tenant = self._yard.tenants[0]
        await self._yard.passes(tenant, -1)

    async def _effects(self) -> int:
        return int(await self._yard.admin.fetchval("select count(*) from plugin_toll.effect"))

    async def _idle(self) -> bool:
        return not await self._yard.admin.fetchval("select exists (select from core.job) or exists (select from core.outbox)")

    async def finished(self) -> None:
        """Wait until nothing is left to do."""
        await until(self._idle, 300)


@pytest.mark.suite("D1")
async def test_no_event_is_lost_and_none_has_its_effect_twice(
    own_database: DatabaseSettings,
    cluster: Cluster,
    full: bool,  # noqa: FBT001 - a fixture
    looked_at: LookedAt,
) -> None:
    events, rounds = (10_000, 51) if full else (2_000, 12)
    async with open_yard(own_database) as yard, open_stable(own_database, cluster.redis_url) as stable:
        await stable.start(WORKERS)
        killing = Killing(yard, stable)
        numbers = range(events)
        for turn in range(rounds):
            # Half of each foundation's, in transactions of ten.
            for first in range(turn * 10, events, rounds * 10):
                await yard.passes(yard.tenants[first // 10 % 2], *numbers[first : first + 10])
            await killing.kill((HAND_OVER, EFFECT, ANYWHERE)[turn % 3])
        await killing.finished()
        rows = await yard.admin.fetch("select number, count(*) from plugin_toll.effect where number >= 0 group by number")
        had = {row["number"]: row["count"] for row in rows}
        logged = await yard.admin.fetchval("select count(distinct id) from core.event_log where (payload->>'number')::int >= 0")
        dead = await yard.admin.fetchval("select count(*) from core.job")
    lost, double = set(numbers) - had.keys(), {number for number, times in had.items() if times > 1}
    for place, kills in killing.kills.items():
        looked_at(f"kills {place}", range(kills))
        assert kills >= 8
    looked_at(f"events, {len(lost)} lost, {len(double)} double", numbers)
    assert sum(killing.kills.values()) >= (100 if full else 20)
    assert (lost, double, logged, dead) == (set(), set(), events, 0)


@pytest.mark.suite("D1")
async def test_a_killed_workers_job_is_free_at_once_and_its_call_when_the_lease_is_over(
    own_database: DatabaseSettings, cluster: Cluster
) -> None:
    async with open_yard(own_database) as yard, open_stable(own_database, cluster.redis_url) as stable:
        tenant, _ = yard.tenants
        await stable.start(1)
        killing = Killing(yard, stable)
        async with shut_gate(own_database) as gate:
            await yard.later(tenant, "note", 1)
            await yard.later(tenant, "call", 2)
            await standing(gate, AT_GATE, 2)
            await stable.kill_all()

        async def noted() -> bool:
            return "note 1" in await yard.effects(tenant)

        await until(noted, 60)
        # Begun, and not known to have ended: it waits for its lease, and nothing else does.
        assert await yard.jobs(tenant) == [("call", "queued", 1)]
        assert sorted(await yard.effects(tenant)) == ["intent 2", "note 1"]
        await yard.come_due()
        await killing.finished()
        assert sorted(await yard.effects(tenant)) == ["intent 2", "intent 2", "note 1", "outcome 2"]
