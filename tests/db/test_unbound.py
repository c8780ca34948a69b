"""Every table, every kind of statement, every door: for no tenant and for another one (check A3)."""

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from uuid import UUID

import asyncpg
import pytest
from asyncpg import PostgresError
from tortoise import Tortoise
from tortoise.exceptions import BaseORMException
from tortoise.expressions import F
from tortoise.models import Model

from smilero_core.db.driver import Pool
from smilero_core.db.session import Session
from smilero_core.db.unit import UnitOfWork
from smilero_sdk.ids import uuid7
from tests.conftest import LookedAt
from tests.support.cluster import Cluster, connected, roll_back
from tests.support.rows import Table, granted, loosen, tenant_tables

KINDS = ("select", "insert", "update", "delete")
Statement = Callable[[Session], Awaitable[int]]


async def _keep(_: object) -> None:
    """As the product's own pool: nothing is reset between units."""


@dataclass(frozen=True)
class Ground:
    """One pooled connection, two tenants with one row in every table, and what may be used at all."""

    pool: Pool
    tables: Sequence[Table]
    granted: set[tuple[str, str]]
    mine: UUID
    theirs: UUID

    def may(self, table: str, kind: str, door: str) -> bool:
        """Whether the working role may do this at all. Tortoise reads back what it inserted."""
        needed = {kind, "select"} if door == "model" else {kind}
        return {(table, each) for each in needed} <= self.granted

    async def touched(self, bound: UUID | None, table: Table, statement: Statement) -> int | str:
        """How many rows a statement reads or touches, or why it is refused. It is rolled back."""
        unit = UnitOfWork(self.pool, bound)
        try:
            return await statement(Session(unit, table.role))
        except (PostgresError, BaseORMException) as error:
            return str(error)
        finally:
            await roll_back(unit)


@pytest.fixture
async def ground(cluster: Cluster) -> AsyncIterator[Ground]:
    mine, theirs = uuid7(), uuid7()
    async with cluster.database() as settings, connected(settings.database_url) as admin:
        tables = await tenant_tables(admin)
        await loosen(admin)
        for tenant in (mine, theirs):
            for table in tables:
                await admin.execute(table.statement("insert", tenant))
        async with asyncpg.create_pool(settings.app(), min_size=1, max_size=1, reset=_keep) as pool:
            yield Ground(pool, tables, await granted(admin, tables, KINDS), mine, theirs)


async def by_fetch(session: Session, table: Table, kind: str, tenant: UUID) -> int:
    returning = "" if kind == "select" else " RETURNING 1"
    return len(await session.fetch(table.statement(kind, tenant) + returning))


async def by_execute(session: Session, table: Table, kind: str, tenant: UUID) -> int:
    return await session.execute(table.statement(kind, tenant))


async def by_orm_sql(session: Session, table: Table, kind: str, tenant: UUID) -> int:
    return (await session.orm.execute_query(table.statement(kind, tenant)))[0]


async def by_model(session: Session, table: Table, kind: str, tenant: UUID) -> int:
    model = models()[table.name]
    rows = model.filter(tenant_id=tenant).using_db(session.orm)
    match kind:
        case "select":
            return len(await rows)
        case "insert":
            made = {name: example(of) for name, of in table.needed.items()}
            _ = await model.create(using_db=session.orm, tenant_id=tenant, **made)
            return 1
        case "delete":
            return await rows.delete()
        case _:
            field = next(name for name in table.needed if name != "id")
            return await rows.update(**{field: F(field)})


DOORS = {"fetch": by_fetch, "execute": by_execute, "orm's SQL": by_orm_sql, "model": by_model}


def example(of: str) -> object:
    now = datetime.now(UTC)
    examples: dict[str, object] = {
        "uuid": uuid7(),
        "text": uuid7().hex,
        "bytea": uuid7().bytes,
        "bigint": uuid7().int % 2**62,
        "boolean": True,
        "jsonb": {},
        "date": now.date(),
        "timestamp with time zone": now,
    }
    return [] if of.endswith("[]") else examples.get(of, 1)


def models() -> dict[str, type[Model]]:
    apps = Tortoise.apps or {}
    return {f"{model._meta.schema}.{model._meta.db_table}": model for app in apps.values() for model in app.values()}  # noqa: SLF001 - Tortoise's way


async def outcomes(ground: Ground, bound: UUID | None) -> dict[tuple[str, str, str], int | str]:
    """What every table's every statement does about my rows, through every door."""
    return {
        (table.name, kind, door): await ground.touched(bound, table, partial(run, table=table, kind=kind, tenant=ground.mine))
        for table in ground.tables
        for kind in KINDS
        for door, run in DOORS.items()
    }


async def left_behind(ground: Ground) -> tuple[str, str | None]:
    """The role and the tenant that an unbound transaction finds on the connection."""
    async with UnitOfWork(ground.pool, None) as unit:
        row = await Session(unit).fetch_row("select current_user, current_setting('app.tenant_id', true)")
    return tuple(row or ())


async def test_a_committed_transaction_leaves_neither_role_nor_tenant(ground: Ground) -> None:
    for role in (None, "plugin_probe"):
        async with UnitOfWork(ground.pool, ground.mine) as unit:
            where = await Session(unit, role).fetch_row("select current_user, current_setting('app.tenant_id')")
        assert tuple(where or ()) == (role or "smilero_app", str(ground.mine))
        assert await left_behind(ground) == ("smilero_app", "")


async def test_no_statement_reaches_a_tenant_that_is_not_bound(ground: Ground, looked_at: LookedAt) -> None:
    assert await left_behind(ground) == ("smilero_app", None)
    never_bound = await outcomes(ground, None)
    mine = await outcomes(ground, ground.mine)
    assert await left_behind(ground) == ("smilero_app", "")  # the same connection, used before
    no_more_bound = await outcomes(ground, None)
    theirs = await outcomes(ground, ground.theirs)

    allowed = [case for case in mine if ground.may(*case)]
    for case, here in mine.items():
        elsewhere = (never_bound[case], no_more_bound[case], theirs[case])
        if case not in allowed:
            assert all(isinstance(outcome, str) and "permission denied" in outcome for outcome in (here, *elsewhere)), case
        elif case[1] == "insert":
            assert here == 1, case
            assert all(isinstance(outcome, str) and "row-level security" in outcome for outcome in elsewhere), (case, elsewhere)
        else:
            assert here == 1, (case, here)
            assert elsewhere == (0, 0, 0), case
    looked_at("tables", {table for table, _, _ in mine})
    looked_at("statements that a tenant's own transaction may run", allowed)
    looked_at("statements that nobody may run", mine.keys() - allowed)
    assert len({table for table, _, _ in mine}) >= 11
    assert len(allowed) >= 11 * 3 * len(DOORS)
