"""F4 for what the installed plugins do not have yet: every type, circles of references, older and newer files, damage, ends in the middle."""

import json
from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import replace
from pathlib import Path
from zipfile import ZipFile

import pytest

from smilero_core.db.isolation import inspect
from smilero_core.db.lineages import Lineage, migrate
from smilero_core.db.settings import DatabaseSettings
from smilero_core.plugins.host import PluginHost
from smilero_core.plugins.installing import install
from smilero_core.plugins.lifecycle import require_free, uninstall
from smilero_sdk.errors import Problem
from smilero_sdk.ids import uuid7
from smilero_sdk.manifest import Plugin
from tests.lifecycle.conftest import House, migrated, opened

pytestmark = pytest.mark.suite("F4")

ATTIC = Plugin("attic", "tests.lifecycle.attic", {"ko": "다락"}, {"ko": "다락"}, "1.0", object(), models=("tests.lifecycle.attic.models",))
LINEAGE = Lineage("plugin_attic", Path(__file__).with_name("attic") / "migrations")


class AtticHost(PluginHost):
    """Knows where the revisions of the attic are, which is no package: it stands among the tests."""

    def lineages(self) -> list[Lineage]:
        return [*PluginHost.discover().lineages(), LINEAGE]


HOST = AtticHost([*PluginHost.discover().plugins.values(), ATTIC])

# Values that a careless copy changes.
VALUES: Mapping[str, list[str]] = {
    "price": ["1.10", "'NaN'", "123456789012345678901234567890.000000001", "null"],
    "weight": ["0.1::float8 + 0.2", "'-Infinity'", "1e-308"],
    "seen_at": ["'2026-01-01 00:00:00.000001+09'", "'infinity'", "'0044-03-15 12:00:00+00 BC'"],
    "seal": ["'\\x00ff5c0a'", "''"],
    "note": ["'null'", "null", '\'{"a": 1.0, "b": [null, "\\\\u00e9\\\\n"]}\'', "'\"text\"'"],
    "words": ["array['a,b', '{', '\"', '\\', null, '']", "'{}'", "'[0:1]={x,y}'", "array[['a'], ['b']]"],
    "ids": ["array[gen_random_uuid()]", "null"],
    "lasts": ["'1 year 2 days 03:04:05.000006'", "'-1 day'"],
    "fresh": ["true", "null"],
    "day": ["'infinity'", "'2026-02-28'"],
}


@pytest.fixture(scope="module")
async def house(server: DatabaseSettings) -> AsyncIterator[House]:
    """An installation with an attic at its first revision."""
    await migrated(server, PluginHost.discover())
    async with opened(server, PluginHost.discover()) as house:
        yield replace(house, host=HOST)


@pytest.fixture
async def attic(house: House) -> AsyncIterator[House]:
    """Its attic at the first revision, full."""
    await house.admin.execute("delete from core.plugin_uninstalled")
    await migrate(house.settings.owner(), [(LINEAGE, "0001")])
    for foundation in house.foundations:
        await fill(house, foundation.id, foundation.shop)
    yield house
    await house.admin.execute("drop schema if exists plugin_attic cascade")


async def fill(house: House, tenant: object, shop: object) -> None:
    names = ", ".join(VALUES)
    for number in range(max(map(len, VALUES.values()))):
        values = ", ".join(of[number % len(of)] for of in VALUES.values())
        await house.admin.execute(
            f"insert into plugin_attic.thing (tenant_id, id, shop_id, {names}) values ($1, $2, $3, {values})", tenant, uuid7(), shop
        )
    await house.admin.execute(
        "insert into plugin_attic.box (tenant_id, id, first_id) select $1, $2, id from plugin_attic.thing where tenant_id = $1 limit 1",
        tenant,
        uuid7(),
    )
    # Later rows in front of earlier ones, and a circle through both tables.
    await house.admin.execute(
        """update plugin_attic.thing t set parent_id = (select max(id::text)::uuid from plugin_attic.thing where tenant_id = t.tenant_id),
             box_id = (select id from plugin_attic.box where tenant_id = t.tenant_id) where tenant_id = $1""",
        tenant,
    )


async def rows(house: House, columns: str = "t") -> list[str]:
    tables = (f"select {columns}::text from plugin_attic.thing t", "select t::text from plugin_attic.box t")
    return sorted([row[0] for sql in tables for row in await house.admin.fetch(sql)])


async def refused(house: House, archive: Path, plugin: str = "attic") -> str:
    with pytest.raises(Problem) as problem:
        await install(house.settings.owner(), HOST, plugin, archive)
    assert not await house.admin.fetchval("select to_regclass('plugin_attic.thing')")
    return problem.value.code


async def test_an_older_export_comes_back_whole_and_is_brought_to_this_version(attic: House, archive: Path) -> None:
    owner = attic.settings.owner()
    before = await rows(attic)
    assert len(before) > 8
    await uninstall(owner, HOST, "attic", archive)
    assert not await attic.admin.fetchval("select true from pg_roles where rolname = 'plugin_attic'")
    await install(owner, HOST, "attic", archive)
    kept = [line.removesuffix(",red)") + ")" if line.endswith(",red)") else line for line in await rows(attic)]
    assert kept == before
    assert await attic.admin.fetchval("select count(*) from plugin_attic.thing where colour = 'red'") == 8
    # The next number is a new one, and references are checked at once again.
    tenant = attic.foundations[0].id
    number = await attic.admin.fetchval("insert into plugin_attic.thing (tenant_id, id) values ($1, $2) returning number", tenant, uuid7())
    assert number == 9
    assert (await inspect(attic.admin)).findings == []


