"""Taking a plugin out with all its data, and bringing it back: each is one transaction of the owner.

Order of an uninstallation: lock the tables, read everything in one snapshot, write the archive, read it back, and only then
drop. A process that dies on the way leaves the plugin as it was.
"""

from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from http import HTTPStatus
from pathlib import Path
from uuid import UUID

import asyncpg

from smilero_core.db.driver import Connection
from smilero_core.db.lineages import DUMPED, LOCK_TIMEOUT, Lineage
from smilero_core.db.partitions import MIGRATIONS_LOCK
from smilero_core.db.roles import plugin_role
from smilero_core.db.scope import bind
from smilero_core.plugins.archive import FORMAT, Archive, ArchiveManifest, ArchiveWriter, TableFile, discard, new_archive
from smilero_core.plugins.host import PluginHost
from smilero_core.plugins.removal import drop_plugin, leftovers
from smilero_core.plugins.rows import Table, filled, host_tables, plugin_tables, read_all
from smilero_sdk.errors import Problem
from smilero_sdk.ids import uuid7

# The file of the rows that say where a plugin is on, or was.
ACTIVATION = "core/plugin_activation.jsonl"

# Called with the file that is being written or read, and how many of how many are done.
Told = Callable[[str, int, int], None]


@dataclass(frozen=True)
class Uninstalled:
    """What was taken out.

    Attributes:
        role_stays: another database of the server has the plugin too, and a role is the server's.
    """

    manifest: ArchiveManifest
    role_stays: bool


def require_removable(host: PluginHost, name: str, target: Path) -> None:
    """Refuse what must not go, before anything is touched.

    Raises `plugins.unknown` (404), `plugins.depended` (409) while another installed plugin needs it, `plugins.export_exists` (409).
    """
    if name not in host.plugins:
        raise Problem("plugins.unknown", HTTPStatus.NOT_FOUND, name=name)
    dependent = sorted(other.name for other in host.plugins.values() if name in other.depends_on)
    if dependent:
        raise Problem("plugins.depended", HTTPStatus.CONFLICT, name=name, others=", ".join(dependent))
    if target.exists():
        raise Problem("plugins.export_exists", HTTPStatus.CONFLICT, file=str(target))


async def uninstall(owner_url: str, host: PluginHost, name: str, target: Path, told: Told = lambda *_: None) -> Uninstalled:
    """Export every row of a plugin, of all foundations and of the host about it, and leave nothing of it but the past.

    Audit entries and events stay: they tell what happened. The archive is read back before anything is dropped.

    Raises `plugins.unknown`, `plugins.depended`, `plugins.still_on`, `plugins.export_exists`, `plugins.busy` (409),
    `plugins.export_failed`, `plugins.archive_damaged`, `plugins.not_all_gone` (500).
    """
    require_removable(host, name, target)
    role = plugin_role(name)
    async with _owner(owner_url) as link:
        async with _whole(link, name):
            tables = await plugin_tables(link, role)
            if tables:
                # Before the snapshot, which begins with the first question: whoever was at work has ended by then.
                await link.execute(f"lock table {', '.join(table.address for table in tables)} in access exclusive mode")
            tenants = await tenants_of(link)
            files = [*tables, *await host_tables(link, name)]
            seen = await filled(link, files)
            had = seen[ACTIVATION]
            await require_off(link, had, tenants, name)
            with new_archive(target) as writer:
                manifest = await _Export(link, host, name, tenants, told).write(files, seen, writer)
            try:
                _read_back(target, manifest)
                await record(link, had, name, "plugins.audit.uninstalled")
                role_stays = await drop_plugin(link, name, files[len(tables) :])
            except BaseException:
                discard(target)
                raise
        left = await leftovers(link, name, await host_tables(link, name))
        if left:
            raise Problem("plugins.not_all_gone", 500, name=name, left=", ".join(left))
    return Uninstalled(manifest, role_stays)


def _read_back(target: Path, manifest: ArchiveManifest) -> None:
    """Raises `plugins.archive_damaged` unless the disk has what was written."""
    if Archive(target).manifest != manifest:
        raise Problem("plugins.archive_damaged", 500, file=target.name)


