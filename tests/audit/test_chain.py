"""The chain: whatever the order of commits everything gets its link once, and whatever is done to a row is found and named."""

import asyncio
import hashlib
import json
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from asyncpg import ForeignKeyViolationError, InsufficientPrivilegeError, RestrictViolationError

from smilero_core.audit.content import Link, canonical, entry_hash
from smilero_core.audit.log import AuditLog
from smilero_core.audit.sealing import BATCH, seal
from smilero_core.audit.verifying import Break, Damage, Head, Verdict, verify
from smilero_core.db.database import Database
from smilero_core.db.driver import Connection
from smilero_core.db.scope import Isolation
from smilero_core.db.session import Session
from smilero_core.platform.unsealed import unsealed
from smilero_sdk.ids import uuid7
from tests.conftest import LookedAt
from tests.support.tenants import Planted

THE_ROW = " where tenant_id = $1 and id = $2"


async def write(database: Database, tenant: UUID, count: int, word: str = "w") -> None:
    """Entries of one transaction."""
    async with database.unit(tenant) as unit:
        log = AuditLog(Session(unit), None, "core", datetime.now(UTC))
        for number in range(count):
            await log.record("plugins.audit.chosen", before={"수": number, "b": 1.50}, after={"a": [True, None, word]}, name=word)


async def seal_all(database: Database, tenant: UUID) -> int:
    """Batch after batch, until nothing waits."""
    sealed = 0
    while done := await seal(database, tenant):
        sealed += done
    return sealed


async def judged(database: Database, tenant: UUID, noted: Head | None = None) -> Verdict:
    async with database.unit(tenant, isolation=Isolation.REPEATABLE_READ, read_only=True) as unit:
        return await verify(Session(unit), noted)


async def links(admin: Connection, tenant: UUID) -> list[UUID]:
    """Which entries have links, in the order of the chain, whose numbers have no gap."""
    rows = await admin.fetch("select id, number from core.audit_seal where tenant_id = $1 order by number", tenant)
    assert [row["number"] for row in rows] == list(range(1, len(rows) + 1))
    return [row["id"] for row in rows]


async def as_superuser(admin: Connection, tenant: UUID, entry: UUID, *statements: str) -> None:
    """Do to one row what no login of the product may do, with the foreign keys switched off."""
    async with admin.transaction():
        await admin.execute("set local session_replication_role = replica")
        for statement in statements:
            assert (await admin.execute(statement + THE_ROW, tenant, entry)).endswith(" 1")


@pytest.mark.parametrize(
    ("value", "wanted"),
    [
        ({"b": 1, "a": [True, None, "나\n"]}, '{"a":[true,null,"나\\n"],"b":1}'),
        # By UTF-16, as RFC 8785 §3.2.3 has it: the surrogates of U+1F600 stand before U+FB33.
        ({"\ufb33": 1, "\U0001f600": 2, "\u20ac": 3, "\r": 4, "1": 5}, '{"\\r":4,"1":5,"\u20ac":3,"\U0001f600":2,"\ufb33":1}'),
    ],
)
def test_the_content_has_one_form(value: object, wanted: str) -> None:
    assert canonical(value) == wanted.encode()
    assert canonical(json.loads(wanted)) == wanted.encode()


async def test_what_is_written_waits_and_is_sealed_once(database: Database, admin: Connection, tenants: tuple[Planted, Planted]) -> None:
    here, there = (one.tenant for one in tenants)
    await write(database, here, BATCH + 1)
    await write(database, there, 1)
    assert {here, there} <= set(await unsealed(database))
    before = await judged(database, here)
    assert (before.sealed, before.unsealed, before.breaks) == (0, BATCH + 1, [])
    assert before.unsealed_seconds > 0
    assert await seal(database, here) == BATCH
    assert here in await unsealed(database)
    assert await seal_all(database, here) == 1
    waiting = await unsealed(database)
    assert (here in waiting, there in waiting) == (False, True)
    after = await judged(database, here)
    assert (after.sealed, after.unsealed, after.unsealed_seconds, after.breaks) == (BATCH + 1, 0, 0.0, [])
    assert after.head.number == BATCH + 1
    entries = await admin.fetch("select id from core.audit_entry where tenant_id = $1", here)
    assert sorted(await links(admin, here)) == sorted(row["id"] for row in entries)
    assert await links(admin, there) == []


