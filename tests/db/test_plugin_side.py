"""What a plugin's own code can do with its tables, and what happens to its transaction."""

import asyncio
from uuid import UUID

import asyncpg
import pytest
from tortoise.exceptions import IntegrityError, OperationalError

from smilero_core.db.database import Database
from smilero_core.db.driver import Connection
from smilero_core.db.orm import UnboundModelError
from smilero_core.db.scope import Isolation
from smilero_core.db.session import Session
from smilero_core.db.settings import DatabaseSettings
from smilero_core.db.unit import AbortedTransactionError, UnitOfWork
from smilero_sdk.errors import Problem
from smilero_sdk.ids import uuid7
from tests.probe.smilero_probe.models import Line, Note
from tests.probe.smilero_probe.repository import Notes
from tests.support.cluster import roll_back
from tests.support.tenants import Planted

PROBE = "plugin_probe"
WHO = "select current_user || ' ' || pg_current_xact_id_if_assigned()::text"


def notes(unit: UnitOfWork) -> Notes:
    return Notes(Session(unit, PROBE))


async def happen(unit: UnitOfWork, name: str) -> None:
    """A host's row, in the transaction of the plugin."""
    sql = "insert into core.outbox (id, name, version, payload) values ($1, $2, 1, '{}')"
    await Session(unit).execute(sql, uuid7(), name)


async def titles(database: Database, tenant: UUID) -> list[str]:
    async with database.unit(tenant) as unit:
        return await notes(unit).titles()


async def happened(admin: Connection, tenant: UUID) -> list[str]:
    rows = await admin.fetch("select name from core.outbox where tenant_id = $1 order by id", tenant)
    return [row["name"] for row in rows]


async def test_rows_are_written_read_changed_and_removed(database: Database, tenants: tuple[Planted, Planted]) -> None:
    mine, _ = tenants
    async with database.unit(mine.tenant) as unit:
        await notes(unit).write(mine.shop, "나", "하나", "둘")
        await notes(unit).write(mine.shop, "가", "셋")
        assert len(await notes(unit).write_quickly(mine.shop, ["다", "라"])) == 2
    async with database.unit(mine.tenant) as unit:
        assert await notes(unit).titles() == ["가", "나", "다", "라"]
        assert await notes(unit).rate("가", 5) == 1
        assert await notes(unit).count_lines() == 3
        assert await notes(unit).remove("나") == 1
        assert await notes(unit).count_lines() == 1  # the lines of a note go with it
    async with database.unit(mine.tenant) as unit:
        db = Session(unit, PROBE)
        found = await Note.get(title="가", using_db=db.orm)
        assert (found.stars, found.tenant_id, found.created_at.tzinfo is not None) == (5, mine.tenant, True)
        found.stars = None
        await found.save(using_db=db.orm)
        assert await db.fetch_value("update plugin_probe.note set stars = 1 where stars is null and title = '가' returning stars") == 1
        assert [line.words for line in await Line.filter(note_id=found.id).using_db(db.orm)] == ["셋"]
        await db.execute_many("update plugin_probe.note set stars = $1 where title = $2", [(2, "다"), (3, "라")])
        row = await db.fetch_row("select sum(stars) as stars from plugin_probe.note")
        assert row
        assert row["stars"] == 6
        assert await db.execute("delete from plugin_probe.note") == 3


async def test_tenants_do_not_meet(database: Database, tenants: tuple[Planted, Planted]) -> None:
    mine, theirs = tenants
    for planted in tenants:
        async with database.unit(planted.tenant) as unit:
            await notes(unit).write(planted.shop, "같은 제목", "한 줄")
    async with database.unit(theirs.tenant) as unit:
        assert await notes(unit).remove("같은 제목") == 1
    assert await titles(database, mine.tenant) == ["같은 제목"]
    assert await titles(database, theirs.tenant) == []


