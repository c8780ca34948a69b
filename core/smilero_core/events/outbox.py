"""Writing what happened."""

from collections.abc import Callable, Collection
from datetime import datetime

from smilero_core.db.session import Session
from smilero_sdk.events import Event
from smilero_sdk.ids import uuid7


class Outbox:
    """Events of one transaction; implements `smilero_sdk.services.Events`.

    Args:
        session: the application's own session: a plugin's role cannot write here.
        source: the plugin that speaks, or `core`: an event's name begins with it.
        declared: the event types of its manifest.
        now: when it happens.
        ring: tells the worker, after the commit.
    """

    def __init__(self, session: Session, source: str, declared: Collection[type[Event]], now: datetime, ring: Callable[[], None]) -> None:
        self._session = session
        self._ring = ring
        self._source = source
        self._declared = declared
        self._now = now

    async def emit(self, event: Event, /) -> None:
        """Write `<source>.<name>` into this transaction. Raises ValueError for a type that the manifest does not declare."""
        if type(event) not in self._declared:
            msg = f"{type(event).__name__} is no event of {self._source}'s manifest"
            raise ValueError(msg)
        await self._session.execute(
            "insert into core.outbox (id, name, version, payload, occurred_at) values ($1, $2, $3, $4::jsonb, $5)",
            uuid7(self._now),
            f"{self._source}.{event.event_name}",
            event.event_version,
            event.model_dump_json(),
            self._now,
        )
        self._ring()
