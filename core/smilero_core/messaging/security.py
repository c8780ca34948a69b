"""Messages of the kind `security`: codes and links. No consent, cap, hold or night rule applies to them (`product.md`, Messaging)."""

import json
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from smilero_core.db.database import Database
from smilero_core.db.driver import Record
from smilero_core.db.session import Session
from smilero_core.identity.vault import MESSAGE_BODY, MESSAGE_RECIPIENT, Vault
from smilero_core.messaging.channels import Outcome, TextChannel
from smilero_core.messaging.for_plugins import SEND_JOB
from smilero_sdk.ids import uuid7

KIND = "security"


@dataclass(frozen=True)
class ShownMessage:
    """A message as the demo's outbox shows it."""

    to: str
    template: str
    body: str
    at: datetime
    state: str


class SecurityMessages:
    """Sends in three steps: the intent committed, the call with our id, the outcome committed."""

    def __init__(self, database: Database, vault: Vault, channel: TextChannel) -> None:
        self._database = database
        self._vault = vault
        self._channel = channel

    async def intend(self, session: Session, tenant_id: UUID, recipient: str, template: str, body: str) -> UUID:
        """Write the intent into the caller's transaction; send it after the commit."""
        message_id = uuid7()
        await session.execute(
            """
            insert into core.message (id, kind, template, recipient_sealed, body_sealed, recipient_index, state)
            values ($1, $2, $3, $4, $5, $6, 'queued')
            """,
            message_id,
            KIND,
            template,
            self._vault.seal(tenant_id, MESSAGE_RECIPIENT, recipient),
            self._vault.seal(tenant_id, MESSAGE_BODY, body),
            self._vault.index(tenant_id, "phone", recipient),
        )
        return message_id

    async def queue(self, session: Session, tenant_id: UUID, recipient: str, template: str, body: str) -> UUID:
        """Write the intent with the job that sends it into the caller's transaction, for more than one, or what can wait a second.

        The caller rings for the worker.
        """
        message_id = await self.intend(session, tenant_id, recipient, template, body)
        await session.execute(
            "insert into core.job (id, plugin, kind, name, payload) values ($1, 'core', 'job', $2, $3::jsonb)",
            uuid7(),
            SEND_JOB,
            json.dumps({"message_id": str(message_id)}),
        )
        return message_id

    async def send(self, tenant_id: UUID, message_id: UUID, recipient: str, body: str) -> Outcome:
        """Hand over what was intended and commit what became of it. No transaction is open meanwhile."""
        outcome = await self._channel.send(message_id, recipient, body)
        async with self._database.unit(tenant_id) as unit:
            await Session(unit).execute(
                "update core.message set state = $2, sent_at = now() where id = $1 and state = 'queued'", message_id, outcome.value
            )
        return outcome

    async def latest(self, tenant_id: UUID, count: int) -> list[ShownMessage]:
        """The newest messages but for those of erased people, opened. Only the demo's outbox may ask."""
        async with self._database.unit(tenant_id, read_only=True) as unit:
            rows = await Session(unit).fetch(
                "select * from core.message where recipient_sealed <> '' order by created_at desc, id desc limit $1", count
            )
        return [self._opened(tenant_id, row) for row in rows]

    def _opened(self, tenant_id: UUID, row: Record) -> ShownMessage:
        return ShownMessage(
            to=self._vault.open(tenant_id, MESSAGE_RECIPIENT, row["recipient_sealed"]),
            template=row["template"],
            body=self._vault.open(tenant_id, MESSAGE_BODY, row["body_sealed"]),
            at=row["created_at"],
            state=row["state"],
        )
