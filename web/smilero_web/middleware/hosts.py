"""Which foundation a request is for, from its Host header, and in which language it wants its answer."""

from collections.abc import Callable
from http import HTTPStatus

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from smilero_sdk.errors import Problem
from smilero_sdk.i18n import DEFAULT_LANGUAGE, LANGUAGES
from smilero_web.runtime import Runtime

# These answer whatever the Host: probes and providers do not know our names.
ANY_HOST = ("/healthz", "/readyz", "/metrics", "/webhooks/", "/static/")
_LONGEST_HOST = 253


class TenantHost:
    """Puts `tenant` (None on the platform's own host) and `language` into the request's state.

    Args:
        runtime: gives the process's runtime, which exists only once the application has started.
    """

    def __init__(self, app: ASGIApp, runtime: Callable[[], Runtime]) -> None:
        self._app = app
        self._runtime = runtime

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Raises `http.unknown_host` (404)."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        state = scope.setdefault("state", {})
        state["tenant"] = None
        state["language"] = preferred_language(headers.get("accept-language", ""), DEFAULT_LANGUAGE)
        if not scope["path"].startswith(ANY_HOST):
            await self._find_tenant(host_name(headers.get("host", "")), state, headers)
        await self._app(scope, receive, send)

    async def _find_tenant(self, host: str, state: dict[str, object], headers: Headers) -> None:
        directory = self._runtime().directory
        if directory.is_platform(host):
            return
        tenant = await directory.by_host(host) if host else None
        if tenant is None:
            raise Problem("http.unknown_host", HTTPStatus.NOT_FOUND)
        state["tenant"] = tenant
        state["language"] = preferred_language(headers.get("accept-language", ""), tenant.locale)


def host_name(header: str) -> str:
    """The name in a Host header, lower case, without port and final dot; empty when it is none."""
    name = header.rsplit(":", 1)[0] if header.rpartition(":")[2].isdigit() else header
    name = name.rstrip(".").lower()
    plain = name.isascii() and name.replace("-", "").replace(".", "").isalnum()
    return name if plain and len(name) <= _LONGEST_HOST else ""


def preferred_language(header: str, default: str) -> str:
    """The first of our languages in an Accept-Language header (RFC 9110 §12.5.4) by weight, else the default."""
    wanted: list[tuple[float, str]] = []
    for part in header.split(",")[:20]:
        name, _, weight = part.strip().partition(";q=")
        try:
            wanted.append((-float(weight or "1"), name.split("-")[0].lower()))
        except ValueError:
            continue
    return next((name for _, name in sorted(wanted, key=lambda pair: pair[0]) if name in LANGUAGES), default)
