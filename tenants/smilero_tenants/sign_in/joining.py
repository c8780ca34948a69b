"""`/join/…`: the link of an invitation. One question, one button, and she is in her shop."""

from collections.abc import Callable
from datetime import UTC, datetime
from http import HTTPStatus

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from smilero_core.audit.log import AuditLog
from smilero_core.db.session import Session
from smilero_core.identity.invitations import Invitations, Offer, Taken, place_of
from smilero_core.limits.limiter import Rule
from smilero_core.plugins.context import CORE
from smilero_sdk.context import Actor, Tenant
from smilero_sdk.errors import not_found
from smilero_tenants.faces.parts import FaceParts
from smilero_tenants.sign_in.entering import alone, enter, way_on

JOIN = "/join"
PER_ADDRESS = Rule("join-address", 60, 600, fails_closed=True)
_SHOP_HOME = "/portal"
# The person's own face: the console for owners and staff.
_OWN_HOME = "/"


class JoinPages:
    """Handlers of one application.

    Args:
        parts: gives the running application, which exists only once it has started.
    """

    def __init__(self, parts: Callable[[], FaceParts]) -> None:
        self._parts = parts

    def routes(self) -> list[Route]:
        """The question and its answer."""
        return [Route(f"{JOIN}/{{token}}", self.ask), Route(f"{JOIN}/{{token}}", self.join, methods=["POST"])]

    async def ask(self, request: Request) -> Response:
        """Whether to go in. Nothing happens yet: messengers open links by themselves to show a picture of them."""
        tenant = _tenant(request)
        async with self._parts().database.unit(tenant.id, read_only=True) as unit:
            offer = await self._invitations(Session(unit), tenant).offer(request.path_params["token"])
        return self._page(request, offer)

    async def join(self, request: Request) -> Response:
        """Take the role and go in. A second tap of the one who took it goes on."""
        tenant, parts, token = _tenant(request), self._parts(), request.path_params["token"]
        await parts.limiter.take(tenant.id, PER_ADDRESS, request.client.host if request.client else "")
        async with parts.database.unit(tenant.id) as unit:
            session = Session(unit)
            invitations = self._invitations(session, tenant)
            taken = await invitations.take(token, tenant.locale)
            if taken is not None:
                await _record(session, taken)
                home = _SHOP_HOME if taken.offer.shop_id else _OWN_HOME
                return (await enter(session, request, taken.person_id, home, taken.offer.shop_id)).response()
            taker = await invitations.taker(token)
            onward = await way_on(session, request, taker) if taker else None
        return RedirectResponse(onward, HTTPStatus.SEE_OTHER) if onward else self._page(request, None)

    def _invitations(self, session: Session, tenant: Tenant) -> Invitations:
        return Invitations(session, tenant.id, self._parts().vault)

    def _page(self, request: Request, offer: Offer | None) -> Response:
        parts = self._parts()
        if offer is None:
            return alone(parts, request, "portal/join_gone.html", HTTPStatus.GONE, sign_in_url="/sign-in?next=/portal")
        values = {"shop": offer.shop, "role": offer.role.value, "action": request.url.path}
        return alone(parts, request, "portal/join.html", HTTPStatus.OK, **values)


async def _record(session: Session, taken: Taken) -> None:
    offer = taken.offer
    actor = Actor(offer.role, taken.person_id)
    await AuditLog(session, actor, CORE, datetime.now(UTC)).record(
        f"identity.audit.joined.{offer.role.value}",
        taken.person_id,
        after={"role": offer.role.value, **place_of(offer), "invitation_id": offer.invitation_id},
        shop=offer.shop,
    )


def _tenant(request: Request) -> Tenant:
    tenant: Tenant | None = request.state.tenant
    if tenant is None:
        raise not_found()
    return tenant
