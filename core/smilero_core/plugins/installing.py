"""Installing a plugin, with what an uninstallation exported or without: one transaction, all of it or nothing."""

from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from http import HTTPStatus
from json import loads
from pathlib import Path
from uuid import UUID

import asyncpg

from smilero_core.db.driver import Connection
from smilero_core.db.lineages import Lineage, WholeMigration, whole_migration
from smilero_core.db.roles import plugin_role
from smilero_core.db.scope import bind
from smilero_core.plugins.archive import Archive
from smilero_core.plugins.host import PluginHost
from smilero_core.plugins.lifecycle import Told, lineage_of, record, require_off, tenants_of
from smilero_core.plugins.removal import clear
from smilero_core.plugins.rows import Table, host_tables, plugin_tables, read_all
from smilero_sdk.errors import Problem

# Rows a statement, and the bytes after which it is sent although it has fewer.
_BATCH_ROWS, _BATCH_BYTES = 2_000, 4 * 2**20


async def install(owner_url: str, host: PluginHost, name: str, source: Path | None, told: Told = lambda *_: None) -> int:
    """Make a plugin's schema, and fill it from an archive of the same plugin at this or an older revision.

    It is off for every foundation then. What the archive has is compared, row by row, with what was written, before it counts.

    Returns:
        How many rows came back.

    Raises:
        Problem: `plugins.unknown`, `plugins.archive_damaged`, `plugins.archive_newer`, `plugins.archive_foreign`,
            `plugins.archive_elsewhere`, `plugins.archive_unfitting` (422), `plugins.still_on`, `plugins.has_data`, `plugins.busy` (409).
    """
    lineage = lineage_of(host, name)
    archive = _fitting(Archive(source), lineage, name, source) if source else None
    try:
        async with whole_migration(owner_url) as whole:
            if archive is not None:
                await _restore(whole, lineage, archive, told)
            await whole.link.execute("delete from core.plugin_uninstalled where plugin = $1", name)
            if lineage is not None:
                await whole.to(lineage, "head")
    except asyncpg.LockNotAvailableError as error:
        raise Problem("plugins.busy", HTTPStatus.CONFLICT, name=name) from error
    return archive.manifest.rows if archive else 0


def _fitting(archive: Archive, lineage: Lineage | None, name: str, source: Path) -> Archive:
    manifest = archive.manifest
    if manifest.plugin != name:
        raise Problem("plugins.archive_foreign", HTTPStatus.UNPROCESSABLE_ENTITY, file=source.name, name=name, other=manifest.plugin)
    if manifest.revision is not None and not (lineage is not None and lineage.has(manifest.revision)):
        raise Problem("plugins.archive_newer", HTTPStatus.UNPROCESSABLE_ENTITY, file=source.name)
    return archive


async def _restore(whole: WholeMigration, lineage: Lineage | None, archive: Archive, told: Told) -> None:
    link, manifest = whole.link, archive.manifest
    role = plugin_role(manifest.plugin)
    tenants = await tenants_of(link)
    strangers = [slug for tenant, slug in manifest.tenants.items() if UUID(tenant) not in tenants]
    if strangers:
        raise Problem("plugins.archive_elsewhere", HTTPStatus.UNPROCESSABLE_ENTITY, slugs=", ".join(sorted(strangers)))
    await require_off(link, tenants, manifest.plugin)
    await _require_empty(link, manifest.plugin, await plugin_tables(link, role), list(tenants))
    await link.execute(f"drop schema if exists {role} cascade")
    await clear(link, manifest.plugin, await host_tables(link, manifest.plugin), tenants)
    if lineage is not None and manifest.revision is not None:
        await whole.to(lineage, manifest.revision)
    tables = await _tables(link, archive)
    try:
        async with _late_references(link, role):
            for done, table in enumerate(tables):
                told(table.file, done, len(tables))
                await _load(link, archive, table)
    except asyncpg.IntegrityConstraintViolationError as error:
        raise Problem("plugins.archive_unfitting", HTTPStatus.UNPROCESSABLE_ENTITY, table=str(error.table_name)) from error
    told("", len(tables), len(tables))
    for sequence, value in manifest.sequences.items():
        await link.execute("select setval(format('%I.%I', $1::text, $2::text)::regclass, $3)", role, sequence, value)
    await _compare(link, archive, tables, list(tenants))
    await record(link, tenants, manifest.plugin, "plugins.audit.restored")
    # Revisions that come now run as they always do, with nobody bound.
    await link.execute(bind(None))


async def _tables(link: Connection, archive: Archive) -> list[Table]:
    """The tables of the archive's files, with the columns that a file has: the core may have got further ones since."""
    manifest = archive.manifest
    here = {one.file: one for one in [*await plugin_tables(link, plugin_role(manifest.plugin)), *await host_tables(link, manifest.plugin)]}
    found = []
    for name, file in manifest.files.items():
        table = here.get(name)
        if table is None or not file.columns.keys() <= table.columns.keys():
            raise Problem("plugins.archive_newer", HTTPStatus.UNPROCESSABLE_ENTITY, file=name)
        found.append(replace(table, columns={column: table.columns[column] for column in file.columns}))
    return found


async def _require_empty(link: Connection, name: str, tables: Sequence[Table], tenants: Sequence[UUID]) -> None:
    for tenant in tenants:
        await link.execute(bind(tenant))
        for table in tables:
            if await table.count(link):
                raise Problem("plugins.has_data", HTTPStatus.CONFLICT, name=name)


@asynccontextmanager
async def _late_references(link: Connection, schema: str) -> AsyncIterator[None]:
    """Check foreign keys at the end of the block: rows come in no particular order, and tables may refer to each other."""
    keys = await link.fetch(
        """
        select conrelid::regclass::text as table, quote_ident(conname) as name from pg_constraint
        where contype = 'f' and connamespace = to_regnamespace($1) and conparentid = 0
        """,
        schema,
    )
    for key in keys:
        await link.execute(f"alter table {key['table']} alter constraint {key['name']} deferrable initially deferred")
    yield
    await link.execute("set constraints all immediate")
    for key in keys:
        await link.execute(f"alter table {key['table']} alter constraint {key['name']} not deferrable")


async def _load(link: Connection, archive: Archive, table: Table) -> None:
    for tenant, lines in _batches(archive.lines(table.file)):
        await link.execute(bind(tenant))
        await table.write(link, lines)


def _batches(lines: Iterator[bytes]) -> Iterator[tuple[UUID, list[str]]]:
    """Lines of one tenant each, so many that a statement is worth it and memory does not notice."""
    batch: list[str] = []
    whose, size = "", 0
    for line in lines:
        tenant = loads(line)["tenant_id"]
        if batch and (tenant != whose or len(batch) >= _BATCH_ROWS or size >= _BATCH_BYTES):
            yield UUID(whose), batch
            batch, size = [], 0
        whose, size = tenant, size + len(line)
        batch.append(line.decode())
    if batch:
        yield UUID(whose), batch


async def _compare(link: Connection, archive: Archive, tables: Sequence[Table], tenants: Sequence[UUID]) -> None:
    """Raises `plugins.archive_damaged` unless what was written reads back as it was exported."""
    for table in tables:
        file = archive.manifest.files[table.file]
        found = await read_all(link, table, tenants, len)
        if (found.rows, found.digest) != (file.rows, file.sha256):
            raise Problem("plugins.archive_damaged", 500, file=table.file)
