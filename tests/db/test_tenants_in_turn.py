"""Many tasks for several tenants over few connections: nobody sees another's row (check A5)."""

import asyncio
import random
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from uuid import UUID

import pytest

from smilero_core.db.database import Database
from smilero_core.db.driver import Connection
from smilero_core.db.session import Session
from smilero_core.db.settings import DatabaseSettings
from smilero_sdk.ids import uuid7
from tests.conftest import LookedAt
from tests.probe.smilero_probe.models import Note
from tests.probe.smilero_probe.repository import Notes
from tests.support.tenants import Planted, plant

PROBE = "plugin_probe"
TASKS, TENANTS, POOL = 64, 3, 4


class Turns:
    """Operations for a random tenant each; what they saw is counted as its own or as somebody else's."""

    def __init__(self, database: Database, tenants: list[Planted]) -> None:
        self._database = database
        self._tenants = tenants
        self._chance = random.Random(5)  # noqa: S311 - a repeatable order
        self.seen: Counter[str] = Counter()

    async def worker(self, numbers: Iterator[int]) -> None:
        for _ in numbers:
            mine = self._chance.choice(self._tenants)
            task = asyncio.create_task(self._operation(mine))
            if self._chance.random() < 0.1:
                asyncio.get_running_loop().call_later(self._chance.uniform(0, 0.03), task.cancel)
            await asyncio.wait([task])
            if task.cancelled():
                self.seen["cancelled"] += 1
            else:
                task.result()
                self.seen["done"] += 1

    async def _operation(self, mine: Planted) -> None:
        kind = self._chance.randrange(5)
        async with self._database.unit(mine.tenant) as unit:
            plugin, host = Session(unit, PROBE), Session(unit)
            if kind == 0:
                self._count(mine, [note.tenant_id for note in await Note.all().using_db(plugin.orm).limit(20)])
            elif kind == 1:
                self._count(mine, await tenants_of(plugin, "plugin_probe.note"))
            elif kind == 2:
                self._count(mine, await tenants_of(host, "core.person"))
                self._count(mine, await tenants_of(plugin, "core.shop"))
            elif kind == 3:
                await Notes(plugin).write_quickly(mine.shop, [uuid7().hex])
                self._count(mine, await tenants_of(plugin, "plugin_probe.note"))
            else:
                rows = await plugin.fetch("update plugin_probe.note set stars = 1 where stars is null returning tenant_id")
                self._count(mine, [row["tenant_id"] for row in rows])

    def _count(self, mine: Planted, tenants: list[UUID]) -> None:
        own = sum(tenant == mine.tenant for tenant in tenants)
        self.seen.update({"own": own, "across": len(tenants) - own})


async def tenants_of(session: Session, table: str) -> list[UUID]:
    return [row["tenant_id"] for row in await session.fetch(f"select tenant_id from {table} limit 20")]  # noqa: S608 - our own names


@pytest.fixture
async def narrow(settings: DatabaseSettings) -> AsyncIterator[Database]:
    """The worker's database over a pool of four."""
    async with Database(settings.model_copy(update={"database_pool": POOL, "database_acquire_seconds": 60.0})) as opened:
        yield opened


@pytest.mark.suite("A5")
async def test_nobody_sees_a_row_of_another(narrow: Database, admin: Connection, *, full: bool, looked_at: LookedAt) -> None:
    operations = 100_000 if full else 5_000
    planted = [await plant(admin) for _ in range(TENANTS)]
    turns = Turns(narrow, planted)
    numbers = iter(range(operations))
    async with asyncio.TaskGroup() as group:
        for _ in range(TASKS):
            group.create_task(turns.worker(numbers))
    assert turns.seen["across"] == 0
    assert turns.seen["done"] + turns.seen["cancelled"] == operations
    assert turns.seen["own"] > operations
    assert turns.seen["cancelled"] > operations // 50
    assert narrow.idle() == (POOL, POOL)
    for what in ("own", "done", "cancelled"):
        looked_at({"own": "rows seen", "done": "operations done", "cancelled": "operations cancelled"}[what], range(turns.seen[what]))
    for each in planted:
        wrong = "select count(*) from plugin_probe.note n join core.shop s on s.id = n.shop_id where n.tenant_id = $1 and s.tenant_id <> $1"
        assert await admin.fetchval(wrong, each.tenant) == 0
