"""The public pages of a foundation."""

from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Protocol

from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from smilero_core.db.database import Database
from smilero_core.db.unit import UnitOfWork
from smilero_core.plugins.context import Context
from smilero_core.plugins.fragments import shop_fragments
from smilero_core.plugins.gate import PluginGate
from smilero_core.plugins.host import PluginHost
from smilero_core.registry.calendar import kst_today
from smilero_core.registry.reading import Market, as_shop
from smilero_sdk.context import Tenant
from smilero_sdk.i18n import Catalogue
from smilero_sdk.pages import View
from smilero_tenants.public.views import PublicViews, address, market_url

if TYPE_CHECKING:
    from uuid import UUID

_LONGEST_QUERY = 60


class Renderer(Protocol):
    """How a template becomes a page."""

    def render(self, name: str, language: str, /, **context: object) -> str:
        """The whole page."""

    def fragment(self, name: str, language: str, /, **context: object) -> Markup:
        """A part of one."""


class PublicParts(Protocol):
    """What the pages need of the running application."""

    @property
    def database(self) -> Database:
        """The pools."""

    @property
    def catalogue(self) -> Catalogue:
        """Every sentence."""

    @property
    def templates(self) -> Renderer:
        """Every page."""

    @property
    def gate(self) -> PluginGate:
        """Which plugins are on."""

    @property
    def host(self) -> PluginHost:
        """Which plugins there are."""


class PublicPages:
    """Handlers of one application.

    Args:
        parts: gives the running application, which exists only once it has started.
    """

    def __init__(self, parts: Callable[[], PublicParts]) -> None:
        self._parts = parts

    def routes(self) -> list[Route]:
        """A market's and a shop's page; the front page shares its address with the platform's, so the application mounts it."""
        return [Route("/markets/{market_id:uuid}", self.market), Route("/shops/{shop_id:uuid}", self.shop)]

    async def home(self, request: Request) -> Response:
        """Which markets are open today."""
        async with self._unit(request) as unit:
            markets = await self._context(request, unit).reader.markets()
        view = self._views(request).home(markets, _query(request))
        return self._page(request, "public/home.html", markets, view)

    async def market(self, request: Request) -> Response:
        """One market and its shops."""
        market_id: UUID = request.path_params["market_id"]
        async with self._unit(request) as unit:
            reader = self._context(request, unit).reader
            market, shops = await reader.market(market_id), await reader.shops_of(market_id)
        views, query = self._views(request), _query(request)
        view = {"market": views.market(market), "categories": views.categories(shops, query), "q": query}
        return self._page(request, "public/market.html", [market], view)

    async def shop(self, request: Request) -> Response:
        """One shop, and what the enabled plugins show of it."""
        enabled = await self._parts().gate.open_for(_tenant(request).id)
        async with self._unit(request) as unit:
            context = self._context(request, unit)
            shop = await context.reader.shop_row(request.path_params["shop_id"])
            market = await context.reader.market(shop.market_id)
            fragments = await shop_fragments(self._parts().host, enabled, context, as_shop(shop, market.row))
        view = {
            "shop": self._views(request).shop(shop, market),
            "market": {
                "name": market.row.name,
                "url": market_url(market.row),
                "phone": market.row.phone or None,
                "address": address(market.row),
            },
            "slots": [self._fragment(request, fragment) for fragment in fragments],
        }
        return self._page(request, "public/shop.html", [market], view)

    def _page(self, request: Request, template: str, markets: list[Market], view: Mapping[str, object]) -> Response:
        shown = site(_tenant(request), markets)
        page = self._parts().templates.render(template, request.state.language, site=shown, look_url="/look.css", **view)
        return HTMLResponse(page, headers={"Content-Language": request.state.language, "Vary": "Accept-Language"})

    def _fragment(self, request: Request, fragment: View) -> Markup:
        return self._parts().templates.fragment(fragment.template, request.state.language, **fragment.context)

    def _unit(self, request: Request) -> UnitOfWork:
        return self._parts().database.unit(_tenant(request).id, read_only=True)

    def _context(self, request: Request, unit: UnitOfWork) -> Context:
        return Context(_tenant(request), request.state.language, unit, self._parts().catalogue)

    def _views(self, request: Request) -> PublicViews:
        return PublicViews(self._parts().catalogue, request.state.language, _today())


def site(tenant: Tenant, markets: list[Market]) -> dict[str, object]:
    """The frame of a foundation's pages: its name, seal and number, and where the figures come from."""
    dated = [market.row for market in markets if market.row.data_date and market.row.provider]
    newest = max(dated, key=lambda row: row.data_date or date.min, default=None)
    source = {"name": newest.provider, "date": newest.data_date} if newest else None
    return {"name": tenant.name, "seal": tenant.seal, "phone": tenant.phone or None, "source": source}


def _tenant(request: Request) -> Tenant:
    tenant: Tenant = request.state.tenant
    return tenant


def _query(request: Request) -> str:
    return request.query_params.get("q", "").strip()[:_LONGEST_QUERY]


def _today() -> date:
    return kst_today(datetime.now(UTC))
