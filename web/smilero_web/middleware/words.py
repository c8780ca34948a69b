"""Addresses are text."""

from http import HTTPStatus

from starlette.types import ASGIApp, Receive, Scope, Send

from smilero_sdk.errors import Problem

_ZERO = b"%00"


class Words:
    """No address has the character zero, which PostgreSQL takes in no text (its manual, 8.3): asked for it, nothing is there."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Raises `http.not_found` for it in the path, `http.invalid` in the query."""
        if scope["type"] == "http":
            if "\0" in scope["path"]:
                raise Problem("http.not_found", HTTPStatus.NOT_FOUND)
            if _ZERO in scope["query_string"] or b"\0" in scope["query_string"]:
                raise Problem("http.invalid", HTTPStatus.UNPROCESSABLE_ENTITY)
        await self._app(scope, receive, send)
