"""`/sign-in/connect`: once, after a login outside was proved and then a phone: whether the one shall open the other's account."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from http import HTTPStatus

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from smilero_core.audit.log import AuditLog
from smilero_core.db.session import Session
from smilero_core.identity.outside.attempts import Attempts, Waiting
from smilero_core.identity.outside.logins import OutsideLogins
from smilero_core.identity.sessions import SignedIn, signed_in
from smilero_core.plugins.context import CORE
from smilero_sdk.context import Actor, Tenant
from smilero_sdk.errors import Problem, not_found
from smilero_sdk.roles import Role
from smilero_tenants.faces.parts import FaceParts
from smilero_tenants.faces.visit import SESSION_COOKIE
from smilero_tenants.sign_in.entering import alone, way_on
from smilero_tenants.sign_in.outside import BROWSER_COOKIE, CONNECT

_YES = "yes"


@dataclass(frozen=True)
class _Asked:
    """Who is asked, and about which login; None: there is nothing to ask."""

    visitor: SignedIn
    waiting: Waiting | None


class ConnectPages:
    """Handlers of one application.

    Args:
        parts: gives the running application, which exists only once it has started.
    """

    def __init__(self, parts: Callable[[], FaceParts]) -> None:
        self._parts = parts

    def routes(self) -> list[Route]:
        """The question and its answer."""
        return [Route(CONNECT, self.ask), Route(CONNECT, self.answer, methods=["POST"])]

    async def ask(self, request: Request) -> Response:
        """Whether to link. Where there is nothing to ask the way goes on."""
        tenant, parts = _tenant(request), self._parts()
        async with parts.database.unit(tenant.id) as unit:
            session = Session(unit)
            asked = await self._asked(session, request)
            onward = await way_on(session, request) if asked and asked.waiting is None else "/"
        if asked is None:
            return RedirectResponse("/sign-in?next=/", HTTPStatus.SEE_OTHER)
        if asked.waiting is None:
            return RedirectResponse(onward or "/", HTTPStatus.SEE_OTHER)
        values = {"label": asked.waiting.label, "name": asked.waiting.proven.name, "action": CONNECT, "yes": _YES}
        return alone(parts, request, "portal/connect.html", HTTPStatus.OK, **values)

    async def answer(self, request: Request) -> Response:
        """Link, or leave it; asked once either way."""
        tenant, parts = _tenant(request), self._parts()
        agreed = (await request.form()).get("answer") == _YES
        async with parts.database.unit(tenant.id) as unit:
            session = Session(unit)
            asked = await self._asked(session, request)
            waiting = asked.waiting if asked else None
            if asked and waiting:
                if agreed:
                    await self._link(session, tenant, asked.visitor, waiting)
                await Attempts(session, tenant.id, parts.vault).end(waiting.id)
            onward = await way_on(session, request)
        if waiting and waiting.next_path != "/":
            onward = waiting.next_path
        return RedirectResponse(onward or "/sign-in?next=/", HTTPStatus.SEE_OTHER)

    async def _link(self, session: Session, tenant: Tenant, visitor: SignedIn, waiting: Waiting) -> None:
        logins = OutsideLogins(session, tenant.id, self._parts().vault)
        made = await logins.link(waiting.provider_id, waiting.proven.subject, visitor.person_id)
        if made is not None:
            actor = visitor.actor or Actor(Role.CUSTOMER, visitor.person_id)
            log = AuditLog(session, actor, CORE, datetime.now(UTC))
            await log.record("identity.audit.outside_linked", made, after={"provider_id": waiting.provider_id}, label=waiting.label)

    async def _asked(self, session: Session, request: Request) -> _Asked | None:
        tenant = _tenant(request)
        token, browser = request.cookies.get(SESSION_COOKIE), request.cookies.get(BROWSER_COOKIE)
        visitor = await signed_in(session, token, tuple(Role)) if token else None
        if visitor is None:
            return None
        if visitor.helping is not None:
            raise Problem("helping.own_first", HTTPStatus.FORBIDDEN, name=visitor.helping.merchant)
        attempts = Attempts(session, tenant.id, self._parts().vault)
        return _Asked(visitor, await attempts.waiting(browser, visitor.session_id) if browser else None)


def _tenant(request: Request) -> Tenant:
    tenant: Tenant | None = request.state.tenant
    if tenant is None:
        raise not_found()
    return tenant