async def test_what_commits_late_is_sealed_late_with_its_early_time(
    database: Database, admin: Connection, tenants: tuple[Planted, Planted]
) -> None:
    tenant = tenants[0].tenant
    async with database.unit(tenant) as unit:
        await AuditLog(Session(unit), None, "core", datetime.now(UTC) - timedelta(hours=1)).record("plugins.audit.chosen", name="early")
        await write(database, tenant, 2)
        # It has not committed: nobody may seal it, and nobody need wait for it.
        assert await seal_all(database, tenant) == 2
        assert (await judged(database, tenant)).breaks == []
    assert await seal_all(database, tenant) == 1
    chain = await links(admin, tenant)
    assert chain[-1] == min(chain)
    verdict = await judged(database, tenant)
    assert (verdict.sealed, verdict.unsealed, verdict.breaks) == (3, 0, [])


async def test_what_is_undone_was_never_there(database: Database, tenants: tuple[Planted, Planted]) -> None:
    tenant = tenants[0].tenant

    async def undone() -> None:
        async with database.unit(tenant) as unit:
            await AuditLog(Session(unit), None, "core", datetime.now(UTC)).record("plugins.audit.chosen", name="n")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await undone()
    assert await seal_all(database, tenant) == 0
    assert await judged(database, tenant) == Verdict()


async def test_two_sealers_leave_a_foundation_to_the_first(database: Database, admin: Connection, tenants: tuple[Planted, Planted]) -> None:
    tenant, other = (one.tenant for one in tenants)
    await write(database, tenant, 3)
    await write(database, other, 3)
    lock = "select pg_advisory_xact_lock(hashtextextended('smilero audit ' || $1, 0))"
    async with admin.transaction():
        await admin.execute(lock, str(tenant))
        assert await seal(database, tenant) == 0
        assert await seal(database, other) == 3
    assert await seal(database, tenant) == 3
    assert len(await links(admin, tenant)) == 3


@pytest.mark.suite("D1")
async def test_a_sealer_that_dies_has_sealed_nothing_and_the_next_goes_on(
    database: Database, admin: Connection, tenants: tuple[Planted, Planted], looked_at: LookedAt
) -> None:
    tenant = tenants[0].tenant
    await write(database, tenant, 50)
    await seal_all(database, tenant)
    killed = []
    async with admin.transaction():
        # Its links wait for this lock, so that it dies between reading and committing.
        await admin.execute("lock table core.audit_seal in exclusive mode")
        for _ in range(5):
            await write(database, tenant, 4)
            sealing = asyncio.create_task(seal(database, tenant))
            while not (backend := await _waiting_backend(admin)):
                assert not sealing.done()
            assert await admin.fetchval("select pg_terminate_backend($1, 5000)", backend)
            with pytest.raises(Exception, match=r"connection|terminat"):
                await sealing
            killed.append(backend)
    assert (await judged(database, tenant)).sealed == 50
    assert await seal_all(database, tenant) == 20
    assert len(await links(admin, tenant)) == 70
    assert (await judged(database, tenant)).breaks == []
    looked_at("sealers killed", killed)


async def _waiting_backend(admin: Connection) -> int | None:
    found: int | None = await admin.fetchval(
        "select l.pid from pg_locks l where l.relation = 'core.audit_seal'::regclass and not l.granted limit 1"
    )
    return found


