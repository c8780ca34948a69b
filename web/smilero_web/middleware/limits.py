"""How much a request may send."""

import asyncio
from contextlib import suppress
from http import HTTPStatus

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from smilero_sdk.errors import Problem

MOST_BYTES = 1024 * 1024
_PATIENCE_SECONDS = 5.0


class BodyLimit:
    """Refuses a body over one MiB, by its declared length or by counting.

    Starlette has such a limit, but answers with an English line of its own in front of every renderer.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Raises `http.body_too_large`."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        declared = dict(scope["headers"]).get(b"content-length", b"0")
        if not declared.isdigit() or int(declared) > MOST_BYTES:
            await _discard(receive)
            raise _too_large()
        seen = 0

        async def receive_counted() -> Message:
            nonlocal seen
            message = await receive()
            seen += len(message.get("body", b""))
            if seen > MOST_BYTES:
                await _discard(receive)
                raise _too_large()
            return message

        await self._app(scope, receive_counted, send)


async def _discard(receive: Receive) -> None:
    """Let the sender finish, for a while: who is still sending when the connection closes never reads why."""
    with suppress(TimeoutError):
        async with asyncio.timeout(_PATIENCE_SECONDS):
            while (message := await receive())["type"] == "http.request" and message.get("more_body"):
                pass


def _too_large() -> Problem:
    return Problem("http.body_too_large", HTTPStatus.REQUEST_ENTITY_TOO_LARGE, headers={"Connection": "close"}, limit="1 MB")
