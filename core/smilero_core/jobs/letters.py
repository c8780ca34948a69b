"""Dead letters: jobs that failed at their last try, kept until somebody decides; and what waits."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from smilero_core.db.session import Session

SHOWN = 200


@dataclass(frozen=True)
class DeadLetter:
    """A job that was put aside.

    Attributes:
        what: the job's name, or the handler's with the event that it did not take.
        why: the last error, without anybody's words.
        died_at: when it failed for the last time.
    """

    id: UUID
    plugin: str
    kind: str
    what: str
    why: str
    tries: int
    died_at: datetime


@dataclass(frozen=True)
class Waiting:
    """How much of one plugin's waits.

    Attributes:
        queued: due now or later.
        dead: put aside.
        oldest: when the first that is due was; None when nothing is.
    """

    plugin: str
    queued: int
    dead: int
    oldest: datetime | None


class Letters:
    """The dead letters of one tenant within one transaction.

    Args:
        session: the application's own, bound to the tenant.
    """

    def __init__(self, session: Session) -> None:
        self._session = session

    async def count(self) -> int:
        """How many there are."""
        found = await self._session.fetch_value("select count(*) from core.job where state = 'dead'")
        return found if isinstance(found, int) else 0

    async def waiting(self) -> list[Waiting]:
        """What each plugin has waiting, by its name."""
        rows = await self._session.fetch(
            """
            select plugin, count(*) filter (where state = 'queued') as queued, count(*) filter (where state = 'dead') as dead,
              min(run_at) filter (where state = 'queued' and run_at <= now()) as oldest
            from core.job group by plugin order by plugin
            """
        )
        return [Waiting(row["plugin"], row["queued"], row["dead"], row["oldest"]) for row in rows]

    async def all(self) -> list[DeadLetter]:
        """The newest 200."""
        rows = await self._session.fetch(
            """
            select j.id, j.plugin, j.kind, concat_ws(' ← ', j.name, e.name) as what, coalesce(j.last_error, '') as why, j.attempts, j.run_at
            from core.job j left join core.event_log e on e.id = j.event_id
            where j.state = 'dead' order by j.run_at desc, j.id limit $1
            """,
            SHOWN,
        )
        return [DeadLetter(row["id"], row["plugin"], row["kind"], row["what"], row["why"], row["attempts"], row["run_at"]) for row in rows]

    async def again(self, letter_id: UUID) -> str | None:
        """Queue one again with all its tries; the plugin's name, or None when it is no dead letter any more.

        One whose key waits already, as a schedule's does, is dropped instead: what it would do is going to be done.
        """
        found = await self._session.fetch_row(
            """
            with dead as (select * from core.job where id = $1 and state = 'dead' for update),
            dropped as (
              delete from core.job j using dead d where j.id = d.id and exists (
                select from core.job q where q.plugin = d.plugin and q.name = d.name and q.key = d.key and q.state = 'queued'
              ) returning j.id
            ),
            queued as (
              update core.job j set state = 'queued', attempts = 0, run_at = now()
              from dead d where j.id = d.id and not exists (select from dropped) returning j.id
            )
            select plugin from dead
            """,
            letter_id,
        )
        return str(found["plugin"]) if found else None

    async def discard(self, letter_id: UUID) -> str | None:
        """Throw one away; the plugin's name, or None when it is no dead letter any more."""
        row = await self._session.fetch_row(
            "with gone as (delete from core.job where id = $1 and state = 'dead' returning plugin) select plugin from gone", letter_id
        )
        return str(row["plugin"]) if row else None
