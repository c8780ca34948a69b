"""Commands come from our own pages only: the defence against forged requests of other sites."""

from http import HTTPStatus

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from smilero_sdk.errors import Problem
from smilero_tenants.switching.carrying import ARRIVE

_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
# These are not asked with a cookie: the API wants a bearer token, a webhook a signature, a program's request its secret or code.
_WITHOUT_COOKIE = ("/api/", "/webhooks/", "/oauth/token", "/oauth/revoke")


class SameOrigin:
    """Refuses a command unless the browser says that it comes from this very host.

    `Sec-Fetch-Site` (Fetch Metadata, W3C) is set by the browser and cannot be forged by a page; browsers before 2023 send
    `Origin` instead. A request with neither is refused: no browser posts a form without one of them.

    One command comes from pages of other hosts: somebody arriving with a ticket. Its handler holds `Origin` against the host
    at which the ticket was issued, so here it must say one.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Raises `http.cross_site` (403)."""
        if scope["type"] == "http" and scope["method"] not in _SAFE and not scope["path"].startswith(_WITHOUT_COOKIE):
            headers = Headers(scope=scope)
            site = headers.get("sec-fetch-site")
            ours = site == "same-origin" if site else _is_ours(headers)
            arrives = scope["method"] == "POST" and scope["path"] == ARRIVE and headers.get("origin", "null") != "null"
            if not ours and not arrives:
                raise Problem("http.cross_site", HTTPStatus.FORBIDDEN)
        await self._app(scope, receive, send)


def _is_ours(headers: Headers) -> bool:
    """Whether the Origin (RFC 6454 §7) is this host; told apart by its text, since what arrives need not be an address at all."""
    scheme, _, host = headers.get("origin", "").partition("://")
    return scheme in {"http", "https"} and host == headers.get("host")
