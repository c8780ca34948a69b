"""The rules of isolation hold over every table that is there, and each rule finds its breach."""

from collections.abc import AsyncIterator

import pytest

from smilero_core.db.driver import Connection
from smilero_core.db.isolation import Finding, inspect, rules
from smilero_core.db.settings import DatabaseSettings
from tests.conftest import LookedAt
from tests.support.cluster import Cluster, connected

# What was there when this was written. A rule that looks at less has lost its subjects; raise a number when there is more.
FLOORS = {
    "tables": 52,
    "tenant_tables": 48,
    "version_tables": 5,
    "rewriting": 52,
    "row_security": 48,
    "policies": 48,
    "tenant_column": 48,
    "unique_keys": 68,
    "foreign_keys": 59,
    "references": 30,
    "owners": 62,
    "table_grants": 397,
    "column_grants": 378,
    "schema_grants": 27,
    "roles": 7,
    "settings": 7,
    "memberships": 8,
    "extensions": 1,
    "sealed": 118,
}
# Things that the design has none of: their rules speak only when one appears.
NONE_YET = {"other_relations", "functions", "default_grants"}

TENANT = "nullif(current_setting('app.tenant_id', true), '')::uuid"
TABLE = f"tenant_id uuid not null default {TENANT}, id uuid not null, primary key (tenant_id, id)"
MADE = f"create table plugin_probe.made ({TABLE}); alter table plugin_probe.made owner to smilero_owner;"
OTHER = f"create schema plugin_probe2; create table plugin_probe2.thing ({TABLE});"
REFER = "alter table plugin_probe.note add constraint made foreign key "

