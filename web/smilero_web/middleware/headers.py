"""Security headers of every answer."""

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

_FORMS = "form-action 'self'"
CONTENT_SECURITY_POLICY = f"default-src 'self'; object-src 'none'; base-uri 'none'; {_FORMS}; frame-ancestors 'none'"

HEADERS = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "strict-origin-when-cross-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(self), microphone=(self), geolocation=(self), interest-cohort=()",
    # What may be kept says so itself: most answers are somebody's, and errors are nobody's for long.
    "Cache-Control": "no-store",
}

# A year (RFC 6797 §6.1). Not for the hosts below: a foundation's own domain has more than us.
STAY_SECURE = "max-age=31536000"


class SecurityHeaders:
    """Adds the headers that a page needs from its first version: nothing inline, nothing from elsewhere.

    A page whose form leads elsewhere, or whose answer does, sets `form_action` in the request's state: the sources of CSP's
    `form-action`. To another of our hosts it names that origin alone; the question about a program names the program's too.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Add the headers to the start of each HTTP answer."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                if sources := scope.get("state", {}).get("form_action"):
                    headers["Content-Security-Policy"] = CONTENT_SECURITY_POLICY.replace(_FORMS, f"form-action {sources}")
                for name, value in HEADERS.items():
                    headers.setdefault(name, value)
                if scope["scheme"] == "https":
                    headers["Strict-Transport-Security"] = STAY_SECURE
            await send(message)

        await self._app(scope, receive, send_with_headers)
