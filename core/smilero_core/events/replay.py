"""Telling a plugin again what happened while it was off, or everything from some day on."""

from collections.abc import Sequence
from datetime import datetime

from smilero_core.db.session import Session
from smilero_core.events.listeners import DELIVERY_ID, Listener, columns

_SINCE = """
    from core.event_log e
    join unnest($1::text[], $2::text[], $3::text[], $4::int[]) l (plugin, handler, event, version)
      on l.event = e.name and l.version = e.version
    where e.occurred_at >= $5
"""


async def replay(session: Session, listeners: Sequence[Listener], since: datetime, *, rebuild: bool = False) -> int:
    """Queue the delivery of what the log has from a moment on; returns how many are queued.

    It goes through the inbox, so a handler that has had an event does not get it twice.

    Args:
        session: the application's own, bound to the tenant: no other tenant's events are seen.
        listeners: of one plugin; types that nobody of them listens to are left out.
        since: when it happened, aware.
        rebuild: forget first that these events were handled, for a plugin that has emptied its tables.
    """
    values = (*columns(listeners), since)
    if rebuild:
        await session.execute(
            f"""
            delete from core.inbox i using (select l.plugin, l.handler, e.id {_SINCE}) told
            where i.plugin = told.plugin and i.handler = told.handler and i.event_id = told.id
            """,  # noqa: S608 - constants of this module
            *values,
        )
    return await session.execute(
        f"""
        insert into core.job (id, plugin, kind, name, payload, event_id)
        select {DELIVERY_ID}, l.plugin, 'delivery', l.handler, '{{}}', e.id {_SINCE}
          and not exists (
            select from core.inbox i where i.plugin = l.plugin and i.handler = l.handler and i.event_id = e.id
          )
        on conflict (tenant_id, id) do update set state = 'queued', attempts = 0, run_at = now() where job.state = 'dead'
        """,  # noqa: S608 - constants of the core
        *values,
    )
