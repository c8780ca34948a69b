"""`/portal`: home, help, and which of one's shops to work for."""

from collections.abc import Callable

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from smilero_core.db.session import Session
from smilero_core.identity.access import HELPERS_MANAGE, PLUGINS_SHOP, TOKENS_MAKE
from smilero_core.identity.helping import chances
from smilero_core.identity.sessions import choose_shop
from smilero_sdk.errors import not_found
from smilero_sdk.pages import Face, Form
from smilero_tenants.faces.own_pages import OwnPages, Shown, Values
from smilero_tenants.faces.parts import FaceParts
from smilero_tenants.faces.screens import SHOWING
from smilero_tenants.faces.visit import HELPING, Visit
from smilero_tenants.portal.helpers import HelperPortal
from smilero_tenants.portal.home import TASKS_URL, home, tasks
from smilero_tenants.portal.kept import KeptPortal
from smilero_tenants.portal.plugins import PluginPortal
from smilero_tenants.portal.showing import ShowingPortal, asked_from


class ShopChoice(Form):
    """Which shop."""

    shop_id: str


class PortalPages:
    """Handlers of one application.

    Args:
        parts: gives the running application, which exists only once it has started.
    """

    def __init__(self, parts: Callable[[], FaceParts]) -> None:
        self._pages = OwnPages(parts, Face.PORTAL, lent=True)
        self._own = OwnPages(parts, Face.PORTAL)

    def routes(self) -> list[Route]:
        """The portal's own pages; plugins add theirs below `/portal/<plugin>`."""
        return [
            Route("/portal", self.home),
            Route(TASKS_URL, self.tasks),
            Route("/portal/help", self.help),
            Route("/portal/shops", self.shops),
            Route("/portal/shops", self.choose, methods=["POST"]),
            *KeptPortal(self._pages).routes(),
            *PluginPortal(self._own).routes(),
            *HelperPortal(self._own).routes(),
            *ShowingPortal(self._own).routes(),
        ]

    async def home(self, request: Request) -> Response:
        """What happened, and what to do."""
        return await self._pages.show(request, home)

    async def tasks(self, request: Request) -> Response:
        """All that can be done."""
        return await self._pages.show(request, tasks)

    async def help(self, request: Request) -> Response:
        """Whom to call."""
        return await self._pages.show(request, self._help)

    async def shops(self, request: Request) -> Response:
        """Which shop to work for."""
        return await self._pages.show(request, self._shops)

    async def _help(self, visit: Visit) -> Shown:
        helps = visit.visitor is not None and not visit.visitor.watching and await chances(visit.context.host, visit.visitor.person_id)
        return Shown(
            "portal/help.html",
            {
                "phone": visit.tenant.phone or None,
                "foundation": visit.tenant.name,
                # Of one's own: who is helped or shown a screen cannot show it on.
                "showing": {"action": SHOWING, "came_from": asked_from(visit)} if _is_own(visit) else None,
                "me_url": "/portal/me",
                "sessions_url": "/portal/sessions",
                "helpers_url": "/portal/helpers" if visit.context.shop_id and visit.context.actor.may(HELPERS_MANAGE) else None,
                "helping_url": HELPING if helps else None,
                "tokens_url": "/portal/tokens" if visit.context.actor.may(TOKENS_MAKE) else None,
                "plugins_url": "/portal/plugins" if visit.context.shop_id and visit.context.actor.may(PLUGINS_SHOP) else None,
            },
        )

    async def _shops(self, visit: Visit) -> Shown:
        return Shown("portal/shops.html", {"shops": await own_shops(visit), "action": "/portal/shops"})

    async def choose(self, request: Request) -> Response:
        """Work for another shop."""

        async def carry_out(visit: Visit, posted: dict[str, str]) -> str:
            choice = ShopChoice.model_validate_strings(posted)
            shop = next((one for one in visit.context.actor.shop_ids if str(one) == choice.shop_id), None)
            if shop is None or visit.visitor is None:
                raise not_found("shop")
            await choose_shop(Session(visit.context.unit), visit.visitor.session_id, shop)
            return "/portal"

        return await self._pages.command(request, carry_out)


def _is_own(visit: Visit) -> bool:
    return visit.visitor is not None and visit.visitor.limits is None


async def own_shops(visit: Visit) -> list[Values]:
    """The shops that the visitor works at, as one chooses among them."""
    reader = visit.context.reader
    rows = [await reader.shop_row(shop_id) for shop_id in sorted(visit.context.actor.shop_ids)]
    markets = {row.market_id: (await reader.market(row.market_id)).row.name for row in rows}
    return [
        {
            "id": str(row.id),
            "name": row.name,
            "place": f"{markets[row.market_id]} {row.stall}".strip(),
            "current": row.id == visit.context.shop_id,
        }
        for row in rows
    ]
