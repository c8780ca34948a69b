"""The clock: queues what plugins do by the clock, for every foundation, once however many workers look at it."""

from collections.abc import Mapping
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from smilero_core.db.database import Database
from smilero_core.db.driver import Record
from smilero_core.db.session import Session
from smilero_core.jobs.clock import next_run
from smilero_sdk.ids import uuid7
from smilero_sdk.jobs import Schedule

_BATCH = 500


class Alarm(NamedTuple):
    """A schedule by its plugin's name and its own."""

    plugin: str
    name: str


class Clock:
    """Looks at the schedules of all foundations.

    Args:
        schedules: of the plugins that can be on, and of the core.
        core: under which name the core has schedules: it is on for every foundation.
    """

    def __init__(self, database: Database, schedules: Mapping[Alarm, Schedule], core: str = "") -> None:
        self._database = database
        self._schedules = schedules
        self._core = core
        self._names = [alarm.plugin for alarm in schedules], [alarm.name for alarm in schedules]

    async def wind(self) -> int:
        """Make the rows that are missing, for plugins that are on; the first run is the next by the clock. Returns how many."""
        async with self._database.platform() as unit:
            session = Session(unit)
            missing = await session.fetch(
                f"""
                select a.tenant_id, t.timezone, d.plugin, d.name, now() as now
                from (select tenant_id, plugin from core.plugin_activation where enabled union all select id, $3 from core.tenant) a
                join unnest($1::text[], $2::text[]) d (plugin, name) on d.plugin = a.plugin
                join core.tenant t on t.id = a.tenant_id
                where not exists (
                  select from core.schedule s where s.tenant_id = a.tenant_id and s.plugin = d.plugin and s.name = d.name
                ) limit {_BATCH}
                """,  # noqa: S608 - a constant of this module
                *self._names,
                self._core,
            )
            rows = [(row["tenant_id"], uuid7(), row["plugin"], row["name"], self._next(row)) for row in missing]
            await session.execute_many(
                """
                insert into core.schedule (tenant_id, id, plugin, name, next_at) values ($1, $2, $3, $4, $5)
                on conflict (tenant_id, plugin, name) do nothing
                """,
                rows,
            )
        return len(rows)

    async def strike(self) -> set[UUID]:
        """Queue a job for each schedule that is due and set it to its next run, in one transaction.

        What came due several times is done once; while a run waits or is at work, none is queued beside it. Where the plugin
        is off, only the next run is set. Returns the foundations that have something to do.
        """
        async with self._database.platform() as unit:
            session = Session(unit)
            due = await session.fetch(
                f"""
                select s.tenant_id, s.id, s.plugin, s.name, t.timezone, now() as now, coalesce(a.enabled, s.plugin = $3) as enabled
                from core.schedule s
                join unnest($1::text[], $2::text[]) d (plugin, name) on d.plugin = s.plugin and d.name = s.name
                join core.tenant t on t.id = s.tenant_id and t.status = 'active'
                left join core.plugin_activation a on a.tenant_id = s.tenant_id and a.plugin = s.plugin
                where s.next_at <= now() limit {_BATCH} for update of s skip locked
                """,  # noqa: S608 - a constant of this module
                *self._names,
                self._core,
            )
            await session.execute_many(
                "update core.schedule set next_at = $3 where tenant_id = $1 and id = $2",
                [(row["tenant_id"], row["id"], self._next(row)) for row in due],
            )
            rung = [row for row in due if row["enabled"]]
            await session.execute_many(
                """
                insert into core.job (tenant_id, id, plugin, kind, name, payload, key)
                values ($1, $2, $3, 'schedule', $4, '{}', $5)
                on conflict (tenant_id, plugin, name, key) where state = 'queued' and key is not null do nothing
                """,
                [(row["tenant_id"], uuid7(), row["plugin"], row["name"], f"schedule {row['name']}") for row in rung],
            )
        return {row["tenant_id"] for row in rung}

    def _next(self, row: Record) -> datetime:
        return next_run(self._schedules[Alarm(row["plugin"], row["name"])], row["now"], row["timezone"])
