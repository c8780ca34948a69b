"""Tickets themselves: once, in time, for one purpose, at one foundation."""

import asyncio
from collections import Counter
from datetime import timedelta

import pytest

from smilero_core.db.database import Database
from smilero_core.db.driver import Connection
from smilero_core.db.session import Session
from smilero_core.identity.tickets import Tickets
from smilero_core.identity.tokens import token_hash
from smilero_core.identity.vault import Vault
from tests.support.tenants import Planted

VAULT = Vault("a secret of the tests")
HELD = {"person": "p", "word": "한글"}
TAKERS = 16


async def issue(database: Database, tenant: Planted, *, lifetime: timedelta | None = None) -> str:
    """A ticket for the purpose `go`."""
    async with database.unit(tenant.tenant) as unit:
        tickets = Tickets(Session(unit), tenant.tenant, VAULT)
        return await (tickets.issue("go", HELD) if lifetime is None else tickets.issue("go", HELD, lifetime))


async def take(database: Database, tenant: Planted, token: str, purpose: str = "go") -> object:
    """What the ticket holds for a foundation and a purpose."""
    async with database.unit(tenant.tenant) as unit:
        return await Tickets(Session(unit), tenant.tenant, VAULT).take(purpose, token)


async def look(database: Database, tenant: Planted, token: str, purpose: str = "go") -> object:
    """The same without using it."""
    async with database.unit(tenant.tenant, read_only=True) as unit:
        return await Tickets(Session(unit), tenant.tenant, VAULT).look(purpose, token)


async def test_of_sixteen_who_take_it_at_once_one_is_told(database: Database, tenants: tuple[Planted, Planted]) -> None:
    tenant, _ = tenants
    for _ in range(5):
        token = await issue(database, tenant)
        told = await asyncio.gather(*(take(database, tenant, token) for _ in range(TAKERS)))
        assert Counter(one is None for one in told) == {True: TAKERS - 1, False: 1}
        assert HELD in told


async def test_it_is_good_for_its_purpose_alone(database: Database, tenants: tuple[Planted, Planted]) -> None:
    tenant, _ = tenants
    token = await issue(database, tenant)
    for other in ("", "g", "going", "Go"):
        assert await take(database, tenant, token, other) is None
        assert await look(database, tenant, token, other) is None
    assert await take(database, tenant, token) == HELD


async def test_it_is_worthless_at_another_foundation(database: Database, tenants: tuple[Planted, Planted]) -> None:
    ours, theirs = tenants
    token = await issue(database, ours)
    assert await look(database, theirs, token) is None
    assert await take(database, theirs, token) is None
    assert await take(database, ours, token) == HELD


@pytest.mark.parametrize("lifetime", [None, timedelta(minutes=10)])
async def test_it_ends_in_time(database: Database, admin: Connection, tenants: tuple[Planted, Planted], lifetime: timedelta | None) -> None:
    tenant, _ = tenants
    token = await issue(database, tenant, lifetime=lifetime)
    left = "select expires_at - now() from core.ticket where token_hash = $1"
    wanted = lifetime or timedelta(seconds=30)
    assert wanted - timedelta(seconds=20) < await admin.fetchval(left, token_hash(token)) <= wanted
    await admin.execute("update core.ticket set expires_at = now() where token_hash = $1", token_hash(token))
    assert await look(database, tenant, token) is None
    assert await take(database, tenant, token) is None


async def test_to_look_does_not_use_it(database: Database, tenants: tuple[Planted, Planted]) -> None:
    tenant, _ = tenants
    token = await issue(database, tenant)
    assert [await look(database, tenant, token) for _ in range(2)] == [HELD, HELD]
    assert await take(database, tenant, token) == HELD
    assert await look(database, tenant, token) is None


async def test_what_never_was_is_none(database: Database, tenants: tuple[Planted, Planted]) -> None:
    tenant, _ = tenants
    for token in ("", "x", "a" * 43, "한글", "\0"):
        assert await take(database, tenant, token) is None


async def test_the_database_has_neither_the_ticket_nor_what_it_holds(
    database: Database, admin: Connection, tenants: tuple[Planted, Planted]
) -> None:
    tenant, _ = tenants
    token = await issue(database, tenant)
    row = await admin.fetchrow("select * from core.ticket where token_hash = $1", token_hash(token))
    assert row
    told = str(dict(row))
    assert token not in told
    assert "한글".encode() not in row["held_sealed"]
