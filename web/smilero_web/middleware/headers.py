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
    "Permissions-Policy": "camera=(self), microphone=(self), geolocation=(self), interest-cohort=()",
}


class SecurityHeaders:
    """Adds the headers that a page needs from its first version: nothing inline, nothing from elsewhere.

    A page that hands somebody over to another of our hosts sets `form_target` in the request's state: its forms then go to that
    origin, and to no other.
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
                target = scope.get("state", {}).get("form_target")
                if target:
                    headers["Content-Security-Policy"] = CONTENT_SECURITY_POLICY.replace("form-action 'self'", f"form-action {target}")
                for name, value in HEADERS.items():
                    headers.setdefault(name, value)
                # A page that asks about a program: the answer to its form leads on to there, and browsers ask the policy for that too.
                if leads_to := scope.get("state", {}).get("forms_lead_to"):
                    headers["Content-Security-Policy"] = CONTENT_SECURITY_POLICY.replace(_FORMS, f"{_FORMS} {leads_to}")
            await send(message)

        await self._app(scope, receive, send_with_headers)