async def test_writers_with_long_transactions_beside_three_sealers(
    database: Database, admin: Connection, tenants: tuple[Planted, Planted], looked_at: LookedAt, *, full: bool
) -> None:
    tenant, other = (one.tenant for one in tenants)
    rounds, writing = (200 if full else 12), True

    async def writer(number: int) -> None:
        for turn in range(rounds):
            async with database.unit(tenant if (number + turn) % 4 else other) as unit:
                for late in range(3):
                    # Earlier ids in later commits, and now and then none at all.
                    now = datetime.now(UTC) - timedelta(seconds=(number * 7 + turn * 3 + late) % 50)
                    await AuditLog(Session(unit), None, "core", now).record("plugins.audit.chosen", name=f"{number}.{turn}.{late}")
                    await asyncio.sleep(0)

    async def sealer() -> int:
        sealed = 0
        while writing:
            for one in (tenant, other):
                sealed += await seal(database, one)
        return sealed

    sealers = [asyncio.create_task(sealer()) for _ in range(3)]
    await asyncio.gather(*(writer(number) for number in range(4)))
    writing = False
    sealed = sum(await asyncio.gather(*sealers))
    sealed += await seal_all(database, tenant) + await seal_all(database, other)
    written = await admin.fetch("select id from core.audit_entry where tenant_id = any($1::uuid[])", [tenant, other])
    chains = [*await links(admin, tenant), *await links(admin, other)]
    assert sorted(chains) == sorted(row["id"] for row in written)
    assert sealed == len(written) == 4 * rounds * 3
    assert [(await judged(database, one)).breaks for one in (tenant, other)] == [[], []]
    # The test is worth something only where the order of commits was another than that of the ids.
    assert chains != sorted(chains)
    looked_at("entries sealed while others were written", chains)


# By damage: what is done to the row.
DAMAGES = {
    "altered at": ("update core.audit_entry set at = at + interval '1 microsecond'",),
    "altered actor": ("update core.audit_entry set actor_id = gen_random_uuid()",),
    "altered role": ("update core.audit_entry set role = 'owner'",),
    "altered plugin": ("update core.audit_entry set plugin = 'coupons'",),
    "altered sentence": ("update core.audit_entry set sentence = 'plugins.audit.enabled'",),
    "altered params": ("update core.audit_entry set params = jsonb_set(params, '{name}', '\"v\"')",),
    "altered subject": ("update core.audit_entry set subject_id = gen_random_uuid()",),
    "altered digit": ("update core.audit_entry set before = jsonb_set(before, '{b}', '1.51')",),
    "altered before": ("update core.audit_entry set before = null",),
    "altered after": ("update core.audit_entry set after = after || '{\"c\": 1}'",),
    "altered on behalf": ("update core.audit_entry set on_behalf_of = gen_random_uuid()",),
    "missing": ("delete from core.audit_entry",),
    "seal_altered seal": ("update core.audit_seal set seal = sha256(seal)",),
    "seal_altered time": ("update core.audit_seal set sealed_at = sealed_at - interval '1 day'",),
    "seal_altered hash": ("update core.audit_seal set entry_hash = sha256(seal)",),
    "seal_missing": ("delete from core.audit_seal", "insert into core.audit_unsealed select tenant_id, id, at from core.audit_entry"),
}


@pytest.mark.parametrize("damage", DAMAGES)
async def test_whatever_is_done_to_a_row_is_named_by_the_row(
    database: Database, admin: Connection, tenants: tuple[Planted, Planted], damage: str
) -> None:
    tenant, other = (one.tenant for one in tenants)
    for one in (tenant, other):
        await write(database, one, 7)
        await seal_all(database, one)
    entry = (await links(admin, tenant))[3]
    await as_superuser(admin, tenant, entry, *DAMAGES[damage])
    kind = Damage(damage.partition(" ")[0])
    found = (await judged(database, tenant)).breaks
    assert found == [Break(kind, None if kind is Damage.SEAL_MISSING else entry, 4)]
    assert (await judged(database, other)).breaks == []


