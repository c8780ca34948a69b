"""How much a request may send."""

import asyncio
from collections.abc import Iterable
from contextlib import suppress
from http import HTTPStatus

from starlette.routing import compile_path
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from smilero_sdk.errors import Problem

MOST_BYTES = 1024 * 1024
MOST_BYTES_WITH_FILES = 10 * MOST_BYTES
_PATIENCE_SECONDS = 5.0


class BodyLimit:
    """Refuses a body over one MiB, or over ten where a form takes files, by its declared length or by counting.

    Starlette has such a limit, but answers with an English line of its own in front of every renderer.

    Args:
        with_files: the paths of the forms that take files, with their parameters as Starlette writes them.
    """

    def __init__(self, app: ASGIApp, with_files: Iterable[str] = ()) -> None:
        self._app = app
        self._with_files = [compile_path(path)[0] for path in with_files]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Raises `http.body_too_large`."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        most = self._most(scope)
        declared = dict(scope["headers"]).get(b"content-length", b"0")
        if not declared.isdigit() or int(declared) > most:
            await _discard(receive)
            raise _too_large(most)
        seen = 0

        async def receive_counted() -> Message:
            nonlocal seen
            message = await receive()
            seen += len(message.get("body", b""))
            if seen > most:
                await _discard(receive)
                raise _too_large(most)
            return message

        await self._app(scope, receive_counted, send)

    def _most(self, scope: Scope) -> int:
        post = scope["method"] == "POST"
        return MOST_BYTES_WITH_FILES if post and any(path.match(scope["path"]) for path in self._with_files) else MOST_BYTES


async def _discard(receive: Receive) -> None:
    """Let the sender finish, for a while: who is still sending when the connection closes never reads why."""
    with suppress(TimeoutError):
        async with asyncio.timeout(_PATIENCE_SECONDS):
            while (message := await receive())["type"] == "http.request" and message.get("more_body"):
                pass


def _too_large(most: int) -> Problem:
    return Problem(
        "http.body_too_large", HTTPStatus.REQUEST_ENTITY_TOO_LARGE, headers={"Connection": "close"}, limit=f"{most // MOST_BYTES} MB"
    )