async def test_host_and_plugin_share_a_transaction_but_no_role(
    database: Database, admin: Connection, tenants: tuple[Planted, Planted]
) -> None:
    mine, _ = tenants
    seen = []
    async with database.unit(mine.tenant) as unit:
        for step in ("before", "after"):
            await happen(unit, step)
            seen.append(await Session(unit).fetch_value(WHO))
            await notes(unit).write(mine.shop, step)
            seen.append(await Session(unit, PROBE).fetch_value(WHO))
    assert [str(who).split()[0] for who in seen] == ["smilero_app", PROBE] * 2
    assert len({str(who).split()[1] for who in seen}) == 1
    assert await happened(admin, mine.tenant) == ["before", "after"]
    assert await titles(database, mine.tenant) == ["after", "before"]


async def test_leaving_by_an_error_undoes_both(database: Database, admin: Connection, tenants: tuple[Planted, Planted]) -> None:
    mine, _ = tenants
    with pytest.raises(ZeroDivisionError):  # noqa: PT012 - the block is the transaction
        async with database.unit(mine.tenant) as unit:
            await happen(unit, "before")
            await notes(unit).write(mine.shop, "lost")
            raise ZeroDivisionError
    assert await happened(admin, mine.tenant) == []
    assert await titles(database, mine.tenant) == []


async def test_a_savepoint_undoes_what_failed_and_restores_the_role(
    database: Database, admin: Connection, tenants: tuple[Planted, Planted]
) -> None:
    mine, _ = tenants
    async with database.unit(mine.tenant) as unit:
        db = Session(unit, PROBE)
        await notes(unit).write(mine.shop, "kept")
        with pytest.raises(IntegrityError):  # noqa: PT012 - the block is the transaction
            async with db.savepoint():
                await notes(unit).write(mine.shop, "undone")
                await happen(unit, "undone")
                await notes(unit).write(mine.shop, "kept")
        assert str(await db.fetch_value(WHO)).split()[0] == PROBE
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            async with Session(unit).savepoint():
                await db.fetch("select * from core.person")
        assert str(await Session(unit).fetch_value(WHO)).split()[0] == "smilero_app"
        async with Session(unit).savepoint():
            await db.fetch("select 1")
            async with db.savepoint():
                await notes(unit).write(mine.shop, "nested")
        await happen(unit, "kept")  # RELEASE leaves the plugin's role on, so it must be left explicitly
    assert await happened(admin, mine.tenant) == ["kept"]
    assert await titles(database, mine.tenant) == ["kept", "nested"]


async def test_a_swallowed_error_makes_the_commit_fail(database: Database, admin: Connection, tenants: tuple[Planted, Planted]) -> None:
    mine, _ = tenants
    with pytest.raises(AbortedTransactionError):  # noqa: PT012 - the block is the transaction
        async with database.unit(mine.tenant) as unit:
            await happen(unit, "lost")
            with pytest.raises(OperationalError):
                await Note.raw("select no_such_column from plugin_probe.note", using_db=Session(unit, PROBE).orm)
    assert await happened(admin, mine.tenant) == []


async def test_an_error_swallowed_in_a_savepoint_costs_only_that(database: Database, tenants: tuple[Planted, Planted]) -> None:
    mine, _ = tenants
    async with database.unit(mine.tenant) as unit:
        db = Session(unit, PROBE)
        await notes(unit).write(mine.shop, "kept")
        with pytest.raises(asyncpg.InFailedSQLTransactionError):  # noqa: PT012 - the block is the transaction
            async with db.savepoint():
                await notes(unit).write(mine.shop, "undone")
                with pytest.raises(asyncpg.DivisionByZeroError):
                    await db.fetch("select 1 / 0")
        await notes(unit).write(mine.shop, "later")
    assert await titles(database, mine.tenant) == ["kept", "later"]


async def test_bells_ring_after_the_commit_only(database: Database, tenants: tuple[Planted, Planted]) -> None:
    mine, _ = tenants
    heard = []

    async def ring() -> None:
        heard.append(await titles(database, mine.tenant))

    async with database.unit(mine.tenant) as unit:
        unit.after_commit(ring)
        await notes(unit).write(mine.shop, "told")
        assert heard == []
    assert heard == [["told"]]
    with pytest.raises(ZeroDivisionError):  # noqa: PT012 - the block is the transaction
        async with database.unit(mine.tenant) as unit:
            unit.after_commit(ring)
            raise ZeroDivisionError
    assert heard == [["told"]]


