"""How a person wants to see pages, from a cookie of this host: read before anything answers, so that errors are readable too."""

from http.cookies import CookieError, SimpleCookie

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from smilero_web.templating import DISPLAY, DISPLAYS

# A cookie of this host alone; nobody needs to be signed in for it, and it says nothing about anybody.
DISPLAY_COOKIE = "__Host-display"


class Display:
    """Lets every page that is drawn for a request say the mode on its root element."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """What is no mode of ours is as if nothing were chosen."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        token = DISPLAY.set(chosen(Headers(scope=scope).get("cookie", "")))
        try:
            await self._app(scope, receive, send)
        finally:
            DISPLAY.reset(token)


def chosen(header: str) -> str:
    """The mode that a Cookie header asks for; empty: none, and the device says whether it wants more contrast."""
    try:
        morsel = SimpleCookie(header).get(DISPLAY_COOKIE)
    except CookieError:
        return ""
    value = morsel.value.replace(".", " ") if morsel else ""
    return value if value in DISPLAYS else ""
