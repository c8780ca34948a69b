"""Queuing work."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from pydantic import BaseModel

from smilero_core.db.session import Session
from smilero_sdk.ids import uuid7
from smilero_sdk.jobs import Job
from smilero_sdk.roles import Role


@dataclass(frozen=True)
class Asker:
    """On whose word a job is done.

    Attributes:
        helping_id: the leave of the merchant for whom a helper asks; None: for oneself.
    """

    person_id: UUID | None
    role: Role
    helping_id: UUID | None = None


class JobQueue:
    """The jobs of one plugin within one transaction; implements `smilero_sdk.services.Jobs`.

    Args:
        session: the application's own session: a plugin's role cannot write here.
        kinds: what the plugin declared.
        ring: tells the worker, after the commit.
        asker: who acts, if anybody.
    """

    def __init__(
        self, session: Session, plugin: str, kinds: Mapping[str, Job], ring: Callable[[], None], asker: Asker | None = None
    ) -> None:
        self._session = session
        self._ring = ring
        self._plugin = plugin
        self._kinds = kinds
        self._asker = asker

    async def later(self, name: str, payload: BaseModel | None = None, /, *, at: datetime | None = None, key: str | None = None) -> None:
        """Queue a job. Raises ValueError for a kind that is not declared, or a payload of another kind.

        Of two askers for one key the first counts: it is whose word the job stands on.
        """
        kind = self._kinds.get(name)
        if kind is None or (type(payload) if payload else None) is not kind.payload:
            msg = f"{self._plugin} declares no job {name!r} with a payload of {type(payload).__name__}"
            raise ValueError(msg)
        asker = self._asker if kind.on_behalf else None
        await self._session.execute(
            """
            insert into core.job (id, plugin, kind, name, payload, key, run_at, asked_by, asked_as, helping_id)
            values ($1, $2, 'job', $3, $4::jsonb, $5, coalesce($6, now()), $7, $8, $9)
            on conflict (tenant_id, plugin, name, key) where state = 'queued' and key is not null do nothing
            """,
            uuid7(),
            self._plugin,
            name,
            payload.model_dump_json() if payload else "{}",
            key,
            at,
            asker.person_id if asker else None,
            asker.role.value if asker else None,
            asker.helping_id if asker else None,
        )
        self._ring()

    async def cancel(self, name: str, key: str, /) -> bool:
        """Take a waiting job back; False when there is none, or when it is being done just now."""
        row: UUID | None = await self._waiting(name, key)
        return row is not None and await self._session.execute("delete from core.job where id = $1", row) == 1

    async def _waiting(self, name: str, key: str) -> UUID | None:
        found = await self._session.fetch_value(
            "select id from core.job where plugin = $1 and name = $2 and key = $3 and state = 'queued' for update skip locked",
            self._plugin,
            name,
            key,
        )
        return found if isinstance(found, UUID) else None
