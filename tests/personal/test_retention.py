"""What is personal ends by its age: every column is classified, the job removes what is due and nothing else, and says so once."""

import json
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest

from smilero_core.db.database import Database
from smilero_core.db.driver import Connection
from smilero_core.db.session import Session
from smilero_core.db.settings import DatabaseSettings
from smilero_core.identity.retention import BATCH, BY_ERASURE, BY_LAW, BY_PLUGIN, COLUMNS, RETAIN, RULES, SCHEDULE, Rule, remove_batch
from smilero_core.identity.vault import Vault
from smilero_core.platform.clock import Alarm, Clock
from smilero_core.plugins.context import CORE
from smilero_core.plugins.gate import PluginGate
from smilero_core.plugins.host import PluginHost
from smilero_core.plugins.work import Workbench
from smilero_core.tenancy.directory import TenantDirectory
from smilero_sdk.i18n import Catalogue
from smilero_sdk.ids import uuid7
from smilero_web.services import Installed, host_services
from tests.conftest import LookedAt
from tests.support.cluster import connected
from tests.support.foundations import Foundation, found

# A row of each rule, as old as $3 says.
MADE = {
    "codes": """insert into core.sign_in_code (tenant_id, id, phone_index, phone_sealed, device_hash, code_hash, expires_at)
        values ($1, $2, '', '', '', '', $3)""",
    "tickets": """insert into core.ticket (tenant_id, id, purpose, token_hash, held_sealed, expires_at)
        values ($1, $2, 'x', uuid_send($2), '', $3)""",
    "answers": """insert into core.idempotency (tenant_id, id, caller, operation, key, request_hash, status, content_type, body, created_at)
        values ($1, $2, 'customer:x', 'x', $2::uuid::text, '', 200, '', '', $3)""",
    "code messages": """insert into core.message (tenant_id, id, kind, template, recipient_sealed, body_sealed, state, created_at)
        values ($1, $2, 'security', 'x', 'x', 'x', 'sent', $3)""",
    "messages": """insert into core.message (tenant_id, id, kind, template, recipient_sealed, body_sealed, state, created_at)
        values ($1, $2, 'service', 'x', 'x', 'x', 'sent', $3)""",
    "invitations": """insert into core.invitation
        (tenant_id, id, phone_index, phone_sealed, name, role, shop_id, token_hash, invited_by, expires_at)
        select $1, $2, uuid_send($2), '', 'x', 'clerk', (select id from core.shop where tenant_id = $1 limit 1), uuid_send($2),
          (select id from core.person where tenant_id = $1 limit 1), $3""",
    "sessions": """insert into core.session (tenant_id, id, person_id, token_hash, expires_at, ended_at)
        select $1, $2, (select id from core.person where tenant_id = $1 limit 1), uuid_send($2), now() + interval '1 day', $3""",
    "api tokens": """insert into core.api_token (tenant_id, id, person_id, role, token_hash, expires_at)
        select $1, $2, (select id from core.person where tenant_id = $1 limit 1), 'customer', uuid_send($2), $3""",
    "grants": """insert into core.oauth_grant (tenant_id, id, client_id, role, scopes, expires_at)
        select $1, $2, (select id from core.oauth_client where tenant_id = $1), 'merchant', '{}', $3""",
    "program tokens": """insert into core.oauth_token (tenant_id, id, grant_id, kind, token_hash, scopes, expires_at)
        select $1, $2, (select id from core.oauth_grant where tenant_id = $1 and expires_at is null), 'access', uuid_send($2), '{}', $3""",
    "passkey challenges": """insert into core.passkey_challenge (tenant_id, id, challenge_hash, bound_to, expires_at)
        values ($1, $2, uuid_send($2), '', $3)""",
    "outside attempts": """insert into core.outside_attempt
        (tenant_id, id, provider_id, state_hash, browser_hash, held_sealed, own_callback, expires_at)
        select $1, $2, (select id from core.outside_provider where tenant_id = $1), uuid_send($2), '', '', false, $3""",
    "helpers": """insert into core.helper (tenant_id, id, merchant_id, shop_id, relation, limits, token_hash, until)
        select $1, $2, (select id from core.person where tenant_id = $1 limit 1), (select id from core.shop where tenant_id = $1 limit 1),
          'daughter', 'look', uuid_send($2), $3""",
    "approvals": """insert into core.approval (tenant_id, id, plugin, name, operation, permission, asked_by, asked_as, language,
          body_sealed, body_hash, state, asked_at, expires_at, decided_at)
        select $1, $2, 'x', 'x.x', 'x', 'x', (select id from core.person where tenant_id = $1 limit 1), 'staff', 'ko', '', '',
          'expired', $3, $3, $3""",
    "showings": """insert into core.showing (tenant_id, id, merchant_id, path, created_at, until)
        select $1, $2, (select id from core.person where tenant_id = $1 limit 1), '/portal', $3::timestamptz - interval '1 minute', $3""",
    "import files": """insert into core.import_run (tenant_id, id, kind, file_name, state, created_by, created_at)
        select $1, $2, 'shops', 'x.csv', 'done', (select id from core.person where tenant_id = $1 limit 1), $3""",
    "dead letters": """insert into core.job (tenant_id, id, plugin, kind, name, payload, state, run_at)
        values ($1, $2, 'x', 'job', 'x', '{}', 'dead', $3)""",
    "failures": """insert into core.plugin_failure (tenant_id, id, plugin, hook, error, trace, failed_at)
        values ($1, $2, 'x', 'x', 'x', 'x', $3)""",
    "counts": """insert into core.retention_count (tenant_id, id, day, rule, removed, told_at)
        values ($1, $2, $3::timestamptz::date, 'x', 1, $3)""",
}
# What such a row refers to.
BEFORE = (
    "insert into core.oauth_client (tenant_id, id, name, redirect_uris, scopes, unattended) values ($1, $2, 'x', '{}', '{}', false)",
    "insert into core.oauth_grant (tenant_id, id, client_id, role, scopes) values ($1, $2, $2, 'merchant', '{}')",
    """insert into core.outside_provider (tenant_id, id, kind, label, issuer, client_id, own_callback, enabled)
    values ($1, $2, 'naver', 'x', 'x', 'x', false, false)""",
)
# What a row is known by that is there whole, where a rule blanks it.
BLANK = {"message": "body_sealed <> ''", "helper": "token_hash is not null", "showing": "path <> ''", "import_run": "file_name <> ''"}
JUST = timedelta(minutes=5)


