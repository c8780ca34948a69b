"""Which foundation a request is for, from its Host header, and in which language it wants its answer."""

import re
from collections.abc import Callable
from http import HTTPStatus

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from smilero_sdk.errors import Problem
from smilero_sdk.i18n import DEFAULT_LANGUAGE, LANGUAGES
from smilero_web.runtime import Runtime

# These answer whatever the Host: probes and our own providers do not know our names. A plugin's webhooks are a tenant's,
# so they need its Host; no plugin can have the name of one of the core's (`RESERVED` in `manifest_rules.py`).
CORE_WEBHOOKS = ("/webhooks/stripe",)
_PROBES = ("/healthz", "/readyz", "/metrics", *CORE_WEBHOOKS)
_STATIC = "/static/"
_LONGEST_HOST = 253
_LAST_PORT = 65_535
_HOST = re.compile(r"(?P<name>[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*)\.?(?::(?P<port>[0-9]{0,5}))?")
_LANGUAGE = re.compile(r"\s*([A-Za-z]+)(?:-[A-Za-z0-9-]*)?\s*(?:;\s*q\s*=\s*([01](?:\.[0-9]{0,3})?)\s*)?")


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
        if not answers_any_host(scope["path"]):
            hosts = headers.getlist("host")
            # Two names would be one for us and another for a proxy before us.
            await self._find_tenant(host_name(hosts[0]) if len(hosts) == 1 else "", state, headers)
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


def answers_any_host(path: str) -> bool:
    """Whether an address is the same on every host: no tenant is looked for."""
    return path in _PROBES or path.startswith(_STATIC)


def host_name(header: str) -> str:
    """The name in a Host header (RFC 9110 §7.2), lower case, without port and final dot; empty when it is none."""
    found = _HOST.fullmatch(header)
    sound = found is not None and len(found["name"]) <= _LONGEST_HOST and int(found["port"] or 0) <= _LAST_PORT
    return found["name"].lower() if found and sound else ""


def preferred_language(header: str, default: str) -> str:
    """The first of our languages in an Accept-Language header (RFC 9110 §12.5.4) by weight, else the default."""
    found = [match for part in header.split(",")[:20] if (match := _LANGUAGE.fullmatch(part))]
    wanted = [(float(match[2] or 1), match[1].lower()) for match in found]
    ours = [(weight, name) for weight, name in wanted if weight and name in LANGUAGES]
    return max(ours, key=lambda pair: pair[0], default=(0, default))[1]
