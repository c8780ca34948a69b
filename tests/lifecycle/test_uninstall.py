"""F4: every plugin is exported, taken out and brought back; nothing is left in between, and nothing is lost."""

import json
from collections.abc import AsyncIterator, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from zipfile import ZipFile

import pytest

from smilero_core.db.isolation import inspect
from smilero_core.db.lineages import upgrade
from smilero_core.db.session import Session
from smilero_core.db.settings import DatabaseSettings
from smilero_core.plugins.gate import switch
from smilero_core.plugins.host import PluginHost
from smilero_core.plugins.installing import install
from smilero_core.plugins.lifecycle import uninstall
from smilero_core.plugins.rows import host_tables, plugin_tables
from smilero_sdk.errors import Problem
from smilero_sdk.ids import uuid7
from tests.conftest import LookedAt
from tests.lifecycle.conftest import House, migrated, opened
from tests.support.web import INSTALLED

pytestmark = pytest.mark.suite("F4")

HOST = PluginHost.discover(INSTALLED)
Rows = Mapping[str, Sequence[str]]


@pytest.fixture(scope="module")
async def house(server: DatabaseSettings) -> AsyncIterator[House]:
    """With sixty days of life, and everything that the host can know of a plugin."""
    await migrated(server, HOST)
    async with opened(server, HOST) as house:
        await house.live()
        for plugin in HOST.plugins:
            await known(house, plugin)
        yield house


async def known(house: House, plugin: str) -> None:
    """What the host knows of a plugin besides that it is on, at both foundations."""
    sealed = json.dumps({"secret": {"sealed": "AbC="}, "count": 3})
    for foundation in house.foundations:
        for sql in (
            f"core.plugin_setting (tenant_id, id, plugin, chosen) values ($1, $2, $3, '{sealed}')",
            f"core.plugin_setting (tenant_id, id, plugin, shop_id, chosen) values ($1, $2, $3, '{foundation.shop}', '{{}}')",
            f"core.plugin_opt_out (tenant_id, id, plugin, shop_id) values ($1, $2, $3, '{foundation.other_shop}')",
            "core.plugin_failure (tenant_id, id, plugin, hook, error, trace) values ($1, $2, $3, 'a', 'b', E'c\\\\n\"d\"')",
            "core.inbox (tenant_id, id, plugin, handler, event_id) values ($1, $2, $3, 'h', $2)",
            "core.job (tenant_id, id, plugin, kind, name, payload) values ($1, $2, $3, 'job', 'n', '{\"a\": [1, null]}')",
            "core.schedule (tenant_id, id, plugin, name, next_at) values ($1, $2, $3, 'n', now())",
            "core.audit_entry (tenant_id, id, role, plugin, sentence, params) values ($1, $2, 'owner', $3, 's', '{}')",
        ):
            await house.admin.execute(f"insert into {sql}", foundation.id, uuid7(), plugin)
        await house.admin.execute(
            """insert into core.idempotency (tenant_id, id, caller, operation, key, request_hash, status, content_type, body)
               values ($1, $2, 'c', $3, 'k', '', 200, '', '')""",
            foundation.id,
            uuid7(),
            f"{plugin} /x",
        )


async def switch_off(house: House, plugin: str) -> None:
    for foundation in house.foundations:
        async with house.database.unit(foundation.id) as unit:
            await switch(Session(unit), plugin, enabled=False)


async def everything(house: House, plugin: str) -> Rows:
    """Every row of a plugin's tables and of the host's about it, as the superuser reads them."""
    own = [(table.address, "") for table in await plugin_tables(house.admin, f"plugin_{plugin}")]
    about = [(table.address, f"where plugin = '{plugin}'") for table in await host_tables(house.admin, plugin)]
    found = {}
    for address, condition in own + about:
        rows = await house.admin.fetch(f"select t::text from {address} t {condition} order by 1")  # noqa: S608 - names from the catalogue
        found[address] = [row[0] for row in rows]
    return found


def is_there(archive: Path) -> bool:
    return archive.exists()