@dataclass(frozen=True)
class Night:
    """Two foundations, and what a worker has."""

    database: Database
    admin: Connection
    foundations: tuple[Foundation, Foundation]
    clock: Clock
    bench: Workbench

    async def made(self, rule: Rule, age: timedelta, which: int = 0) -> UUID:
        made = uuid7()
        await self.admin.execute(MADE[rule.name], self.foundations[which].id, made, datetime.now(UTC) - age)
        return made

    async def there(self, rule: Rule, row: UUID) -> bool:
        condition = BLANK[rule.table] if rule.blank else "true"
        return bool(await self.admin.fetchval(f"select true from core.{rule.table} where id = $1 and {condition}", row))  # noqa: S608 - from the rules

    async def run(self) -> None:
        """A night comes: the clock strikes, and a worker does what is due."""
        await self.clock.wind()
        await self.admin.execute("update core.schedule set next_at = now() - interval '1 minute' where plugin = 'core'")
        await self.clock.strike()
        for foundation in self.foundations:
            tenant = await TenantDirectory(self.database, "localhost").by_id(foundation.id)
            if tenant:
                while await self.bench.take_turn(tenant):
                    pass

    async def said(self, which: int = 0) -> list[dict[str, int]]:
        rows = await self.admin.fetch(
            "select params, after from core.audit_entry where tenant_id = $1 and sentence = 'identity.audit.retained' order by id",
            self.foundations[which].id,
        )
        for row in rows:
            assert json.loads(row["params"])["count"] == sum(json.loads(row["after"]).values())
        return [json.loads(row["after"]) for row in rows]


@pytest.fixture
async def night(own_database: DatabaseSettings) -> AsyncIterator[Night]:
    vault = Vault(own_database.secret_key.get_secret_value())
    async with Database(own_database) as database, connected(own_database.database_url) as admin:
        first, second = await found(database, vault, "seongnam"), await found(database, vault, "bucheon")
        for foundation in (first, second):
            for sql in BEFORE:
                await admin.execute(sql, foundation.id, foundation.id)
        host = PluginHost([])
        services = host_services(Installed(host, Catalogue()), PluginGate(database, host.listed), vault)
        bench = Workbench(database, services, {RETAIN.name: RETAIN}, lambda tenant: tenant.slug)
        clock = Clock(database, {Alarm(CORE, SCHEDULE.name): SCHEDULE}, CORE)
        yield Night(database, admin, (first, second), clock, bench)


