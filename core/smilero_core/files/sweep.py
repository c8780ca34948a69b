"""Objects that no row speaks of: what nobody kept, what a killed process left, what could not be deleted when its row was."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

from smilero_core.db.database import Database
from smilero_core.db.session import Session
from smilero_core.files.store import FileStore

# Longer than any request lasts: an object is written before its row.
GRACE = timedelta(days=1)


async def sweep(database: Database, store: FileStore, tenant_id: UUID, grace: timedelta = GRACE) -> int:
    """Delete a tenant's orphans that are older than the grace; how many there were."""
    old = await store.older_than(f"{tenant_id}/", datetime.now(UTC) - grace)
    if not old:
        return 0
    async with database.unit(tenant_id, read_only=True) as unit:
        rows = await Session(unit).fetch("select plugin || '/' || id as key from core.file")
    kept = {f"{tenant_id}/{row['key']}" for row in rows}
    # A picture's smaller ones are named after it, with a dot between.
    orphans = [key for key in old if key.partition(".")[0] not in kept]
    for key in orphans:
        await store.delete(key)
    return len(orphans)
