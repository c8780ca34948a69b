"""Taking a plugin out with everything, and bringing it back: what was there before must be there again, and nothing in between."""

from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory

from smilero_core.db.driver import Connection
from smilero_core.db.roles import plugin_role
from smilero_core.plugins.host import PluginHost
from smilero_core.plugins.installing import install
from smilero_core.plugins.lifecycle import uninstall

# The host's own tables that speak of plugins by name.
_ABOUT = ("core.plugin_activation", "core.plugin_setting", "core.plugin_opt_out", "core.job", "core.schedule", "core.inbox")


async def taken_out_and_back(owner_url: str, admin: Connection, host: PluginHost, plugin: str) -> Mapping[str, int]:
    """Uninstall with an export and install from it; how many rows each table has.

    Raises:
        AssertionError: with what was left in between, or lost after.
    """
    before = await _rows(admin, plugin)
    with TemporaryDirectory(prefix="smilero-removal-") as folder:
        archive = Path(folder) / "export.zip"
        await uninstall(owner_url, host, plugin, archive)
        left = await _left(admin, plugin)
        await install(owner_url, host, plugin, archive)
    after = await _rows(admin, plugin)
    lost = [
        f"{table}: {len(rows)} rows before, {len(after.get(table, []))} after" for table, rows in before.items() if after.get(table) != rows
    ]
    if left or lost:
        raise AssertionError("\n".join([*(f"left behind: {one}" for one in left), *lost]))
    return {table: len(rows) for table, rows in before.items()}


async def _rows(admin: Connection, plugin: str) -> dict[str, list[str]]:
    tables = await admin.fetch(
        """select c.relname from pg_class c join pg_namespace n on n.oid = c.relnamespace
           where n.nspname = $1 and c.relkind in ('r', 'p') and not c.relispartition and c.relname <> 'alembic_version' order by 1""",
        plugin_role(plugin),
    )
    found = {}
    for row in tables:
        sql = f"select t::text as row from {plugin_role(plugin)}.{row['relname']} t order by 1"  # noqa: S608 - names from the catalogue
        found[row["relname"]] = [one["row"] for one in await admin.fetch(sql)]
    return found


async def _left(admin: Connection, plugin: str) -> list[str]:
    left = [
        f"the schema {row['nspname']}"
        for row in await admin.fetch("select nspname from pg_namespace where nspname = $1", plugin_role(plugin))
    ]
    for table in _ABOUT:
        count = await admin.fetchval(f"select count(*) from {table} where plugin = $1", plugin)  # noqa: S608 - the names above
        left += [f"{count} rows of {table}"] if count else []
    return left