async def test_for_whom_it_was_done_is_sealed_too(database: Database, admin: Connection, tenants: tuple[Planted, Planted]) -> None:
    tenant = tenants[0].tenant
    await write(database, tenant, 3)
    entry = await admin.fetchval("select id from core.audit_entry where tenant_id = $1 order by id limit 1", tenant)
    await as_superuser(admin, tenant, entry, "update core.audit_entry set on_behalf_of = gen_random_uuid()")
    await seal_all(database, tenant)
    assert (await judged(database, tenant)).breaks == []
    await as_superuser(admin, tenant, entry, "update core.audit_entry set on_behalf_of = null")
    assert (await judged(database, tenant)).breaks == [Break(Damage.ALTERED, entry, 1)]


def test_what_was_sealed_before_there_were_helpers_is_sealed_as_it_was() -> None:
    row = dict.fromkeys(("tenant_id", "id", "at", "actor_id", "role", "plugin", "sentence", "params", "subject_id", "before", "after"))
    assert entry_hash({**row, "on_behalf_of": None}) == hashlib.sha256(canonical(row)).digest()
    assert entry_hash({**row, "on_behalf_of": uuid7()}) != entry_hash({**row, "on_behalf_of": None})


async def test_a_row_that_came_by_another_way_is_named(database: Database, admin: Connection, tenants: tuple[Planted, Planted]) -> None:
    tenant, stray = tenants[0].tenant, uuid7()
    await write(database, tenant, 2)
    await seal_all(database, tenant)
    await admin.execute(
        """insert into core.audit_entry (tenant_id, id, at, role, plugin, sentence, params)
           values ($1, $2, now() - interval '1 day', 'owner', 'core', 'plugins.audit.enabled', '{}')""",
        tenant,
        stray,
    )
    assert await seal_all(database, tenant) == 0
    assert (await judged(database, tenant)).breaks == [Break(Damage.INSERTED, stray, None)]


async def test_two_damages_beside_each_other_are_both_named(
    database: Database, admin: Connection, tenants: tuple[Planted, Planted]
) -> None:
    tenant = tenants[0].tenant
    await write(database, tenant, 6)
    await seal_all(database, tenant)
    chain = await links(admin, tenant)
    for number in (2, 3):
        await as_superuser(admin, tenant, chain[number - 1], "update core.audit_seal set seal = sha256(seal)")
    await as_superuser(admin, tenant, chain[5], "delete from core.audit_entry")
    assert (await judged(database, tenant)).breaks == [
        Break(Damage.SEAL_ALTERED, chain[1], 2),
        Break(Damage.SEAL_ALTERED, chain[2], 3),
        Break(Damage.MISSING, chain[5], 6),
    ]


async def test_a_link_that_was_made_anew_with_its_row_does_not_fit_the_next(
    database: Database, admin: Connection, tenants: tuple[Planted, Planted]
) -> None:
    tenant = tenants[0].tenant
    await write(database, tenant, 4)
    await seal_all(database, tenant)
    chain = await links(admin, tenant)
    await as_superuser(admin, tenant, chain[1], "update core.audit_entry set role = 'owner'")
    row = await admin.fetchrow("select * from core.audit_entry where id = $1", chain[1])
    seals = await admin.fetch("select seal, sealed_at from core.audit_seal where tenant_id = $1 order by number", tenant)
    assert row is not None
    link = Link(tenant, 2, entry_hash(row), seals[1]["sealed_at"])
    await admin.execute(
        "update core.audit_seal set entry_hash = $3, seal = $4 where tenant_id = $1 and id = $2",
        *(tenant, chain[1], link.entry, link.seal(seals[0]["seal"])),
    )
    assert (await judged(database, tenant)).breaks == [Break(Damage.SEAL_ALTERED, chain[2], 3)]


