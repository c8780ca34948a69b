"""Messages that plugins send: of a template of their manifest, to a person's id, in that person's language."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from uuid import UUID

from smilero_core.db.session import Session
from smilero_core.identity.vault import MESSAGE_BODY, MESSAGE_RECIPIENT, Vault
from smilero_sdk.errors import Problem, not_found
from smilero_sdk.i18n import Catalogue
from smilero_sdk.ids import uuid7
from smilero_sdk.messages import MessageTemplate

# The core's own job that hands a queued message to a channel.
SEND_JOB = "send_message"


@dataclass(frozen=True)
class PluginMessages:
    """Implements `smilero_sdk.services.Messages` within one transaction.

    Attributes:
        session: the application's own session: a plugin's role cannot write here.
        templates: those of the plugin's manifest, by name.
        ring: tells the worker, after the commit.
    """

    session: Session
    tenant_id: UUID
    vault: Vault
    catalogue: Catalogue
    plugin: str
    templates: Mapping[str, MessageTemplate]
    ring: Callable[[], None]

    async def send(self, template: str, to: UUID, /, **values: object) -> UUID:
        """Queue a message. Raises `http.not_found`, `messages.no_address` (409), ValueError for an unknown template."""
        found = self.templates.get(template)
        if found is None:
            msg = f"{template!r} is no message of {self.plugin}'s manifest"
            raise ValueError(msg)
        person = await self.session.fetch_row("select phone_sealed, language from core.person where id = $1", to)
        if person is None:
            raise not_found("person")
        if person["phone_sealed"] is None:
            raise Problem("messages.no_address", HTTPStatus.CONFLICT)
        phone = self.vault.open(self.tenant_id, "phone", person["phone_sealed"])
        body = self.catalogue.text(person["language"], f"{self.plugin}.message.{found.name}", **values)
        return await self._queue(found, phone, body)

    async def _queue(self, template: MessageTemplate, phone: str, body: str) -> UUID:
        message_id = uuid7()
        await self.session.execute(
            """
            with queued as (
              insert into core.message (id, kind, template, recipient_sealed, body_sealed, recipient_index, state)
              values ($1, $2, $3, $4, $5, $6, 'queued') returning id
            )
            insert into core.job (id, plugin, kind, name, payload) select $7, 'core', 'job', $8, $9::jsonb from queued
            """,
            message_id,
            template.kind.value,
            f"{self.plugin}.{template.name}",
            self.vault.seal(self.tenant_id, MESSAGE_RECIPIENT, phone),
            self.vault.seal(self.tenant_id, MESSAGE_BODY, body),
            self.vault.index(self.tenant_id, "phone", phone),
            uuid7(),
            SEND_JOB,
            json.dumps({"message_id": str(message_id)}),
        )
        self.ring()
        return message_id
