"""`/sign-in/with/…`, `/sign-in/callback`, `/sign-in/back`: to a provider outside and home again.

All providers come back to one address on the platform's host, with which a tenant's host shares no cookie: from there a ticket leads
on, and counts only in the browser that began. A foundation may bring a callback on its own host instead.
"""

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from http import HTTPStatus
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from smilero_core.db.session import Session
from smilero_core.identity.outside.attempts import LIFETIME, Attempt, Attempts, new_attempt, tenant_of
from smilero_core.identity.outside.client import Proven, Provider, Returned
from smilero_core.identity.outside.logins import OutsideLogins
from smilero_core.identity.outside.providers import Providers
from smilero_core.identity.outside.refusals import OutsideError, Why
from smilero_core.identity.tickets import Tickets
from smilero_core.limits.limiter import Rule
from smilero_sdk.context import Tenant
from smilero_sdk.errors import Problem, not_found
from smilero_tenants.faces.parts import FaceParts
from smilero_tenants.faces.visit import inner_path
from smilero_tenants.sign_in.entering import Entered, enter

WITH, CALLBACK, BACK, CONNECT = "/sign-in/with", "/sign-in/callback", "/sign-in/back", "/sign-in/connect"
BROWSER_COOKIE = "__Host-outside"
PURPOSE = "outside sign-in"
PER_ADDRESS = Rule("outside-address", 60, 600, fails_closed=True)
_LONGEST = 4096
_BYTES = 32


@dataclass(frozen=True)
class Came:
    """What a provider's answer says, wherever it came to."""

    state: str
    returned: Returned

    @classmethod
    def read(cls, request: Request) -> "Came":
        """From the query; nothing of it is longer than any provider's."""
        told = {name: request.query_params.get(name, "")[:_LONGEST] for name in ("state", "code", "error", "iss")}
        return cls(told["state"], Returned(told["code"], told["error"], told["iss"]))

    def held(self) -> dict[str, str]:
        """For a ticket."""
        return {"state": self.state, "code": self.returned.code, "error": self.returned.error, "iss": self.returned.issuer}


