"""Importing markets from the national standard file: all or nothing, and again without doubles."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from smilero_core.audit.log import AuditLog
from smilero_core.db.database import Database
from smilero_core.db.session import Session
from smilero_core.registry.preview import Preview
from smilero_core.registry.standard_file import LineError, read_standard_file
from smilero_core.registry.store import RegistryStore
from smilero_sdk.context import Tenant
from smilero_sdk.errors import Problem


class ImportRefused(Problem):
    """The file has lines that must be corrected first; nothing was imported.

    Attributes:
        lines: each with its number and reason.
    """

    def __init__(self, lines: Sequence[LineError]) -> None:
        super().__init__("imports.refused", 422, count=len({line.line for line in lines}))
        self.lines = list(lines)


@dataclass(frozen=True)
class ImportReport:
    """What an import did, or would do.

    Attributes:
        plan: markets by what happens to them.
        notices: what a person should know of the file.
    """

    plan: Preview
    notices: list[LineError]
    markets: int
    shops: int


async def import_markets(database: Database, tenant: Tenant, data: bytes, area: Sequence[str], *, dry_run: bool = False) -> ImportReport:
    """Import the markets of an area into a foundation, in one transaction.

    Args:
        data: the file, CP949 or UTF-8.
        area: words of which a market's address must contain one; no words: every market of the file.
        dry_run: report what would happen, and change nothing.

    Raises `registry.file_*`, `imports.area` for an empty word, which every address contains, `imports.refused` with the lines,
    `imports.none` when no market is in the area.
    """
    if not all(word.strip() for word in area):
        raise Problem("imports.area", 422)
    found = read_standard_file(data, area=area)
    if found.errors:
        raise ImportRefused(found.errors)
    if not found.rows:
        raise Problem("imports.none", 422, area=", ".join(area))
    async with database.unit(tenant.id) as unit:
        session = Session(unit)
        store = RegistryStore(session)
        plan = await store.preview(found.rows)
        if not dry_run:
            await store.import_markets(plan)
            await _record(session, plan)
    return ImportReport(plan, found.notices, len(found.rows), sum(row.shops or 0 for row in found.rows))


async def _record(session: Session, plan: Preview) -> None:
    """On record where it wrote something."""
    if plan.added or plan.changed:
        log = AuditLog(session, None, "core", datetime.now(UTC))
        changes = [(f"{change.row.name}: {field}", was, now) for change in plan.changed for field, was, now in change.changes]
        await log.record(
            "imports.audit.imported",
            before={name: was for name, was, _ in changes} or None,
            after={name: now for name, _, now in changes} or None,
            added=len(plan.added),
            changed=len(plan.changed),
        )