async def test_every_column_of_the_core_is_classified(admin: Connection, looked_at: LookedAt) -> None:
    """Somebody who adds a column says whether it tells of anybody, and what ends it."""
    rows = await admin.fetch(
        """
        select c.relname as table, a.attname as column from pg_attribute a join pg_class c on c.oid = a.attrelid
        where c.relnamespace = 'core'::regnamespace and c.relkind in ('r', 'p') and not c.relispartition
          and a.attnum > 0 and not a.attisdropped
        """
    )
    there = sorted(f"{row['table']}.{row['column']}" for row in rows)
    looked_at("columns", there)
    told = [f"{table}.{name}" for table, one in COLUMNS.items() for words in (one.plain, *one.personal) for name in words.split()]
    assert sorted(told) == there  # each once: neither forgotten nor both
    ends = {(table, end) for table, one in COLUMNS.items() for end in one.personal.values()}
    looked_at("personal columns", [words for one in COLUMNS.values() for words in one.personal])
    by_age = {(rule.table, rule.name) for rule in RULES}
    assert {end for _, end in ends - by_age} == {BY_ERASURE, BY_LAW, BY_PLUGIN}
    assert all(rule.source for rule in RULES)
    assert set(MADE) == {rule.name for rule in RULES}


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
async def test_what_is_over_goes_and_what_is_not_stays(night: Night, rule: Rule) -> None:
    over, not_yet = await night.made(rule, rule.age + JUST), await night.made(rule, rule.age - timedelta(days=1) - JUST)
    other = await night.made(rule, rule.age + JUST, which=1)
    assert await night.there(rule, over)
    await night.run()
    assert [await night.there(rule, row) for row in (over, not_yet, other)] == [False, True, False]
    assert (await night.said(), await night.said(1)) == ([{rule.name: 1}], [{rule.name: 1}])


async def test_a_night_is_one_sentence_and_a_night_without_anything_is_none(night: Night) -> None:
    for rule in RULES:
        await night.made(rule, rule.age + JUST)
    await night.run()
    assert await night.said() == [{rule.name: 1 for rule in RULES}]
    assert await night.said(1) == []
    await night.run()
    assert len(await night.said()) == 1


async def test_a_run_that_was_killed_goes_on_and_what_it_removed_is_told(night: Night, looked_at: LookedAt) -> None:
    rule = next(one for one in RULES if one.name == "failures")
    await night.admin.execute(
        """
        insert into core.plugin_failure (tenant_id, id, plugin, hook, error, trace, failed_at)
        select $1, gen_random_uuid(), 'x', 'x', 'x', 'x', now() - interval '31 days' from generate_series(1, $2)
        """,
        *(night.foundations[0].id, BATCH + 7),
    )
    async with night.database.unit(night.foundations[0].id) as unit:
        assert await remove_batch(Session(unit), rule) == BATCH
    with pytest.raises(KeyboardInterrupt):
        await killed(night, rule)
    left = await night.admin.fetchval("select count(*) from core.plugin_failure where tenant_id = $1", night.foundations[0].id)
    assert left == 7
    await night.run()
    assert await night.said() == [{"failures": BATCH + 7}]
    looked_at("rows removed in two runs", range(BATCH + 7))


async def killed(night: Night, rule: Rule) -> None:
    """In a batch, before its commit."""
    async with night.database.unit(night.foundations[0].id) as unit:
        await remove_batch(Session(unit), rule)
        raise KeyboardInterrupt


async def test_it_comes_each_night_at_ten_past_three_where_the_foundation_is(night: Night) -> None:
    assert await night.clock.wind() == 2
    rows = await night.admin.fetch("select plugin, name, next_at from core.schedule")
    seoul = {(row["plugin"], row["name"], row["next_at"].astimezone(ZoneInfo("Asia/Seoul")).strftime("%H:%M")) for row in rows}
    assert seoul == {(CORE, "retention", "03:10")}
    assert await night.clock.strike() == set()


async def test_a_message_that_waits_is_not_blanked(night: Night) -> None:
    rule = next(one for one in RULES if one.name == "messages")
    row = await night.made(rule, rule.age + JUST)
    await night.admin.execute("update core.message set state = 'queued' where id = $1", row)
    await night.run()
    assert await night.there(rule, row)


async def test_whoever_is_signed_in_stays_so(night: Night) -> None:
    rule = next(one for one in RULES if one.name == "sessions")
    row = await night.made(rule, rule.age + JUST)
    await night.admin.execute("update core.session set ended_at = null, created_at = now() - interval '1 year' where id = $1", row)
    await night.run()
    assert await night.there(rule, row)