class OutsidePages:
    """Handlers of one application.

    Args:
        parts: gives the running application, which exists only once it has started.
    """

    def __init__(self, parts: Callable[[], FaceParts]) -> None:
        self._parts = parts

    def routes(self) -> list[Route]:
        """There, and back by one of two ways. All are GETs: a browser comes from another site, and only so with its cookies."""
        return [Route(f"{WITH}/{{provider_id:uuid}}", self.begin), Route(CALLBACK, self.callback), Route(BACK, self.back)]

    async def begin(self, request: Request) -> Response:
        """Send the browser to a provider, bound to it by a cookie."""
        tenant, parts = _tenant(request), self._parts()
        await parts.limiter.take(tenant.id, PER_ADDRESS, request.client.host if request.client else "")
        path = inner_path(request.query_params.get("next", "/"))
        browser = request.cookies.get(BROWSER_COOKIE) or secrets.token_urlsafe(_BYTES)
        async with parts.database.unit(tenant.id, read_only=True) as unit:
            provider = await Providers(Session(unit), tenant.id, parts.vault).to_speak_to(request.path_params["provider_id"])
        origin = f"{request.url.scheme}://{request.url.netloc}"
        callback = own_callback(request) if provider.own_callback else platform_callback(parts, request)
        attempt = new_attempt(provider.id, callback, origin, path)
        state = Attempts.new_state(tenant.id)
        try:
            address = await parts.outside.address(provider, callback, state, attempt.bound)
        except OutsideError as error:
            return refused(request, error.why, path)
        async with parts.database.unit(tenant.id) as unit:
            attempts = Attempts(Session(unit), tenant.id, parts.vault)
            await attempts.begin(state, browser, attempt, own_callback=provider.own_callback)
        response = RedirectResponse(address, HTTPStatus.SEE_OTHER, {"Cache-Control": "no-store", "Referrer-Policy": "no-referrer"})
        seconds = int(LIFETIME.total_seconds())
        response.set_cookie(BROWSER_COOKIE, browser, max_age=2 * seconds, secure=True, httponly=True, samesite="lax")
        return response

    async def callback(self, request: Request) -> Response:
        """A provider's answer: on a foundation's own host to be judged, on the platform's to be handed on.

        Raises `identity.outside.expired` (400) where nobody knows whose it is.
        """
        came = Came.read(request)
        if request.state.tenant is not None:
            return await self._home(request, came, own=True)
        parts, tenant_id = self._parts(), tenant_of(came.state)
        tenant = await parts.directory.by_id(tenant_id) if tenant_id else None
        if tenant is None:
            raise Problem("identity.outside.expired", HTTPStatus.BAD_REQUEST)
        async with parts.database.unit(tenant.id) as unit:
            attempt = await Attempts(Session(unit), tenant.id, parts.vault).came_back(came.state)
            ticket = await Tickets(Session(unit), tenant.id, parts.vault).issue(PURPOSE, came.held()) if attempt else ""
        if attempt is None:
            host = f"{tenant.slug}.{parts.directory.domain}{_port(request)}"
            return _leave(f"{request.url.scheme}://{host}/sign-in?{urlencode({'outside': Why.EXPIRED.value})}")
        return _leave(f"{attempt.origin}{BACK}?{urlencode({'ticket': ticket})}")

    async def back(self, request: Request) -> Response:
        """Home from the platform's callback, with a ticket."""
        tenant, parts = _tenant(request), self._parts()
        async with parts.database.unit(tenant.id) as unit:
            held = await Tickets(Session(unit), tenant.id, parts.vault).take(PURPOSE, request.query_params.get("ticket", ""))
        if held is None:
            return refused(request, Why.EXPIRED)
        return await self._home(request, Came(held["state"], Returned(held["code"], held["error"], held["iss"])), own=False)

    async def _home(self, request: Request, came: Came, *, own: bool) -> Response:
        """Match state and browser, ask the provider with no transaction open, and go in."""
        tenant, parts = _tenant(request), self._parts()
        browser = request.cookies.get(BROWSER_COOKIE, "")
        async with parts.database.unit(tenant.id) as unit:
            attempt = await Attempts(Session(unit), tenant.id, parts.vault).use(came.state, browser, own_callback=own)
        if attempt is None:
            return refused(request, Why.EXPIRED)
        async with parts.database.unit(tenant.id, read_only=True) as unit:
            providers = Providers(Session(unit), tenant.id, parts.vault)
            provider = await providers.to_speak_to(attempt.provider_id) if (await providers.one(attempt.provider_id)).enabled else None
        if provider is None:
            return refused(request, Why.OFF, attempt.next_path)
        try:
            proven = await parts.outside.prove(provider, attempt.callback, attempt.bound, came.returned)
        except OutsideError as error:
            return refused(request, error.why, attempt.next_path)
        entered = await self._enter(request, provider, attempt, proven)
        # Nobody's yet: her phone says whose it is, and then she is asked.
        return entered.response() if entered else refused(request, Why.UNKNOWN, CONNECT)

    async def _enter(self, request: Request, provider: Provider, attempt: Attempt, proven: Proven) -> Entered | None:
        tenant, parts = _tenant(request), self._parts()
        async with parts.database.unit(tenant.id) as unit:
            session = Session(unit)
            person_id = await OutsideLogins(session, tenant.id, parts.vault).person(provider.id, proven.subject)
            if person_id is not None:
                return await enter(session, request, person_id, attempt.next_path)
            await Attempts(session, tenant.id, parts.vault).proved(attempt.id, proven)
        return None


async def buttons(parts: FaceParts, request: Request, path: str) -> list[dict[str, str]]:
    """The providers that are on, for the sign-in page."""
    tenant = _tenant(request)
    async with parts.database.unit(tenant.id, read_only=True) as unit:
        found = await Providers(Session(unit), tenant.id, parts.vault).all(enabled=True)
    # On the way to linking a login, another would only lead round in a circle.
    query = urlencode({"next": path})
    return [{"label": one.label, "url": f"{WITH}/{one.id}?{query}"} for one in found] if path != CONNECT else []


def told_why(request: Request) -> Why | None:
    """Why somebody is back on the sign-in page, as its address says."""
    told = request.query_params.get("outside")
    return next((why for why in Why if why.value == told), None)


def refused(request: Request, why: Why, path: str = "/") -> Response:
    """Back to the sign-in page, where phone and code always are, with the reason in its address."""
    query = urlencode({"outside": why.value, "next": path})
    return _leave(f"{request.url.scheme}://{request.url.netloc}/sign-in?{query}")


def platform_callback(parts: FaceParts, request: Request) -> str:
    """The one callback of all tenants."""
    return f"{request.url.scheme}://{parts.directory.domain}{_port(request)}{CALLBACK}"


def own_callback(request: Request) -> str:
    """The foundation's own, on the host that was asked."""
    return f"{request.url.scheme}://{request.url.netloc}{CALLBACK}"


def _port(request: Request) -> str:
    return f":{request.url.port}" if request.url.port else ""


def _leave(address: str) -> Response:
    return RedirectResponse(address, HTTPStatus.SEE_OTHER, {"Cache-Control": "no-store", "Referrer-Policy": "no-referrer"})


def _tenant(request: Request) -> Tenant:
    tenant: Tenant | None = request.state.tenant
    if tenant is None:
        raise not_found()
    return tenant