async def test_a_row_that_goes_before_it_is_sealed_is_named(
    database: Database, admin: Connection, tenants: tuple[Planted, Planted]
) -> None:
    tenant = tenants[0].tenant
    await write(database, tenant, 2)
    gone = await admin.fetchval("select id from core.audit_unsealed where tenant_id = $1 order by id limit 1", tenant)
    await as_superuser(admin, tenant, gone, "delete from core.audit_entry")
    assert await seal_all(database, tenant) == 1
    assert (await judged(database, tenant)).breaks == [Break(Damage.MISSING, gone, None)]


async def test_a_head_that_was_noted_finds_a_tail_cut_off(database: Database, admin: Connection, tenants: tuple[Planted, Planted]) -> None:
    tenant = tenants[0].tenant
    await write(database, tenant, 5)
    await seal_all(database, tenant)
    noted = (await judged(database, tenant)).head
    await write(database, tenant, 1)
    await seal_all(database, tenant)
    assert (await judged(database, tenant, noted)).breaks == []
    last = (await links(admin, tenant))[4:]
    for entry in last:
        await as_superuser(admin, tenant, entry, "delete from core.audit_seal", "delete from core.audit_entry")
    # The rest is whole in itself, which is all that a chain can say of itself.
    assert (await judged(database, tenant)).breaks == []
    assert (await judged(database, tenant, noted)).breaks == [Break(Damage.HEAD, None, 5)]


_REFUSED: dict[str, tuple[str, type[Exception]]] = {
    "alter an entry": ("update core.audit_entry set role = 'owner'", InsufficientPrivilegeError),
    "remove an entry": ("delete from core.audit_entry", InsufficientPrivilegeError),
    "alter a link": ("update core.audit_seal set number = number + 1", InsufficientPrivilegeError),
    "remove a link": ("delete from core.audit_seal", InsufficientPrivilegeError),
    "alter the queue": ("update core.audit_unsealed set at = now()", InsufficientPrivilegeError),
    "let one wait that is not there": (
        "insert into core.audit_unsealed (id, at) values (gen_random_uuid(), now())",
        ForeignKeyViolationError,
    ),
}


@pytest.mark.suite("A1")
@pytest.mark.parametrize("what", _REFUSED)
async def test_the_application_can_add_to_the_log_and_nothing_else(database: Database, tenants: tuple[Planted, Planted], what: str) -> None:
    tenant = tenants[0].tenant
    await write(database, tenant, 1)
    statement, error = _REFUSED[what]
    with pytest.raises(error):
        async with database.unit(tenant) as unit:
            await Session(unit).execute(statement)
    # The positive control: the same login in the same place, adding.
    await write(database, tenant, 1)
    assert await seal_all(database, tenant) == 2


async def test_not_even_the_superuser_removes_a_sealed_entry_by_the_way(
    database: Database, admin: Connection, tenants: tuple[Planted, Planted]
) -> None:
    tenant = tenants[0].tenant
    await write(database, tenant, 1)
    await seal_all(database, tenant)
    with pytest.raises(RestrictViolationError):
        await admin.execute("delete from core.audit_entry where tenant_id = $1", tenant)


async def test_the_platforms_login_sees_who_waits_and_not_what_was_done(database: Database, tenants: tuple[Planted, Planted]) -> None:
    await write(database, tenants[0].tenant, 1)
    assert tenants[0].tenant in await unsealed(database)
    for table in ("audit_entry", "audit_seal"):
        for bound in (None, tenants[0].tenant):
            with pytest.raises(InsufficientPrivilegeError):
                async with database.platform(bound) as unit:
                    await Session(unit).fetch(f"select * from core.{table}")  # noqa: S608 - a name of this test


def test_every_damage_has_a_case(looked_at: LookedAt) -> None:
    cases = {name.partition(" ")[0] for name in DAMAGES} | {"inserted", "head"}
    looked_at("damages", DAMAGES)
    assert cases == set(Damage)