async def test_a_full_pool_says_busy(settings: DatabaseSettings, tenants: tuple[Planted, Planted]) -> None:
    mine, _ = tenants
    narrow = settings.model_copy(update={"database_pool": 1, "database_acquire_seconds": 0.01})
    async with Database(narrow) as database:
        async with database.unit(mine.tenant) as first:
            await notes(first).titles()
            with pytest.raises(Problem, match=r"database\.busy") as caught:
                await titles(database, mine.tenant)
            assert (caught.value.status, caught.value.headers) == (503, {"Retry-After": "1"})
        assert await titles(database, mine.tenant) == []


async def test_nothing_is_opened_before_the_first_statement(database: Database, tenants: tuple[Planted, Planted]) -> None:
    await titles(database, tenants[0].tenant)
    before = database.idle()
    async with database.unit(tenants[0].tenant) as unit:
        assert database.idle() == before
        await notes(unit).titles()
        assert database.idle()[0] == before[0] - 1
    assert database.idle() == before
    with pytest.raises(RuntimeError, match="over"):
        await notes(unit).titles()


async def test_a_unit_reads_as_it_was_asked_to(database: Database, tenants: tuple[Planted, Planted]) -> None:
    mine, _ = tenants
    level = "select current_setting('transaction_isolation')"
    async with database.unit(mine.tenant, isolation=Isolation.SERIALIZABLE) as unit:
        assert await Session(unit, PROBE).fetch_value(level) == "serializable"
    async with database.unit(mine.tenant) as unit:
        assert await Session(unit, PROBE).fetch_value(level) == "read committed"
    with pytest.raises(asyncpg.ReadOnlySQLTransactionError):
        async with database.unit(mine.tenant, read_only=True) as unit:
            await notes(unit).write_quickly(mine.shop, ["refused"])


async def test_a_model_without_a_session_is_refused(tenants: tuple[Planted, Planted]) -> None:
    shop = tenants[0].shop
    attempts = (
        Note.all(),
        Note.filter(title="x").count(),
        Note.filter(title="x").update(stars=1),
        Note.filter(title="x").delete(),
        Note.create(shop_id=shop, title="x"),
        Note.bulk_create([Note(shop_id=shop, title="x")]),
        Note.get_or_create(title="x"),
        Note.raw("select 1"),
    )
    for attempt in attempts:
        with pytest.raises(UnboundModelError):
            await attempt


async def test_a_session_gives_away_no_connection(database: Database, tenants: tuple[Planted, Planted]) -> None:
    async with database.unit(tenants[0].tenant) as unit:
        orm = Session(unit, PROBE).orm
        with pytest.raises(UnboundModelError):
            await orm.execute_script("select 1")
        with pytest.raises(UnboundModelError):
            async with orm.acquire_connection():
                pass
        with pytest.raises(UnboundModelError):
            async with orm._in_transaction():  # noqa: SLF001 - what Tortoise's in_transaction() calls
                pass


@pytest.mark.parametrize("first", [None, "smilero_app"], ids=["in BEGIN", "in the change of role"])
async def test_a_cut_off_start_never_leaves_a_wrong_role(database: Database, tenants: tuple[Planted, Planted], first: str | None) -> None:
    """Cancel a unit's first statement, or the first of another role, after every number of turns of the loop."""
    mine, _ = tenants
    outcomes = set()
    for turns in range(40):
        unit = database.unit(mine.tenant)
        if first:
            await Session(unit).fetch("select 1")
        plugin = Session(unit, PROBE)
        running = asyncio.ensure_future(plugin.fetch("select 1"))
        for _ in range(turns):
            await asyncio.sleep(0)
        running.cancel()
        await asyncio.wait([running])
        try:
            outcomes.add(await plugin.fetch_value("select current_user || ' ' || current_setting('app.tenant_id')"))
        except (RuntimeError, asyncpg.PostgresError) as error:
            outcomes.add(type(error).__name__)
        await roll_back(unit)
    assert f"{PROBE} {mine.tenant}" in outcomes
    assert outcomes <= {f"{PROBE} {mine.tenant}", "RuntimeError", "InFailedSQLTransactionError"}