# By rule: what breaks it, and what the finding must name.
BREACHES = {
    "tables": [
        (f"create table public.made ({TABLE})", "public.made stands outside"),
        ("create table core.made (id uuid primary key)", "core.made has no tenant_id"),
        ("create table plugin_probe.made (id uuid primary key)", "plugin_probe.made has no tenant_id"),
        ("alter table core.tenant_host add tenant_id uuid", "core.tenant_host is on the platform's list but"),
    ],
    "version_tables": [
        ("grant update on plugin_probe.alembic_version to plugin_probe", "plugin_probe.alembic_version is open"),
        ("grant select on core.alembic_version to public", "core.alembic_version is open"),
        ("alter table core.alembic_version add secret text", "core.alembic_version holds more"),
        ("create table public.alembic_version (version_num text)", "public.alembic_version stands outside"),
    ],
    "other_relations": [
        ("create materialized view core.names as select name from core.person", "core.names is a materialized view"),
        ("create view core.names as select name from core.person", "core.names is a view with its owner's rights"),
        (
            "create foreign data wrapper f; create server s foreign data wrapper f; create foreign table core.far (id int) server s",
            "core.far is a foreign table",
        ),
    ],
    "rewriting": [
        ("create rule copy as on insert to plugin_probe.note do also delete from core.person", "plugin_probe.note has a rewrite rule"),
    ],
    "row_security": [
        ("alter table core.person disable row level security", "core.person row security is not enabled"),
        ("alter table plugin_probe.note no force row level security", "plugin_probe.note row security is not forced"),
        (MADE, "plugin_probe.made row security is not enabled"),
    ],
    "policies": [
        ("create policy more on core.person using (true)", "core.person has the policies {more,tenant}"),
        ("drop policy tenant on core.person", "core.person has the policies {}"),
        ("alter policy tenant on core.person using (true)", "core.person a policy is not as designed"),
        ("alter policy tenant on core.person with check (true)", "core.person a policy is not as designed"),
        ("alter policy tenant on core.person to smilero_app", "core.person a policy is not as designed"),
        (
            "alter policy tenant on core.person using (tenant_id = current_setting('app.tenant_id', true)::uuid)",
            "core.person a policy is not as designed",
        ),
        ("alter policy platform on core.market to smilero_app", "core.market a policy is not as designed"),
        ("create policy platform on core.person to smilero_platform using (true)", "core.person has the policies {platform,tenant}"),
        (
            f"drop policy tenant on core.person; create policy tenant on core.person for select using (tenant_id = {TENANT})",
            "core.person a policy is not as designed",
        ),
        (
            f"drop policy tenant on core.person; create policy tenant on core.person as restrictive using (tenant_id = {TENANT})",
            "core.person a policy is not as designed",
        ),
        (MADE, "plugin_probe.made has the policies {}"),
    ],
    "tenant_column": [
        ("create table plugin_probe.made (tenant_id text not null, id uuid)", "plugin_probe.made tenant_id is no uuid"),
        ("create table plugin_probe.made (tenant_id uuid, id uuid)", "plugin_probe.made tenant_id may be null"),
    ],
    "unique_keys": [
        ("create unique index made_key on plugin_probe.note (title)", "made_key does not begin with tenant_id"),
        ("create unique index made_key on plugin_probe.note (lower(title), tenant_id)", "made_key does not begin with tenant_id"),
        ("alter table plugin_probe.note add constraint made_key exclude (title with =)", "made_key does not begin with tenant_id"),
        ("create table plugin_probe.made (tenant_id uuid primary key)", "plugin_probe.made_pkey is the tenant alone"),
        ("create table plugin_probe.made (tenant_id uuid not null)", "plugin_probe.made has no primary key"),
    ],
    "foreign_keys": [
        (
            "create unique index on core.shop (id); " + REFER + "(shop_id) references core.shop (id)",
            "plugin_probe.note made is not composite",
        ),
        (
            "create unique index on core.shop (id, tenant_id); " + REFER + "(shop_id, tenant_id) references core.shop (id, tenant_id)",
            "plugin_probe.note made is not composite",
        ),
        (
            OTHER + REFER + "(tenant_id, shop_id) references plugin_probe2.thing",
            "plugin_probe.note made refers to another plugin's table",
        ),
        (
            REFER + "(shop_id) references core.operator_token",
            "plugin_probe.note made refers to a platform table",
        ),
        (
            "create unique index on core.person (id); alter table core.operator_token add foreign key (id) references core.person (id)",
            "core.operator_token operator_token_id_fkey is not composite",
        ),
        ("alter table plugin_probe.line alter constraint line_note_id_fkey deferrable", "line_note_id_fkey is deferrable"),
    ],
    "references": [
        (
            "alter table plugin_probe.line drop constraint line_note_id_fkey",
            "plugin_probe.line.note_id is an identifier that refers to nothing",
        ),
        ("alter table plugin_probe.note add column friend_id uuid", "plugin_probe.note.friend_id is an identifier that refers to nothing"),
    ],
    "owners": [
        ("alter table plugin_probe.note owner to plugin_probe", "plugin_probe.note is owned by plugin_probe"),
        ("alter schema plugin_probe owner to plugin_probe", "schema plugin_probe is owned by plugin_probe"),
        ("create sequence plugin_probe.numbers", "plugin_probe.numbers is owned by"),
        ("create function plugin_probe.f() returns int return 1", "function plugin_probe.f() is owned by"),
    ],
    "table_grants": [
        ("grant select on core.person to public", "core.person public SELECT everybody may"),
        ("grant select on core.person to plugin_probe", "core.person plugin_probe SELECT is not in the design"),
        ("grant update on core.shop to plugin_probe", "core.shop plugin_probe UPDATE is not in the design"),
        ("grant truncate on core.person to smilero_app", "core.person smilero_app TRUNCATE is more than"),
        ("grant references on plugin_probe.note to plugin_probe", "plugin_probe.note plugin_probe REFERENCES is more than"),
        ("grant trigger on plugin_probe.note to plugin_probe", "plugin_probe.note plugin_probe TRIGGER is more than"),
        ("grant maintain on plugin_probe.note to plugin_probe", "plugin_probe.note plugin_probe MAINTAIN is more than"),
        ("grant insert on core.tenant to smilero_app", "core.tenant smilero_app INSERT is not in the design"),
        ("grant select on plugin_probe.note to smilero_app", "plugin_probe.note smilero_app SELECT is not in the design"),
        ("grant select on core.person to smilero_platform", "core.person smilero_platform SELECT is not in the design"),
        ("grant select on core.shop to plugin_probe with grant option", "core.shop plugin_probe SELECT may be passed on"),
        ("create role stranger; grant select on core.shop to stranger", "core.shop stranger SELECT is not in the design"),
        (OTHER + "grant select on plugin_probe2.thing to plugin_probe", "plugin_probe2.thing plugin_probe SELECT is not in the design"),
    ],
    "column_grants": [("grant select (name) on core.person to plugin_probe", "core.person.name has a grant of its own")],
    "schema_grants": [
        ("grant create on schema plugin_probe to plugin_probe", "plugin_probe plugin_probe CREATE may create"),
        ("grant create on schema public to public", "public public CREATE may create"),
        ("grant usage on schema core to public", "core public USAGE everybody may"),
        ("grant usage on schema plugin_probe to smilero_platform", "plugin_probe smilero_platform USAGE is not in the design"),
        ("grant usage on schema plugin_probe to smilero_app with grant option", "plugin_probe smilero_app USAGE may be passed on"),
    ],
    "default_grants": [
        (
            "alter default privileges for role smilero_owner grant select on tables to smilero_app",
            "every schema smilero_owner what is made",
        ),
    ],
    "roles": [
        ("alter role smilero_app superuser", "smilero_app is superuser"),
        ("alter role plugin_probe bypassrls", "plugin_probe passes by row security"),
        ("alter role smilero_app replication", "smilero_app may copy"),
        ("alter role smilero_platform createdb", "smilero_platform may create databases"),
        ("alter role smilero_app createrole", "smilero_app may create roles"),
        ("alter role plugin_probe login", "plugin_probe may log in"),
    ],
    "settings": [
        (f"alter role smilero_app set app.tenant_id = '{'0' * 32}'", "smilero_app begins with app.tenant_id="),
        ("alter role all set role = plugin_probe", "smilero_app begins with role="),
        (
            "alter role smilero_app in database {database} set session_replication_role = replica",
            "smilero_app begins with session_replication",
        ),
        (f"alter database {{database}} set app.tenant_id = '{'0' * 32}'", "smilero_platform begins with app.tenant_id="),
    ],
    "memberships": [
        ("grant plugin_probe to smilero_app with inherit true", "smilero_app in plugin_probe is not inherit false"),
        ("grant plugin_probe to smilero_app with admin true", "smilero_app in plugin_probe is not inherit false"),
        ("grant plugin_probe to smilero_platform", "smilero_platform in plugin_probe is not in the design"),
        ("grant smilero_app to smilero_platform", "smilero_platform in smilero_app is not in the design"),
        ("grant smilero_platform to smilero_app", "smilero_app in smilero_platform is not in the design"),
        ("grant pg_read_all_data to smilero_app", "smilero_app in pg_read_all_data is not in the design"),
        ("grant pg_execute_server_program to smilero_owner", "smilero_owner in pg_execute_server_program is not in the design"),
        ("create role stranger; grant smilero_owner to stranger", "stranger in smilero_owner is not in the design"),
    ],
    "functions": [
        ("create function core.f() returns int security definer language sql as 'select 1'", "core.f() runs with its owner's rights"),
        (
            f"create function core.f() returns int language sql set app.tenant_id = '{'0' * 32}' as 'select 1'",
            "core.f() binds another tenant or role",
        ),
        ("create function public.f() returns int language sql set role = smilero_app as 'select 1'", "f() binds another tenant or role"),
    ],
    "extensions": [
        ("insert into pg_extension select 1, 'dblink', 10, oid, true, '1' from pg_namespace limit 1", "dblink is not on the list")
    ],
    "sealed": [
        ("grant execute on function pg_catalog.set_config to plugin_probe", "plugin_probe pg_catalog.set_config(text, text, boolean) may"),
        ("grant execute on function pg_catalog.set_config to public", "smilero_app pg_catalog.set_config(text, text, boolean) may call it"),
        ("grant execute on function pg_catalog.lo_create to smilero_app", "smilero_app pg_catalog.lo_create(oid) may call it"),
        (
            "grant execute on function pg_catalog.pg_advisory_lock(bigint) to smilero_app",
            "smilero_app pg_catalog.pg_advisory_lock(bigint) may",
        ),
        ("grant update on pg_settings to plugin_probe", "plugin_probe pg_settings may change settings"),
        ("grant temporary on database {database} to public", "smilero_app temporary tables may make them"),
        ("grant create on database {database} to smilero_app", "smilero_app schemas may make them"),
    ],
}

