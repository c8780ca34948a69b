"""The rows of jobs that are due: taken by a lock that a killed process lets go at once, gone when the job is done."""

import json
import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from traceback import extract_tb
from typing import Any
from uuid import UUID

from smilero_core.db.driver import Record
from smilero_core.db.session import Session
from smilero_sdk.events import Happened
from smilero_sdk.ids import uuid7

# The first pause after a failure, and how it grows: eight tries take about an hour and a half.
_PAUSE = timedelta(seconds=5)
_GROWTH = 3
_LONGEST_PAUSE = timedelta(hours=1)

_DUE = "state = 'queued' and run_at <= now() and coalesce(leased_until <= now(), true)"


@dataclass(frozen=True)
class DueJob:
    """A job that this transaction holds.

    Attributes:
        kind: `job`, `delivery` or `schedule`.
        event: what is delivered; None for the other kinds.
        attempts: how often it was begun and counted before.
        asked_by, asked_as: on whose word it is done, and in which role; None: nobody's in person.
        helping_id: the leave by which a helper asked.
    """

    id: UUID
    plugin: str
    kind: str
    name: str
    payload: Mapping[str, Any]
    event: Happened | None
    attempts: int
    asked_by: UUID | None = None
    asked_as: str | None = None
    helping_id: UUID | None = None

    @property
    def label(self) -> str:
        """What it is called on record."""
        return f"{self.kind} {self.name}"


class JobRows:
    """The due jobs of one tenant within one transaction.

    Args:
        session: the application's own, bound to the tenant.
    """

    def __init__(self, session: Session) -> None:
        self._session = session

    async def plugins_waiting(self, among: Sequence[str]) -> list[str]:
        """Which of some plugins have a job that is due."""
        rows = await self._session.fetch(
            f"""
            select p.plugin from unnest($1::text[]) p (plugin)
            cross join lateral (select from core.job j where j.plugin = p.plugin and {_DUE} limit 1) due
            """,  # noqa: S608 - a constant of this module
            among,
        )
        return [row["plugin"] for row in rows]

    async def take(self, plugin: str) -> DueJob | None:
        """The plugin's job that has waited longest and that nobody else holds; it is ours until the transaction ends.

        None for a suspended foundation: a turn that has begun ends with the job that it is at.
        """
        row = await self._session.fetch_row(
            f"""
            select j.*, e.name as event_name, e.version, e.payload as event_payload, e.occurred_at
            from (
              select tenant_id, id, plugin, kind, name, payload, event_id, attempts, asked_by, asked_as, helping_id from core.job
              where plugin = $1 and {_DUE} order by run_at limit 1 for update skip locked
            ) j left join core.event_log e on e.id = j.event_id
            where exists (select from core.tenant t where t.id = j.tenant_id and t.status = 'active')
            """,  # noqa: S608 - a constant of this module
            plugin,
        )
        return _due_job(row) if row else None

    async def first_time(self, job: DueJob) -> bool:
        """Note that an event was handled; False when it was before. Waits for another transaction that handles it just now."""
        noted = await self._session.execute(
            """
            insert into core.inbox (id, plugin, handler, event_id) select $1, j.plugin, j.name, j.event_id
            from core.job j where j.id = $2 on conflict (tenant_id, plugin, handler, event_id) do nothing
            """,
            uuid7(),
            job.id,
        )
        return noted == 1

    async def lease(self, job: DueJob, lease: timedelta) -> None:
        """Keep a job from being begun again for a while, over the end of this transaction, and count the attempt."""
        await self._session.execute(
            "update core.job set leased_until = now() + $2::interval, attempts = attempts + 1 where id = $1", job.id, lease
        )

    async def done(self, job: DueJob) -> None:
        """It has had its effect."""
        await self._session.execute("delete from core.job where id = $1", job.id)

    async def failed(self, job: DueJob, error: BaseException, tries: int) -> None:
        """Try again after a pause, or put it aside after the last try."""
        attempts = job.attempts + 1
        dead = attempts >= tries
        await self._session.execute(
            """
            update core.job set attempts = $2, state = $3, run_at = now() + $4::interval, leased_until = null, last_error = $5
            where id = $1
            """,
            job.id,
            attempts,
            "dead" if dead else "queued",
            timedelta() if dead else _pause(attempts),
            described(error),
        )


def described(error: BaseException) -> str:
    """What failed and where, without the error's own words: those may quote what somebody wrote."""
    code = getattr(error, "code", None)
    what = f"{type(error).__name__} {code}" if isinstance(code, str) else type(error).__name__
    frames = extract_tb(error.__traceback__)
    if not frames:
        return what
    return f"{what} ({'/'.join(Path(frames[-1].filename).parts[-2:])}:{frames[-1].lineno})"


def _pause(attempts: int) -> timedelta:
    longest: timedelta = min(_LONGEST_PAUSE, _PAUSE * _GROWTH ** (attempts - 1))
    return longest * random.uniform(0.5, 1.0)  # noqa: S311 - spreads what failed together, and guards nothing


def _due_job(row: Record) -> DueJob:
    event = None
    if row["event_id"] is not None and row["event_name"] is not None:
        event = Happened(row["event_id"], row["event_name"], row["version"], json.loads(row["event_payload"]), row["occurred_at"])
    told = json.loads(row["payload"])
    asked = (row["asked_by"], row["asked_as"], row["helping_id"])
    return DueJob(row["id"], row["plugin"], row["kind"], row["name"], told, event, row["attempts"], *asked)
