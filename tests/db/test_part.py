"""A part of a transaction that fails alone: its savepoint is set by its first statement, and nothing of it reaches the rest."""

import asyncio
import random
from collections.abc import Awaitable, Callable
from contextlib import suppress
from uuid import UUID

import asyncpg
import pytest

from smilero_core.db.database import Database
from smilero_core.db.driver import Connection
from smilero_core.db.part import Part, PartOverError
from smilero_core.db.session import Session
from smilero_core.db.work import Work
from smilero_sdk.ids import uuid7
from tests.conftest import LookedAt
from tests.probe.smilero_probe.repository import Notes
from tests.support.tenants import Planted

PROBE = "plugin_probe"
WHO = "select current_user::text"


async def happen(work: Work, name: str) -> None:
    """A row of the host."""
    await Session(work).execute("insert into core.outbox (id, name, version, payload) values ($1, $2, 1, '{}')", uuid7(), name)


async def write(work: Work, shop: UUID, title: str) -> None:
    await Notes(Session(work, PROBE)).write(shop, title, "한 줄")


async def left(admin: Connection, tenant: UUID) -> tuple[list[str], list[str]]:
    """What is there afterwards: the host's rows and the plugin's."""
    host = await admin.fetch("select name from core.outbox where tenant_id = $1 order by id", tenant)
    plugin = await admin.fetch("select title from plugin_probe.note where tenant_id = $1 order by id", tenant)
    return [row["name"] for row in host], [row["title"] for row in plugin]


async def in_part(whole: Work, work: Callable[[Part], Awaitable[None]]) -> bool:
    """Run something in a part as the host does; whether it was kept."""
    part = Part(whole)
    try:
        await work(part)
        await part.keep()
    except Exception:  # noqa: BLE001 - whatever it was, the part is undone
        await part.undo()
        return False
    return True


async def test_a_part_without_a_statement_opens_nothing(database: Database, tenants: tuple[Planted, Planted]) -> None:
    mine, _ = tenants
    before = database.idle()
    async with database.unit(mine.tenant) as unit:
        for end in ("keep", "undo"):
            part = Part(unit)
            await getattr(part, end)()
            assert not part.used
        assert database.idle() == before


@pytest.mark.parametrize("first", [True, False], ids=["first statement of the unit", "after the host"])
async def test_what_fails_in_a_part_is_undone_and_the_rest_is_kept(
    database: Database, admin: Connection, tenants: tuple[Planted, Planted], *, first: bool
) -> None:
    mine, _ = tenants

    async def fails(part: Part) -> None:
        await write(part, mine.shop, "못 남는다")
        await happen(part, "못 남는다")
        raise LookupError

    async with database.unit(mine.tenant) as unit:
        if not first:
            await happen(unit, "앞")
        assert not await in_part(unit, fails)
        assert await Session(unit).fetch_value(WHO) == "smilero_app"
        assert await in_part(unit, lambda part: write(part, mine.shop, "남는다"))
        assert await Session(unit, PROBE).fetch_value(WHO) == PROBE
        await happen(unit, "뒤")
    assert await left(admin, mine.tenant) == (["뒤"] if first else ["앞", "뒤"], ["남는다"])


async def test_a_swallowed_error_is_found_at_the_end_of_its_part(
    database: Database, admin: Connection, tenants: tuple[Planted, Planted]
) -> None:
    mine, _ = tenants

    async def swallows(part: Part) -> None:
        await write(part, mine.shop, "못 남는다")
        with suppress(asyncpg.PostgresError):
            await Session(part, PROBE).fetch("select 1 / 0")

    async with database.unit(mine.tenant) as unit:
        assert not await in_part(unit, swallows)
        await happen(unit, "뒤")
    assert await left(admin, mine.tenant) == (["뒤"], [])


async def test_a_role_that_is_not_there_costs_only_its_part(
    database: Database, admin: Connection, tenants: tuple[Planted, Planted]
) -> None:
    mine, _ = tenants

    async def asks(part: Part) -> None:
        await Session(part, "plugin_nowhere").fetch("select 1")

    async with database.unit(mine.tenant) as unit:
        assert not await in_part(unit, asks)
        await happen(unit, "뒤")
    assert await left(admin, mine.tenant) == (["뒤"], [])


