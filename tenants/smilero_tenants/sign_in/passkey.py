"""`/sign-in/passkey`: owners and staff go in by a passkey alone. It is both factors: the device, and the finger or number that opens it."""

import secrets
from collections.abc import Callable
from http import HTTPStatus
from uuid import UUID

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from smilero_core.db.session import Session
from smilero_core.identity.passkeys import Ceremony, Passkeys
from smilero_core.identity.sessions import LIFETIME, give_factor
from smilero_core.limits.limiter import Rule
from smilero_sdk.context import Tenant
from smilero_sdk.errors import Problem, not_found
from smilero_tenants.faces.parts import FaceParts
from smilero_tenants.faces.visit import inner_path
from smilero_tenants.sign_in.entering import Entered, alone, enter
from smilero_tenants.sign_in.outside import buttons
from smilero_tenants.sign_in.routes import DEVICE_COOKIE, PASSKEY
from smilero_tenants.sign_in.sitting import OPTIONS_TYPE, asking

PER_ADDRESS = Rule("passkey-address", 60, 600, fails_closed=True)


class PasskeyPages:
    """Handlers of one application.

    Args:
        parts: gives the running application, which exists only once it has started.
    """

    def __init__(self, parts: Callable[[], FaceParts]) -> None:
        self._parts = parts

    def routes(self) -> list[Route]:
        """What the browser's dialogue needs, and its answer."""
        return [
            Route(f"{PASSKEY}/options", self.options, methods=["POST"]),
            Route(PASSKEY, self.enter, methods=["POST"]),
        ]

    async def options(self, request: Request) -> Response:
        """A challenge for this browser, which gets a cookie to be known by."""
        tenant, parts = _tenant(request), self._parts()
        await self._count(request, tenant)
        device = request.cookies.get(DEVICE_COOKIE) or secrets.token_urlsafe(32)
        async with parts.database.unit(tenant.id) as unit:
            made = await Passkeys(Session(unit), tenant.id, parts.vault).ask(Ceremony.SIGN_IN, asking(request, device))
        response = Response(made, media_type=OPTIONS_TYPE, headers={"Cache-Control": "no-store"})
        response.set_cookie(DEVICE_COOKIE, device, max_age=int(LIFETIME.total_seconds()), secure=True, httponly=True, samesite="lax")
        return response

    async def enter(self, request: Request) -> Response:
        """Go in, whoever the passkey says it is."""
        tenant, parts = _tenant(request), self._parts()
        posted = await request.form()
        await self._count(request, tenant)
        path = inner_path(str(posted.get("next", "")) or "/")
        asked = asking(request, request.cookies.get(DEVICE_COOKIE, ""))
        async with parts.database.unit(tenant.id) as unit:
            session = Session(unit)
            person_id = await Passkeys(session, tenant.id, parts.vault).prove(Ceremony.SIGN_IN, asked, str(posted.get("credential", "")))
            entered = await self._enter(session, request, person_id, path) if person_id else None
        return entered.response() if entered else await self._refused(request, path)

    async def _enter(self, session: Session, request: Request, person_id: UUID, path: str) -> Entered:
        entered = await enter(session, request, person_id, path)
        await give_factor(session, entered.token)
        return entered

    async def _refused(self, request: Request, path: str) -> Response:
        problem = Problem("identity.passkey.refused", HTTPStatus.UNPROCESSABLE_ENTITY)
        error = self._parts().catalogue.text(request.state.language, problem.code)
        passkey = {"options": f"{PASSKEY}/options", "action": PASSKEY}
        values: dict[str, object] = {"face": "console", "action": "/sign-in", "next": path, "phone": "", "error": error, "passkey": passkey}
        values |= {"why": None, "outside": await buttons(self._parts(), request, path)}
        return alone(self._parts(), request, "portal/sign_in.html", problem.status, **values)

    async def _count(self, request: Request, tenant: Tenant) -> None:
        await self._parts().limiter.take(tenant.id, PER_ADDRESS, request.client.host if request.client else "")


def _tenant(request: Request) -> Tenant:
    tenant: Tenant | None = request.state.tenant
    if tenant is None:
        raise not_found()
    return tenant