def rewritten(archive: Path, change: Callable[[str, bytes], bytes | None]) -> None:
    with ZipFile(archive) as source:
        files = {name: change(name, source.read(name)) for name in source.namelist()}
    with ZipFile(archive, "w") as target:
        for name, content in files.items():
            if content is not None:
                target.writestr(name, content)


def saying(**changed: object) -> Callable[[str, bytes], bytes]:
    """The manifest with other words."""
    return lambda name, content: json.dumps({**json.loads(content), **changed}).encode() if name == "manifest.json" else content


async def test_files_that_do_not_fit_are_refused_and_change_nothing(attic: House, archive: Path) -> None:
    await uninstall(attic.settings.owner(), HOST, "attic", archive)
    whole = archive.read_bytes()
    changes: dict[str, list[Callable[[str, bytes], bytes | None]]] = {
        "plugins.archive_newer": [saying(revision="9999"), saying(format=2)],
        "plugins.archive_foreign": [saying(plugin="coupons")],
        "plugins.archive_elsewhere": [saying(tenants={str(uuid7()): "elsewhere"})],
        "plugins.archive_damaged": [
            lambda name, content: content.replace(b"1.10", b"1.11") if name == "plugin/thing.jsonl" else content,
            lambda name, content: None if name == "plugin/box.jsonl" else content,
            lambda name, content: None if name == "manifest.json" else content,
            lambda name, content: content[:40] if name == "manifest.json" else content,
            saying(format="many"),
        ],
    }
    for code, ways in changes.items():
        for change in ways:
            rewritten(archive, change)
            assert await refused(attic, archive) == code
            archive.write_bytes(whole)
    for damaged in (whole[: len(whole) // 2], whole.replace(b"PK", b"KP"), b"", whole[:200] + b"\x00" * 50 + whole[250:]):
        archive.write_bytes(damaged)
        assert await refused(attic, archive) == "plugins.archive_damaged"
    assert await refused(attic, archive.with_name("nothing.zip")) == "plugins.archive_unreadable"
    archive.write_bytes(whole)
    assert await install(attic.settings.owner(), HOST, "attic", archive) == 10


async def test_rows_that_refer_to_nothing_are_refused(attic: House, archive: Path) -> None:
    await uninstall(attic.settings.owner(), HOST, "attic", archive)
    shop = attic.foundations[0].shop
    await attic.admin.execute("set session_replication_role = replica")
    await attic.admin.execute("update core.shop set id = $2 where id = $1", shop, uuid7())
    try:
        assert await refused(attic, archive) == "plugins.archive_unfitting"
    finally:
        await attic.admin.execute("update core.shop set id = $1 where tenant_id = $2 and name like '% shop'", shop, attic.foundations[0].id)
        await attic.admin.execute("set session_replication_role = default")


class Died(Exception):  # noqa: N818 - what happened
    """In the middle."""


async def test_an_end_in_the_middle_leaves_all_or_nothing(attic: House, archive: Path) -> None:
    owner, before = attic.settings.owner(), await rows(attic)

    def die_at(number: int) -> Callable[[str, int, int], None]:
        def told(_: str, done: int, __: int) -> None:
            if done == number:
                raise Died

        return told

    for number in range(3):
        with pytest.raises(Died):
            await uninstall(owner, HOST, "attic", archive, die_at(number))
        assert not archive.exists()
        assert await rows(attic) == before
    await uninstall(owner, HOST, "attic", archive)
    for number in range(3):
        with pytest.raises(Died):
            await install(owner, HOST, "attic", archive, die_at(number))
        assert not await attic.admin.fetchval("select to_regclass('plugin_attic.thing')")
    assert await install(owner, HOST, "attic", archive) == len(before)


async def test_somebody_at_work_is_waited_for_and_not_cut_off(attic: House, archive: Path) -> None:
    async with attic.admin.transaction():
        await attic.admin.execute("lock table plugin_attic.thing in row exclusive mode")
        with pytest.raises(Problem) as busy:
            await uninstall(attic.settings.owner(), HOST, "attic", archive)
    assert busy.value.code == "plugins.busy"
    assert not archive.exists()


async def test_an_export_that_cannot_be_written_removes_nothing(attic: House, tmp_path: Path) -> None:
    before = await rows(attic)
    with pytest.raises(Problem) as failed:
        await uninstall(attic.settings.owner(), HOST, "attic", tmp_path / "nowhere" / "export.zip")
    assert failed.value.code == "plugins.export_failed"
    assert await rows(attic) == before


def test_what_another_needs_stays() -> None:
    cellar = replace(ATTIC, name="cellar", depends_on=("attic",))
    host = PluginHost([ATTIC, replace(cellar, implementation=type("Hooks", (), {})())], listed=["attic", "cellar"])
    with pytest.raises(Problem) as refused_:
        require_free(host, "attic")
    assert (refused_.value.code, refused_.value.params["others"]) == ("plugins.depended", "cellar")
    require_free(host, "cellar")
    with pytest.raises(Problem) as unknown:
        require_free(host, "nothing")
    assert unknown.value.code == "plugins.unknown"
