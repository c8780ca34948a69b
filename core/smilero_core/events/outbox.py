"""Writing what happened."""

import json

from smilero_core.db.session import Session
from smilero_sdk.ids import uuid7


class Outbox:
    """Events of one transaction; implements `smilero_sdk.context.Events`.

    Args:
        session: the application's own session: a plugin's role cannot write here.
        source: the plugin that speaks, or `core`: an event's name begins with it.
    """

    def __init__(self, session: Session, source: str) -> None:
        self._session = session
        self._source = source

    async def emit(self, name: str, payload: dict[str, object], /, *, version: int = 1) -> None:
        """Write `<source>.<name>` into this transaction. Ids and figures only, never personal data."""
        await self._session.execute(
            "insert into core.outbox (id, name, version, payload) values ($1, $2, $3, $4::jsonb)",
            uuid7(),
            f"{self._source}.{name}",
            version,
            json.dumps(payload, default=str),
        )
