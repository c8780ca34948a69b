"""D2: redis flushed, full, killed and started again, PostgreSQL crashed, while events flow: nothing acknowledged is lost."""

import asyncio
import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path

import pytest
from asyncpg import InterfaceError, PostgresError
from redis.asyncio import Redis

from smilero_core.db.settings import DatabaseSettings
from smilero_sdk.errors import Problem
from tests.conftest import LookedAt
from tests.support.cluster import Cluster, connected, running_cluster
from tests.support.servers import OwnRedis, crash_postgres
from tests.support.waiting import until
from tests.support.workers import Yard, open_stable, open_yard

WHOLE_AGAIN = 60.0
AWAY = (PostgresError, InterfaceError, OSError, Problem)


@pytest.fixture(scope="module")
def own_cluster() -> Iterator[Cluster]:
    """A PostgreSQL that other tests do without when it crashes."""
    with running_cluster() as started:
        yield started


@pytest.fixture
def own_redis(own_cluster: Cluster) -> Iterator[OwnRedis]:
    """A redis to be killed."""
    with tempfile.TemporaryDirectory(prefix="smilero-redis-") as folder:
        server = OwnRedis(Path(folder).resolve(), own_cluster.secret)
        yield server
        server.close()


class Flow:
    """Somebody who tells of events all the time, and remembers which of them were acknowledged."""

    def __init__(self, yard: Yard) -> None:
        self._yard = yard
        self._next = 0
        self.acknowledged: set[int] = set()
        self.unknown: set[int] = set()

    @asynccontextmanager
    async def flowing(self) -> AsyncIterator[None]:
        telling = asyncio.create_task(self._tell())
        yield
        telling.cancel()
        with suppress(asyncio.CancelledError):
            await telling

    async def _tell(self) -> None:
        while True:
            numbers = range(self._next, self._next + 5)
            self._next += 5
            try:
                await self._yard.passes(self._yard.tenants[numbers[0] // 5 % 2], *numbers)
                self.acknowledged.update(numbers)
            except AWAY:
                self.unknown.update(numbers)
            except asyncio.CancelledError:
                self.unknown.update(numbers)
                raise
            await asyncio.sleep(0.1)  # no more than what workers on a busy machine can follow

    async def goes_on(self) -> None:
        """Wait until events that are told from now on have had their effect: all is whole again."""
        before = len(self.acknowledged)

        async def told() -> bool:
            return len(self.acknowledged) >= before + 20

        await until(told, WHOLE_AGAIN)
        wanted = set(self.acknowledged)

        async def had() -> bool:
            return wanted <= (await effects(self._yard.settings)).keys()

        await until(had, WHOLE_AGAIN)


async def effects(settings: DatabaseSettings) -> dict[int, int]:
    """How often each event had its effect; nothing while the database is away."""
    with suppress(*AWAY):
        async with connected(settings.database_url) as admin:
            rows = await admin.fetch("select number, count(*) from plugin_toll.effect group by number")
            return {row["number"]: row["count"] for row in rows}
    return {}


async def answers_bells(redis: Redis) -> None:
    """Wait until arq is there again: it says so in redis."""

    async def there() -> bool:
        return bool(await redis.exists("arq:queue:health-check"))

    await until(there, WHOLE_AGAIN)


@pytest.mark.suite("D2")
async def test_nothing_acknowledged_is_lost_and_all_is_whole_again(own_cluster: Cluster, own_redis: OwnRedis, looked_at: LookedAt) -> None:
    async with (
        own_cluster.database() as settings,
        open_yard(settings) as yard,
        open_stable(settings, own_redis.url) as stable,
        Redis.from_url(own_redis.url) as redis,
    ):
        await stable.start(2)
        flow = Flow(yard)
        outages = []
        async with flow.flowing():
            await flow.goes_on()
            await answers_bells(redis)
            for outage in ("redis flushed", "redis full", "redis killed", "redis started again", "PostgreSQL crashed"):
                outages.append(outage)
                if outage == "redis flushed":
                    await redis.flushall()
                elif outage == "redis full":
                    await redis.config_set("maxmemory", 1)
                elif outage == "redis killed":
                    own_redis.kill()
                elif outage == "redis started again":
                    own_redis.start()
                    await answers_bells(redis)
                else:
                    await crash_postgres(settings.database_url)
                await flow.goes_on()
        had: dict[int, int] = {}

        async def settled() -> bool:
            async with connected(settings.database_url) as admin:
                left = await admin.fetchval("select (select count(*) from core.outbox) + (select count(*) from core.job)")
            had.update(await effects(settings))
            return not left

        await until(settled, WHOLE_AGAIN)
    lost = flow.acknowledged - had.keys()
    double = {number for number, times in had.items() if times > 1}
    looked_at("outages", outages)
    looked_at(f"acknowledged events, {len(lost)} lost, {len(double)} double, {len(flow.unknown)} more unknown", flow.acknowledged)
    assert (lost, double) == (set(), set())
    assert had.keys() <= flow.acknowledged | flow.unknown


@pytest.mark.suite("D2")
async def test_redis_holds_nothing_but_who_is_rung_for(own_cluster: Cluster, own_redis: OwnRedis) -> None:
    async with own_cluster.database() as settings, open_yard(settings) as yard, Redis.from_url(own_redis.url) as redis:
        async with yard.ringing(own_redis.url):
            await yard.passes(yard.tenants[0], 4_711, 4_712)
            await yard.later(yard.tenants[1], "note", 4_713)

            async def rung() -> bool:
                return bool(await redis.zcard("arq:queue") == 2)

            await until(rung)
        keys = {key.decode() for key in await redis.keys("*")}
        assert keys == {"arq:queue"} | {f"arq:job:t:{tenant.id}:a" for tenant in yard.tenants}
        for tenant in yard.tenants:
            told = await redis.get(f"arq:job:t:{tenant.id}:a")
            assert str(tenant.id).encode() in told
            assert b"471" not in told