async def left_of(house: House, plugin: str) -> list[str]:
    """What anything in the database still has of a plugin, found without the product's own code."""
    found = [
        row[0]
        for row in await house.admin.fetch(
            """select nspname::text from pg_namespace where nspname = $1 union all select rolname::text from pg_roles where rolname = $1
               union all select relname::text from pg_class where relacl::text like '%' || $1 || '%'
               union all select nspname::text from pg_namespace where nspacl::text like '%' || $1 || '%'
               union all select 'default' from pg_default_acl where defaclacl::text like '%' || $1 || '%'""",
            f"plugin_{plugin}",
        )
    ]
    columns = await house.admin.fetch(
        """select c.oid::regclass::text as name, quote_ident(a.attname) as "column"
           from pg_attribute a join pg_class c on c.oid = a.attrelid where c.relnamespace = 'core'::regnamespace
             and c.relkind = 'r' and a.attnum > 0 and not a.attisdropped
             and c.relname !~ '^(audit_entry|event_log.*|outbox|plugin_uninstalled)$'
             and a.atttypid in ('text'::regtype, 'varchar'::regtype)"""
    )
    assert columns
    names = [
        f"{row['name']}.{row['column']}"
        for row in columns
        if await house.admin.fetchval(f"select true from {row['name']} where {row['column']} ~ $1 limit 1", rf"\m{plugin}\M")  # noqa: S608 - names from the catalogue
    ]
    return found + names


@pytest.mark.parametrize("plugin", HOST.plugins)
async def test_out_and_in_again(house: House, plugin: str, archive: Path, looked_at: LookedAt) -> None:
    owner = house.settings.owner()
    with pytest.raises(Problem) as refused:
        await uninstall(owner, HOST, plugin, archive)
    assert (refused.value.code, refused.value.params["slugs"]) == ("plugins.still_on", "bucheon, seongnam")
    assert not is_there(archive)

    await switch_off(house, plugin)
    before = await everything(house, plugin)
    looked_at(f"tables of {plugin}", before)
    looked_at(f"rows of {plugin}", [row for rows in before.values() for row in rows])
    assert len(before['"core"."plugin_setting"']) == 4
    history = await house.admin.fetchval("select count(*) from core.audit_entry where plugin = $1", plugin)
    done = await uninstall(owner, HOST, plugin, archive)
    assert not done.role_stays
    assert await left_of(house, plugin) == []
    assert await house.admin.fetchval("select count(*) from core.audit_entry where plugin = $1", plugin) == history > 0
    assert (await inspect(house.admin)).findings == []
    # It is in the image still, and stays out until somebody installs it.
    await upgrade(owner, HOST.lineages())
    assert await left_of(house, plugin) == []

    assert await install(owner, HOST, plugin, archive) == sum(map(len, before.values())) == done.manifest.rows
    assert await everything(house, plugin) == before
    assert (await inspect(house.admin)).findings == []
    if plugin in HOST.models:
        with pytest.raises(Problem) as again:
            await install(owner, HOST, plugin, archive)
        assert again.value.code == "plugins.has_data"


async def test_every_plugin_with_tables_had_rows(house: House, looked_at: LookedAt) -> None:
    filled = {}
    for plugin in HOST.models:
        found = await everything(house, plugin)
        filled[plugin] = [address for address, rows in found.items() if rows and "plugin_" in address.partition(".")[0]]
    looked_at("plugins with tables", filled)
    assert [plugin for plugin, tables in filled.items() if not tables] == []


async def test_installed_empty_when_no_export_is_named(house: House, archive: Path) -> None:
    owner = house.settings.owner()
    await switch_off(house, "coupons")
    await uninstall(owner, HOST, "coupons", archive)
    with pytest.raises(Problem) as there:
        await uninstall(owner, HOST, "coupons", archive)
    assert there.value.code == "plugins.export_exists"
    assert await install(owner, HOST, "coupons", None) == 0
    assert {len(rows) for rows in (await everything(house, "coupons")).values()} == {0}
    assert await install(owner, HOST, "coupons", archive) > 100  # into what is empty


async def test_the_manifest_says_what_is_in_it(house: House, archive: Path) -> None:
    owner = house.settings.owner()
    await switch_off(house, "coupons")
    await uninstall(owner, HOST, "coupons", archive)
    with ZipFile(archive) as source:
        manifest = json.loads(source.read("manifest.json"))
        rows = [json.loads(line) for line in source.read("plugin/claim.jsonl").splitlines()]
    assert (manifest["plugin"], manifest["revision"]) == ("coupons", HOST.lineages()[1].head())
    assert datetime.fromisoformat(manifest["exported_at"]) <= datetime.now(UTC)
    assert set(manifest["tenants"].values()) == {"seongnam", "bucheon"}
    assert manifest["files"]["plugin/claim.jsonl"]["rows"] == len(rows) > 0
    assert {row["tenant_id"] for row in rows} == {str(foundation.id) for foundation in house.foundations}
    await install(owner, HOST, "coupons", archive)