async def test_parts_at_once_take_turns(database: Database, admin: Connection, tenants: tuple[Planted, Planted]) -> None:
    mine, _ = tenants
    begun = asyncio.Event()

    async def first(part: Part) -> None:
        await write(part, mine.shop, "못 남는다")
        begun.set()
        await asyncio.sleep(0)
        await happen(part, "못 남는다")
        raise LookupError

    async def second(part: Part) -> None:
        await begun.wait()
        await write(part, mine.shop, "남는다")

    async def host() -> None:
        await begun.wait()
        await happen(unit, "사이에")

    async with database.unit(mine.tenant) as unit:
        undone, kept, _ = await asyncio.gather(in_part(unit, first), in_part(unit, second), host())
        assert (undone, kept) == (False, True)
    assert await left(admin, mine.tenant) == (["사이에"], ["남는다"])


async def test_a_part_within_a_part_goes_with_it(database: Database, admin: Connection, tenants: tuple[Planted, Planted]) -> None:
    mine, _ = tenants

    async def outer(part: Part, *, fails: bool) -> None:
        assert await in_part(part, lambda inner: write(inner, mine.shop, f"안 {fails}"))
        async with Session(part, PROBE).savepoint():
            await write(part, mine.shop, f"밖 {fails}")
        if fails:
            raise LookupError

    async with database.unit(mine.tenant) as unit:
        assert not await in_part(unit, lambda part: outer(part, fails=True))
        assert await in_part(unit, lambda part: outer(part, fails=False))
    assert await left(admin, mine.tenant) == ([], ["안 False", "밖 False"])


async def test_what_a_part_leaves_running_touches_nothing_more(
    database: Database, admin: Connection, tenants: tuple[Planted, Planted]
) -> None:
    mine, _ = tenants
    go_on = asyncio.Event()
    stray: list[asyncio.Task[None]] = []

    async def later(part: Part) -> None:
        await go_on.wait()
        await write(part, mine.shop, "못 남는다")

    async def leaves(part: Part) -> None:
        await write(part, mine.shop, "남는다")
        stray.append(asyncio.create_task(later(part)))

    async with database.unit(mine.tenant) as unit:
        assert await in_part(unit, leaves)
        go_on.set()
        with pytest.raises(PartOverError):
            await stray[0]
        await happen(unit, "뒤")
    assert await left(admin, mine.tenant) == (["뒤"], ["남는다"])


async def test_bells_of_an_undone_part_do_not_ring(database: Database, tenants: tuple[Planted, Planted]) -> None:
    mine, _ = tenants
    rung: list[str] = []

    async def rings(part: Part, name: str, *, fails: bool) -> None:
        async def ring() -> None:
            rung.append(name)

        part.after_commit(ring)
        if fails:
            raise LookupError

    async with database.unit(mine.tenant) as unit:
        await in_part(unit, lambda part: rings(part, "undone", fails=True))
        await in_part(unit, lambda part: rings(part, "kept", fails=False))
        assert rung == []
    assert rung == ["kept"]


async def test_a_cancellation_at_any_point_costs_its_part_and_nothing_else(
    database: Database, admin: Connection, tenants: tuple[Planted, Planted], looked_at: LookedAt, *, full: bool
) -> None:
    mine, _ = tenants
    chance = random.Random(4)  # noqa: S311 - a repeatable storm
    kept: list[str] = []
    cut: list[str] = []

    async def writes(part: Part, title: str) -> None:
        await write(part, mine.shop, title)
        await happen(part, title)
        await write(part, mine.shop, f"{title} 둘")

    for number in range(1_000 if full else 150):
        title = f"쪽지 {number}"
        async with database.unit(mine.tenant) as unit:
            if number % 2:
                await happen(unit, f"앞 {number}")
            part = Part(unit)
            task = asyncio.create_task(writes(part, title))
            asyncio.get_running_loop().call_later(chance.uniform(0, 0.012), task.cancel)
            await asyncio.wait([task])
            if task.cancelled():
                await part.undo()
                cut.append(title)
            else:
                task.result()
                await part.keep()
                kept.append(title)
            assert await Session(unit).fetch_value(WHO) == "smilero_app"
            await happen(unit, f"뒤 {number}")
    host, plugin = await left(admin, mine.tenant)
    assert plugin == [written for title in kept for written in (title, f"{title} 둘")]
    assert [name for name in host if name.startswith("쪽지")] == kept
    assert len([name for name in host if name.startswith("뒤")]) == len(kept) + len(cut)
    looked_at("parts kept", kept)
    looked_at("parts cut off", cut)
