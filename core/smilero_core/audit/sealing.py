"""The sealer: puts what waits into the chain of its foundation, in the order in which it finds it.

A transaction that commits late, with an earlier time, is not seen before it commits, and gets a later number then: the numbers are made
here and nowhere else. Entry and place in the queue are one commit, and so are link and leaving the queue.
"""

from uuid import UUID

from smilero_core.audit.content import COLUMNS, FIRST, Link, entry_hash
from smilero_core.db.database import Database
from smilero_core.db.driver import Record
from smilero_core.db.session import Session

BATCH = 500

# One lock for each tenant: a second sealer leaves the tenant to the first.
_LOCK = "select pg_try_advisory_xact_lock(hashtextextended('smilero audit ' || current_setting('app.tenant_id'), 0))"

_WAITING = f"""
    select {", ".join(f"e.{name}" for name in COLUMNS)}, clock_timestamp() as now
    from core.audit_unsealed u join core.audit_entry e on e.tenant_id = u.tenant_id and e.id = u.id
    order by e.id limit {BATCH}
"""  # noqa: S608 - constants of this package

_KEEP = """
    with left_queue as (delete from core.audit_unsealed where id = any($1::uuid[]))
    insert into core.audit_seal (id, number, entry_hash, seal, sealed_at)
    select * from unnest($1::uuid[], $2::bigint[], $3::bytea[], $4::bytea[], $5::timestamptz[])
"""


async def seal(database: Database, tenant_id: UUID) -> int:
    """Seal what waits, at most 500 entries, in one transaction; returns how many: none while another sealer is at it.

    A process that dies meanwhile has sealed none.
    """
    async with database.unit(tenant_id) as unit:
        session = Session(unit)
        if not await session.fetch_value(_LOCK):
            return 0
        # After the lock, each in a statement of its own, so that what its last holder committed is seen.
        last = await session.fetch_row("select number, seal from core.audit_seal order by number desc limit 1")
        rows = await session.fetch(_WAITING)
        if rows:
            number, previous = (last["number"], last["seal"]) if last else (0, FIRST)
            await session.execute(_KEEP, *_columns(tenant_id, rows, number, previous))
    return len(rows)


def _columns(tenant_id: UUID, rows: list[Record], number: int, previous: bytes) -> tuple[list[object], ...]:
    """The links of a batch, after the last one that there is, as the columns that they are inserted as."""
    links = []
    now = rows[0]["now"]
    for at, row in enumerate(rows, number + 1):
        link = Link(tenant_id, at, entry_hash(row), now)
        previous = link.seal(previous)
        links.append((row["id"], at, link.entry, previous, now))
    return tuple(map(list, zip(*links, strict=True)))