SEEDS = [pytest.param(rule, *seed, id=f"{rule}-{number}") for rule, seeds in BREACHES.items() for number, seed in enumerate(seeds, 1)]


def told(findings: list[Finding]) -> list[str]:
    return [f"{finding.rule}: {finding.subject} {finding.detail}" for finding in findings]


async def test_every_table_keeps_every_rule(admin: Connection, looked_at: LookedAt) -> None:
    report = await inspect(admin)
    assert told(report.findings) == []
    for rule, subjects in report.subjects.items():
        if rule not in NONE_YET:
            looked_at(rule, range(subjects))
            assert subjects >= FLOORS[rule], rule
    assert report.subjects.keys() == FLOORS.keys() | NONE_YET


def test_every_rule_is_tried() -> None:
    # "tenant_tables" only counts.
    assert BREACHES.keys() == rules().keys() - {"tenant_tables"}


@pytest.fixture(scope="module")
async def empty(cluster: Cluster) -> AsyncIterator[Connection]:
    """Tables without rows, which would be in the way of some breaches."""
    async with cluster.database() as settings, connected(settings.database_url) as connection:
        yield connection


@pytest.mark.parametrize(("rule", "breach", "finding"), SEEDS)
async def test_a_breach_is_found(empty: Connection, rule: str, breach: str, finding: str) -> None:
    database = await empty.fetchval("select current_database()")
    seeded = empty.transaction()
    await seeded.start()
    try:
        await empty.execute(breach.replace("{database}", database))
        found = told((await inspect(empty)).findings)
    finally:
        await seeded.rollback()
    assert [line for line in found if line.startswith(f"{rule}: ") and finding in line], found


async def test_any_login_may_look(admin: Connection, settings: DatabaseSettings) -> None:
    async with connected(settings.app()) as app:
        assert (await inspect(app)).subjects == (await inspect(admin)).subjects
