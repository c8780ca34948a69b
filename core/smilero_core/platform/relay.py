"""The relay: events go from the outbox to the log and, as deliveries, to the plugins that listen. The platform's login, set by set."""

from collections.abc import Collection, Sequence
from uuid import UUID

from smilero_core.db.database import Database
from smilero_core.db.session import Session
from smilero_core.events.listeners import DELIVERY_ID, Listener, columns

BATCH = 1000

# The events of one tenant, so that a flood of one does not stand before another's. A delivery is made for each plugin that is
# on at this moment; for the others the event is in the log.
_HAND_OVER = f"""
    with taken as (
      select tenant_id, id from core.outbox where tenant_id = $5 order by id limit {BATCH} for update skip locked
    ), e as (
      delete from core.outbox o using taken t where o.tenant_id = t.tenant_id and o.id = t.id
      returning o.tenant_id, o.id, o.name, o.version, o.payload, o.occurred_at
    ), logged as (
      insert into core.event_log (tenant_id, id, name, version, payload, occurred_at)
      select tenant_id, id, name, version, payload, occurred_at from e
    ), delivered as (
      insert into core.job (tenant_id, id, plugin, kind, name, payload, event_id)
      select e.tenant_id, {DELIVERY_ID}, l.plugin, 'delivery', l.handler, '{{}}', e.id
      from e join unnest($1::text[], $2::text[], $3::text[], $4::int[]) l (plugin, handler, event, version)
        on l.event = e.name and l.version = e.version
      join core.plugin_activation a on a.tenant_id = e.tenant_id and a.plugin = l.plugin and a.enabled
      on conflict (tenant_id, id) do nothing
    )
    select count(*) from e
"""  # noqa: S608 - constants of the core

# From one pair of (tenant, plugin) to the next by the index: the cost is that of the pairs, however many rows each has.
_WAITING = """
    with recursive speaking as (
      (select tenant_id from core.outbox order by tenant_id limit 1)
      union all
      select n.tenant_id from speaking s
      cross join lateral (select tenant_id from core.outbox o where o.tenant_id > s.tenant_id order by tenant_id limit 1) n
    ), pair as (
      (select tenant_id, plugin from core.job where state = 'queued' order by tenant_id, plugin limit 1)
      union all
      select n.tenant_id, n.plugin from pair p
      cross join lateral (
        select tenant_id, plugin from core.job j where state = 'queued' and (j.tenant_id, j.plugin) > (p.tenant_id, p.plugin)
        order by tenant_id, plugin limit 1
      ) n
    ), waiting as (
      select tenant_id from speaking
      union
      select p.tenant_id from pair p
      where (p.plugin = $2 or exists (
          select from core.plugin_activation a
          where a.tenant_id = p.tenant_id and a.plugin = p.plugin and a.enabled and a.plugin = any($1::text[])
        ))
        and exists (
          select from core.job j where j.tenant_id = p.tenant_id and j.plugin = p.plugin and j.state = 'queued'
            and j.run_at <= now() and coalesce(j.leased_until <= now(), true)
        )
    )
    select t.id from core.tenant t join waiting w on w.tenant_id = t.id where t.status = 'active'
"""


class Relay:
    """Hands events over, and knows which foundations have something to do.

    Args:
        listeners: of all plugins that can be on.
        admitted: the names of these plugins.
        core: under which name the core's own jobs are queued.
    """

    def __init__(self, database: Database, listeners: Sequence[Listener], admitted: Collection[str], core: str) -> None:
        self._database = database
        self._listeners = columns(listeners)
        self._admitted = sorted(admitted)
        self._core = core

    async def hand_over(self, tenant_id: UUID) -> int:
        """Move the oldest events of a foundation, at most 1,000, in one transaction; returns how many.

        A process that dies meanwhile has moved none. Two at once move different ones.
        """
        async with self._database.platform() as unit:
            moved = await Session(unit).fetch_value(_HAND_OVER, *self._listeners, tenant_id)
        return moved if isinstance(moved, int) else 0

    async def waiting(self) -> list[UUID]:
        """The active foundations with events to hand over or jobs to do just now."""
        async with self._database.platform(read_only=True) as unit:
            rows = await Session(unit).fetch(_WAITING, self._admitted, self._core)
        return [row["id"] for row in rows]
