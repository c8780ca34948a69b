"""Writing the audit log: an entry, and in the same statement its place among those that wait for their seal."""

import json
from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from smilero_core.db.session import Session
from smilero_sdk.context import Actor
from smilero_sdk.ids import uuid7

# Among an entry's values: the program from outside that did it.
THROUGH = "through"
# And the second person, of what needs two.
APPROVED_BY = "approved_by"


class AuditLog:
    """The log of one transaction; implements `smilero_sdk.services.Audit`.

    Args:
        session: the application's own session: a plugin's role cannot write here.
        actor: who acts; None: the system itself, as in a job.
        source: the plugin whose catalogue has the sentences, or `core`.
        now: when it happens.

    Attributes:
        written: how many entries.
    """

    def __init__(self, session: Session, actor: Actor | None, source: str, now: datetime) -> None:
        self._session = session
        self._actor = actor
        self._source = source
        self._now = now
        self.written = 0

    async def record(
        self,
        sentence: str,
        /,
        subject: UUID | None = None,
        *,
        before: Mapping[str, object] | None = None,
        after: Mapping[str, object] | None = None,
        **values: object,
    ) -> None:
        """Write an entry into this transaction."""
        await self._session.execute(
            """
            with entry as (
              insert into core.audit_entry (id, at, actor_id, role, plugin, sentence, params, subject_id, before, after, on_behalf_of)
              values ($1, $2, $3, $4, $5, $6, $7::jsonb, $8, $9::jsonb, $10::jsonb, $11)
            )
            insert into core.audit_unsealed (id, at) values ($1, $2)
            """,
            uuid7(self._now),
            self._now,
            self._actor.person_id if self._actor else None,
            self._actor.role.value if self._actor else "system",
            self._source,
            sentence,
            _json({**{name: one for name, one in values.items() if name != APPROVED_BY}, **self._through(), **self._approved()}),
            subject,
            None if before is None else _json(before),
            None if after is None else _json(after),
            self._actor.on_behalf_of if self._actor else None,
        )
        self.written += 1

    def _through(self) -> dict[str, object]:
        """The program through which it is done, beside the sentence's values."""
        program = self._actor.program if self._actor else None
        return {THROUGH: {"id": program.id, "name": program.name}} if program else {}

    def _approved(self) -> dict[str, object]:
        """Who confirmed it."""
        return {APPROVED_BY: self._actor.approved_by} if self._actor and self._actor.approved_by else {}


def _json(values: Mapping[str, object]) -> str:
    return json.dumps(dict(values), default=str, ensure_ascii=False)
