"""`/arrive`: who comes from another foundation's host with a ticket goes in, or is asked whether to link.

The ticket is good for seconds and comes from a page of the host at which it was issued, which the browser itself says. What
follows is this browser's alone: a second ticket, in a cookie of this host.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from http import HTTPStatus
from uuid import UUID

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from smilero_core.db.session import Session
from smilero_core.identity.presence import presence
from smilero_core.identity.tickets import LIFETIME, Tickets
from smilero_core.platform.account_links import Account, AccountLinks, Proved
from smilero_sdk.context import Tenant
from smilero_sdk.errors import Problem
from smilero_tenants.faces.frames import SWITCH_URL
from smilero_tenants.faces.parts import FaceParts
from smilero_tenants.sign_in.entering import alone, enter, way_on
from smilero_tenants.switching.carrying import ARRIVE, LINK, SWITCH, insiders, record, standing_of, tenant_of, who_is_here

ARRIVAL_COOKIE = "__Host-arrival"

_ARRIVAL = "arrival"
# To link, a number must be given and a code awaited.
_LIFETIMES = {SWITCH: LIFETIME, LINK: timedelta(minutes=10)}


@dataclass(frozen=True)
class Newcomer:
    """Who came, and what for.

    Attributes:
        account: that was proved at the host from which the ticket came.
        foundation: that host's.
        link_id: of the link that the person follows; None for one who wants to link.
    """

    account: Account
    foundation: Tenant
    link_id: UUID | None


class ArrivalPages:
    """Handlers of one application.

    Args:
        parts: gives the running application, which exists only once it has started.
    """

    def __init__(self, parts: Callable[[], FaceParts]) -> None:
        self._parts = parts

    def routes(self) -> list[Route]:
        """The door, what is behind it, and the tap that links."""
        return [
            Route(ARRIVE, self.arrive, methods=["POST"]),
            Route(ARRIVE, self.go_on),
            Route(f"{ARRIVE}/link", self.link, methods=["POST"]),
        ]

    async def arrive(self, request: Request) -> Response:
        """Take the ticket. Whatever is wrong with its bearer, it is used up. Raises `identity.ticket_gone` (410)."""
        tenant, parts, form = tenant_of(request), self._parts(), await request.form()
        purpose = str(form.get("purpose", ""))
        async with parts.database.unit(tenant.id) as unit:
            tickets = Tickets(Session(unit), tenant.id, parts.vault)
            held = await tickets.take(purpose, str(form.get("ticket", ""))) if purpose in _LIFETIMES else None
            # Somebody else's ticket in this browser, sent by somebody else's page, would sign it in as somebody else.
            good = held is not None and held["origin"] == request.headers.get("origin")
            arrival = await tickets.issue(_ARRIVAL, held, _LIFETIMES[purpose]) if good and held else None
        if arrival is None:
            raise _gone()
        response = RedirectResponse(ARRIVE, HTTPStatus.SEE_OTHER)
        seconds = int(_LIFETIMES[purpose].total_seconds())
        response.set_cookie(ARRIVAL_COOKIE, arrival, max_age=seconds, secure=True, httponly=True, samesite="lax")
        return response

    @insiders
    async def go_on(self, request: Request) -> Response:
        """In, by a link; or the question whether to link, after signing in here. Raises `identity.ticket_gone` (410)."""
        tenant, parts = tenant_of(request), self._parts()
        async with parts.database.unit(tenant.id, read_only=True) as unit:
            held = await Tickets(Session(unit), tenant.id, parts.vault).look(_ARRIVAL, request.cookies.get(ARRIVAL_COOKIE, ""))
        newcomer = await self._newcomer(held)
        if newcomer.link_id is not None:
            return await self._go_in(request, newcomer, newcomer.link_id)
        async with parts.database.unit(tenant.id, read_only=True) as unit:
            visitor, _ = await who_is_here(Session(unit), request)
        values = {"name": newcomer.foundation.name, "person": visitor.name, "action": f"{ARRIVE}/link"}
        return alone(parts, request, "portal/arrive.html", HTTPStatus.OK, back_url="/", sign_in_url=f"/sign-in?next={ARRIVE}", **values)

    @insiders
    async def link(self, request: Request) -> Response:
        """Link the account that was proved there with the one that is signed in here: the one tap.

        Raises `identity.ticket_gone` (410), `identity.link_left` (403), `identity.link_taken` (409).
        """
        tenant, parts = tenant_of(request), self._parts()
        async with parts.database.unit(tenant.id) as unit:
            session = Session(unit)
            visitor, actor = await who_is_here(session, request)
            held = await Tickets(session, tenant.id, parts.vault).take(_ARRIVAL, request.cookies.get(ARRIVAL_COOKIE, ""))
        newcomer = await self._newcomer(held)
        if newcomer.link_id is not None:
            raise _gone()
        theirs = await standing_of(parts, newcomer.account, newcomer.foundation.name)
        await AccountLinks(parts.database).make(
            Proved(Account(tenant.id, visitor.person_id), actor, tenant.name),
            Proved(newcomer.account, theirs, newcomer.foundation.name),
        )
        return _without_arrival(RedirectResponse(SWITCH_URL, HTTPStatus.SEE_OTHER))

    async def _go_in(self, request: Request, newcomer: Newcomer, link_id: UUID) -> Response:
        """In, if the link still is, and both its accounts; by `enter`, like every other way in.

        Raises `identity.link_gone` (404), `identity.link_left` (403), `identity.ticket_gone` (410).
        """
        tenant, parts = tenant_of(request), self._parts()
        linked = await AccountLinks(parts.database).one(newcomer.account, link_id)
        mine = linked.account
        if mine.tenant_id != tenant.id:
            raise _gone()
        await standing_of(parts, newcomer.account, newcomer.foundation.name)
        async with parts.database.unit(tenant.id) as unit:
            session = Session(unit)
            used = await Tickets(session, tenant.id, parts.vault).take(_ARRIVAL, request.cookies.get(ARRIVAL_COOKIE, ""))
            actor = await presence(session, mine.person_id)
            if used is None:
                raise _gone()
            if actor is None:
                raise Problem("identity.link_left", HTTPStatus.FORBIDDEN, name=tenant.name)
            await record(session, actor, "identity.audit.switched", newcomer.foundation.name)
            # Who is in already keeps the session, and the shop that it works for.
            path = await way_on(session, request, mine.person_id)
            entered = None if path else await enter(session, request, mine.person_id, "/")
        return _without_arrival(entered.response() if entered else RedirectResponse(path or "/", HTTPStatus.SEE_OTHER))

    async def _newcomer(self, held: Mapping[str, str] | None) -> Newcomer:
        """Who came by a ticket. Raises `identity.ticket_gone` (410), also when the foundation was suspended meanwhile."""
        foundation = await self._parts().directory.by_id(UUID(held["tenant"])) if held else None
        if held is None or foundation is None:
            raise _gone()
        link_id = UUID(held["link"]) if "link" in held else None
        return Newcomer(Account(foundation.id, UUID(held["person"])), foundation, link_id)


def _without_arrival(response: Response) -> Response:
    response.delete_cookie(ARRIVAL_COOKIE, secure=True, httponly=True, samesite="lax")
    return response


def _gone() -> Problem:
    return Problem("identity.ticket_gone", HTTPStatus.GONE)
