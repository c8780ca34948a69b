"""`/switch`: everything that is mine, here and at the foundations that I linked; linking them and ending it."""

from collections.abc import Callable
from http import HTTPStatus

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from smilero_core.db.session import Session
from smilero_core.identity.sessions import SignedIn, signed_in
from smilero_core.limits.limiter import Rule
from smilero_core.platform.account_links import Account, AccountLinks, Linked, Proved
from smilero_sdk.context import Actor, Tenant
from smilero_sdk.errors import Problem, not_found
from smilero_sdk.pages import Face
from smilero_tenants.faces.frames import SWITCH_URL
from smilero_tenants.faces.own_pages import Values
from smilero_tenants.faces.parts import FaceParts
from smilero_tenants.faces.visit import ROLES, SESSION_COOKIE, Visit, visiting
from smilero_tenants.portal.routes import own_shops
from smilero_tenants.sign_in.entering import alone
from smilero_tenants.switching.carrying import LINK, SWITCH, hand_over, insiders, record, standing_of, tenant_of, who_is_here

LINKS = f"{SWITCH_URL}/links"

PER_PERSON = Rule("hand-over", 30, 600, fails_closed=True)


class SwitchPages:
    """Handlers of one application.

    Args:
        parts: gives the running application, which exists only once it has started.
    """

    def __init__(self, parts: Callable[[], FaceParts]) -> None:
        self._parts = parts

    def routes(self) -> list[Route]:
        """Where to go, and what is linked."""
        return [
            Route(SWITCH_URL, self.places),
            Route(f"{SWITCH_URL}/{{link_id:uuid}}", self.go, methods=["POST"]),
            Route(LINKS, self.links),
            Route(LINKS, self.link, methods=["POST"]),
            Route(f"{LINKS}/{{link_id:uuid}}/end", self.end, methods=["POST"]),
        ]

    @insiders
    async def places(self, request: Request) -> Response:
        """Every shop, face and linked foundation, one tap away."""
        parts = self._parts()
        async with visiting(parts, request, Face.PORTAL) as visit:
            visitor, _ = await who_is_here(visit.context.host, request)
            values = await _here(visit)
        linked = await AccountLinks(parts.database).of(_account(request, visitor))
        values["foundations"] = [{"name": one.foundation, "action": f"{SWITCH_URL}/{one.id}"} for one in linked if one.open]
        return alone(parts, request, "portal/switch.html", HTTPStatus.OK, links_url=LINKS, **values)

    @insiders
    async def go(self, request: Request) -> Response:
        """On to the account at another foundation, if all holds that held when it was linked."""
        parts = self._parts()
        visitor, actor = await self._insider(request)
        await parts.limiter.take(tenant_of(request).id, PER_PERSON, str(visitor.person_id))
        linked = await AccountLinks(parts.database).one(_account(request, visitor), request.path_params["link_id"])
        to = await self._open(linked)
        await standing_of(parts, linked.account, linked.foundation)
        await self._record(request, actor, "identity.audit.switching", to)
        return await hand_over(parts, request, to, SWITCH, {**_held(request, visitor), "link": str(linked.id)})

    @insiders
    async def links(self, request: Request) -> Response:
        """What is linked, and what could be."""
        parts = self._parts()
        visitor, _ = await self._insider(request)
        linked = await AccountLinks(parts.database).of(_account(request, visitor))
        taken = {one.account.tenant_id for one in linked} | {tenant_of(request).id}
        values: Values = {
            "linked": [{"name": one.foundation, "end": f"{LINKS}/{one.id}/end"} for one in linked],
            "others": [{"name": one.name, "slug": one.slug} for one in await parts.directory.all() if one.id not in taken],
            "action": LINKS,
            "back_url": SWITCH_URL,
        }
        return alone(parts, request, "portal/links.html", HTTPStatus.OK, **values)

    @insiders
    async def link(self, request: Request) -> Response:
        """Over to another foundation, to prove oneself there too. Nothing is linked yet."""
        parts, form = self._parts(), await request.form()
        visitor, _ = await self._insider(request)
        await parts.limiter.take(tenant_of(request).id, PER_PERSON, str(visitor.person_id))
        slug = str(form.get("foundation", ""))
        to = next((one for one in await parts.directory.all() if one.slug == slug and one.id != tenant_of(request).id), None)
        if to is None:
            raise not_found()
        return await hand_over(parts, request, to, LINK, _held(request, visitor))

    @insiders
    async def end(self, request: Request) -> Response:
        """End a link, for both sides."""
        visitor, actor = await self._insider(request)
        here = Proved(_account(request, visitor), actor, tenant_of(request).name)
        await AccountLinks(self._parts().database).end(here, request.path_params["link_id"])
        return RedirectResponse(LINKS, HTTPStatus.SEE_OTHER)

    async def _insider(self, request: Request) -> tuple[SignedIn, Actor]:
        async with self._parts().database.unit(tenant_of(request).id, read_only=True) as unit:
            return await who_is_here(Session(unit), request)

    async def _open(self, linked: Linked) -> Tenant:
        """The foundation at the other end. Raises `identity.link_suspended` (409)."""
        found = await self._parts().directory.by_id(linked.account.tenant_id)
        if found is None:
            raise Problem("identity.link_suspended", HTTPStatus.CONFLICT, name=linked.foundation)
        return found

    async def _record(self, request: Request, actor: Actor, sentence: str, to: Tenant) -> None:
        async with self._parts().database.unit(tenant_of(request).id) as unit:
            await record(Session(unit), actor, sentence, to.name)


async def _here(visit: Visit) -> Values:
    """The faces and shops of whoever visits; `visit` is of the portal."""
    token = visit.request.cookies.get(SESSION_COOKIE, "")
    desk = await signed_in(visit.context.host, token, ROLES[Face.CONSOLE])
    shops = await own_shops(visit) if visit.visitor and visit.visitor.actor else []
    return {
        "console_url": "/console" if desk and desk.actor else None,
        "shops": shops,
        "shops_action": "/portal/shops",
        "public_url": "/",
    }


def _account(request: Request, visitor: SignedIn) -> Account:
    return Account(tenant_of(request).id, visitor.person_id)


def _held(request: Request, visitor: SignedIn) -> dict[str, str]:
    """Who comes, told to the other host and to nobody else."""
    return {"tenant": str(tenant_of(request).id), "person": str(visitor.person_id)}