@asynccontextmanager
async def _owner(url: str) -> AsyncIterator[Connection]:
    link = await asyncpg.connect(url, server_settings={"application_name": "smilero lifecycle", "lock_timeout": LOCK_TIMEOUT, **DUMPED})
    try:
        await link.execute(MIGRATIONS_LOCK)
        yield link
    finally:
        await link.close()


@asynccontextmanager
async def _whole(link: Connection, name: str) -> AsyncIterator[None]:
    """One transaction that sees one moment. Raises `plugins.busy` when somebody else is at the same rows."""
    try:
        async with link.transaction(isolation="repeatable_read"):
            yield
    except (asyncpg.LockNotAvailableError, asyncpg.SerializationError, asyncpg.DeadlockDetectedError) as error:
        raise Problem("plugins.busy", HTTPStatus.CONFLICT, name=name) from error


async def tenants_of(link: Connection) -> dict[UUID, str]:
    """Slugs of every foundation, suspended or not, by id."""
    return {row["id"]: row["slug"] for row in await link.fetch("select id, slug from core.tenant order by id")}


async def require_off(link: Connection, had: Sequence[UUID], tenants: dict[UUID, str], name: str) -> None:
    """Raises `plugins.still_on` with the foundations that have it on.

    Args:
        had: those that ever switched it.
    """
    on = []
    for tenant in had:
        await link.execute(bind(tenant))
        if await link.fetchval("select enabled from core.plugin_activation where plugin = $1", name):
            on.append(tenants[tenant])
    if on:
        raise Problem("plugins.still_on", HTTPStatus.CONFLICT, name=name, slugs=", ".join(sorted(on)))


@dataclass(frozen=True)
class _Export:
    link: Connection
    host: PluginHost
    name: str
    tenants: dict[UUID, str]
    told: Told

    async def write(self, files: Sequence[Table], seen: dict[str, list[UUID]], writer: ArchiveWriter) -> ArchiveManifest:
        written: dict[str, TableFile] = {}
        for table in files:
            self.told(table.file, len(written), len(files))
            with writer.table(table.file) as out:
                found = await read_all(self.link, table, seen[table.file], out.write)
            written[table.file] = TableFile(rows=found.rows, sha256=found.digest, columns=dict(table.columns))
        self.told("", len(files), len(files))
        manifest = ArchiveManifest(
            format=FORMAT,
            plugin=self.name,
            version=self.host.plugins[self.name].version,
            revision=await _revision(self.link, plugin_role(self.name)),
            exported_at=datetime.now(UTC),
            tenants={str(tenant): slug for tenant, slug in self.tenants.items()},
            sequences=await _sequences(self.link, plugin_role(self.name)),
            files=written,
        )
        writer.manifest(manifest)
        return manifest


async def _revision(link: Connection, schema: str) -> str | None:
    if not await link.fetchval("select to_regclass($1) is not null", f"{schema}.alembic_version"):
        return None
    found: str | None = await link.fetchval(f"select version_num from {schema}.alembic_version")  # noqa: S608 - a checked name
    return found


async def _sequences(link: Connection, schema: str) -> dict[str, int]:
    rows = await link.fetch("select sequencename, last_value from pg_sequences where schemaname = $1 and last_value is not null", schema)
    return {row["sequencename"]: row["last_value"] for row in rows}


async def record(link: Connection, had: Sequence[UUID], name: str, sentence: str) -> None:
    """An entry in the audit log of each foundation that ever switched the plugin."""
    for tenant in had:
        await link.execute(bind(tenant))
        await link.execute(
            """
            with entry as (
              insert into core.audit_entry (id, role, plugin, sentence, params)
              values ($1, 'system', 'core', $2, jsonb_build_object('name', $3::text))
            )
            insert into core.audit_unsealed (id, at) values ($1, now())
            """,
            uuid7(),
            sentence,
            name,
        )


def lineage_of(host: PluginHost, name: str) -> Lineage | None:
    """A plugin's revisions; None for one without tables. Raises `plugins.unknown` (404)."""
    if name not in host.plugins:
        raise Problem("plugins.unknown", HTTPStatus.NOT_FOUND, name=name)
    return next((lineage for lineage in host.lineages() if lineage.schema == plugin_role(name)), None)
