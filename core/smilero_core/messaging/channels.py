"""The port to those who carry messages, and the demo's own carrier."""

from enum import StrEnum
from typing import Protocol
from uuid import UUID


class Outcome(StrEnum):
    """What a channel knows of a message when the call ends; `unknown` is reconciled, never sent again blindly."""

    SENT = "sent"
    DELIVERED = "delivered"
    FAILED = "failed"
    UNKNOWN = "unknown"


class TextChannel(Protocol):
    """Carries short texts to phones."""

    async def send(self, message_id: UUID, recipient: str, body: str) -> Outcome:
        """Hand a text over with our id. Must not raise for what the provider refuses.

        Args:
            recipient: E.164.
        """


class DevelopmentChannel:
    """The demo's carrier: nothing leaves the machine; `/dev/outbox` shows what is in the table of messages."""

    async def send(self, message_id: UUID, recipient: str, body: str) -> Outcome:  # noqa: ARG002 - the port's signature
        """Delivered at once."""
        return Outcome.DELIVERED


class NoChannel:
    """No carrier is configured: what should go out fails, and says so."""

    async def send(self, message_id: UUID, recipient: str, body: str) -> Outcome:  # noqa: ARG002 - the port's signature
        """Failed."""
        return Outcome.FAILED
