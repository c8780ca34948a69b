"""What cancellations and killed backends leave of the pool: all of it (check A4)."""

import asyncio
import random
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from functools import partial
from uuid import UUID

import asyncpg
import pytest

from smilero_core.db.database import Database
from smilero_core.db.driver import Connection
from smilero_core.db.session import Session
from smilero_core.db.settings import DatabaseSettings
from tests.conftest import LookedAt
from tests.probe.smilero_probe.repository import Notes
from tests.support.cluster import connected
from tests.support.tenants import Planted, plant
from tests.support.waiting import until

PROBE = "plugin_probe"
POOL, AT_ONCE = 8, 24
BACKENDS = "select pid, state from pg_stat_activity where application_name = 'smilero' and datname = current_database()"
# The last is what the driver says when the server's farewell comes between two statements.
LOST = (asyncpg.PostgresConnectionError, asyncpg.AdminShutdownError, asyncpg.InterfaceError, ConnectionError, asyncpg.InternalClientError)


@pytest.fixture
async def opened(own_database: DatabaseSettings) -> AsyncIterator[Database]:
    wide = own_database.model_copy(update={"database_pool": POOL, "database_acquire_seconds": 20.0})
    async with Database(wide) as database:
        yield database


async def work(database: Database, planted: Planted, title: str) -> UUID:
    """A transaction as a request has it: host, plugin by ORM, a savepoint, plugin by SQL, host."""
    async with database.unit(planted.tenant) as unit:
        plugin = Session(unit, PROBE)
        await Session(unit).fetch("select 1 from core.shop")
        async with plugin.savepoint():
            written = await Notes(plugin).write(planted.shop, title, "한 줄")
        await plugin.execute("update plugin_probe.note set stars = 5 where id = $1", written)
        await Session(unit).fetch("select 1 from core.person")
    return written


class Storm:
    """Transactions at once, some of them cancelled at any point, some robbed of their backend."""

    def __init__(self, database: Database, planted: Planted) -> None:
        self._database = database
        self.planted = planted
        self._chance = random.Random(20261123)  # noqa: S311 - a repeatable storm
        self.outcomes: Counter[str] = Counter()
        self.written: set[UUID] = set()
        self.killed = 0

    async def run(self, transactions: int, kills: int, admin: Connection) -> None:
        numbers = iter(range(transactions))
        killer = asyncio.create_task(self._kill(kills, transactions, admin))
        async with asyncio.TaskGroup() as group:
            for _ in range(AT_ONCE):
                group.create_task(self._worker(numbers))
        await killer

    async def _worker(self, numbers: Iterator[int]) -> None:
        for number in numbers:
            task = asyncio.create_task(work(self._database, self.planted, f"쪽지 {number}"))
            if self._chance.random() < 0.2:
                asyncio.get_running_loop().call_later(self._chance.uniform(0, 0.02), task.cancel)
            await asyncio.wait([task])
            self._note(task)

    def _note(self, task: "asyncio.Task[UUID]") -> None:
        if task.cancelled():
            self.outcomes["cancelled"] += 1
        elif task.exception() is None:
            self.outcomes["committed"] += 1
            self.written.add(task.result())
        else:
            assert isinstance(task.exception(), LOST), repr(task.exception())
            self.outcomes["lost"] += 1

    async def _kill(self, kills: int, transactions: int, admin: Connection) -> None:
        """Spread over the storm, kill whoever works just then."""
        while self.killed < kills:
            await until(partial(self._done, transactions * 0.9 * (self.killed + 1) / kills))
            victims = await admin.fetch(f"{BACKENDS} and state <> 'idle'")
            if victims:
                self.killed += await admin.fetchval("select pg_terminate_backend($1)::int", self._chance.choice(victims)["pid"])

    async def _done(self, share: float) -> bool:
        return self.outcomes.total() >= share


@pytest.fixture
def size(*, full: bool) -> tuple[int, int]:
    """Transactions, and backends killed meanwhile."""
    return (5_000, 100) if full else (1_000, 20)


async def test_the_pool_is_whole_after_a_storm(
    opened: Database, own_database: DatabaseSettings, size: tuple[int, int], looked_at: LookedAt
) -> None:
    transactions, kills = size
    async with connected(own_database.database_url) as admin:
        storm = Storm(opened, await plant(admin))
        await storm.run(transactions, kills, admin)

        await until(partial(quiet, admin))
        free, open_now = opened.idle()
        assert free == open_now <= POOL
        await all_work(opened, storm.planted)
        assert opened.idle() == (POOL, POOL)
        assert len(await admin.fetch(BACKENDS)) == POOL + 1  # and one of the platform's
        kept = await admin.fetch("select n.id, stars, words from plugin_probe.note n full join plugin_probe.line l on l.note_id = n.id")
    assert storm.written <= {row["id"] for row in kept}
    assert {(row["stars"], row["words"]) for row in kept} == {(5, "한 줄")}  # no transaction was kept in part

    for outcome, share in {"committed": 0.5, "cancelled": 0.1}.items():
        assert storm.outcomes[outcome] >= transactions * share
    assert storm.outcomes["lost"] >= kills * 0.5
    for outcome, count in storm.outcomes.items():
        looked_at(f"transactions {outcome}", range(count))
    looked_at("backends killed", range(storm.killed))


async def quiet(admin: Connection) -> bool:
    return all(row["state"] == "idle" for row in await admin.fetch(BACKENDS))


async def all_work(database: Database, planted: Planted) -> None:
    """Every connection of the pool at once."""
    together = asyncio.Barrier(POOL)

    async def one() -> object:
        async with database.unit(planted.tenant) as unit:
            who = await Session(unit, PROBE).fetch_value("select current_user || current_setting('app.tenant_id')")
            await together.wait()
        return who

    async with asyncio.timeout(20):
        assert set(await asyncio.gather(*(one() for _ in range(POOL)))) == {f"{PROBE}{planted.tenant}"}
