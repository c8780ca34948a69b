"""Whose audit log has entries that wait for their seal."""

from uuid import UUID

from smilero_core.db.database import Database
from smilero_core.db.session import Session

# From one foundation to the next by the index, however many entries each has.
_WAITING = """
    with recursive waiting as (
      (select tenant_id from core.audit_unsealed order by tenant_id limit 1)
      union all
      select n.tenant_id from waiting w
      cross join lateral (select tenant_id from core.audit_unsealed u where u.tenant_id > w.tenant_id order by tenant_id limit 1) n
    )
    select tenant_id from waiting
"""


async def unsealed(database: Database) -> list[UUID]:
    """The foundations with entries to seal, suspended ones too: what was done there stays done."""
    async with database.platform(read_only=True) as unit:
        return [row["tenant_id"] for row in await Session(unit).fetch(_WAITING)]
