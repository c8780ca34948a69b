"""`/console/shops`: every shop, and what each does without."""

from typing import Annotated
from uuid import UUID

from pydantic import Field
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from smilero_core.identity.access import PEOPLE_MANAGE, PLUGINS_SHOP
from smilero_core.plugins.opting import ShopSwitches
from smilero_core.registry.categories import Category
from smilero_core.registry.models import ShopRow
from smilero_sdk.errors import Problem
from smilero_sdk.ids import uuid7
from smilero_sdk.pages import Face, Form
from smilero_tenants.faces.frames import shop_page
from smilero_tenants.faces.own_pages import OwnPages, Shown, Values
from smilero_tenants.faces.switches import Switch, title_of
from smilero_tenants.faces.visit import Visit

PAGE_SIZE = 50


class ShopSearch(Form):
    """Which shops."""

    q: Annotated[str, Field(max_length=60)] = ""
    market: UUID | None = None
    page: Annotated[int, Field(ge=1, le=100_000)] = 1


class ShopConsole:
    """The pages about shops."""

    def __init__(self, pages: OwnPages) -> None:
        self._pages = pages

    def routes(self) -> list[Route]:
        """Their addresses."""
        return [
            Route("/console/shops", self.shops),
            Route("/console/shops/{shop_id:uuid}/plugins", self.plugins),
            Route("/console/shops/{shop_id:uuid}/plugins/{name}", self.switch, methods=["POST"]),
        ]

    async def shops(self, request: Request) -> Response:
        """Every shop, found by name, goods or market."""
        return await self._pages.show(request, self._shops)

    async def plugins(self, request: Request) -> Response:
        """What one shop has on."""
        return await self._pages.show(request, self._plugins)

    async def switch(self, request: Request) -> Response:
        """Do with or without a plugin, for a shop that asked for it."""

        async def carry_out(visit: Visit, posted: dict[str, str]) -> Shown | str:
            visit.require(PLUGINS_SHOP)
            wanted = Switch.model_validate_strings(posted)
            shop_id = (await visit.context.reader.shop_row(request.path_params["shop_id"])).id
            try:
                await ShopSwitches(visit.context, shop_id).switch(request.path_params["name"], enabled=wanted.enabled)
            except Problem as problem:
                if problem.code != "plugins.needed_here":
                    raise
                return await self._plugins(visit, problem)
            return f"/console/shops/{shop_id}/plugins"

        return await self._pages.command(request, carry_out)

    async def _plugins(self, visit: Visit, refused: Problem | None = None) -> Shown:
        visit.require(PLUGINS_SHOP)
        shop_id: UUID = visit.request.path_params["shop_id"]
        row = await visit.context.reader.shop_row(shop_id)
        market = (await visit.context.reader.market(row.market_id)).row.name
        switches = ShopSwitches(visit.context, shop_id)
        here = f"/console/shops/{shop_id}/plugins"
        plugins = [
            {
                "title": title_of(plugin, visit.context.language),
                "icon": plugin.icon,
                "description": plugin.description.get(visit.context.language) or plugin.description["ko"],
                "enabled": switches.has(plugin.name),
                "action": f"{here}/{plugin.name}",
                "key": str(uuid7()),
                "settings_url": f"{here}/{plugin.name}/settings" if plugin.shop_settings and switches.has(plugin.name) else None,
            }
            for plugin in switches.plugins()
        ]
        values: Values = {
            "shop": {"name": row.name, "place": f"{market} {row.stall}".strip()},
            "plugins": plugins,
            "alert": visit.context.text(refused.code, **refused.params) if refused else None,
            "back_url": "/console/shops",
        }
        return Shown("console/shop_plugins.html", values, refused.status if refused else 200)

    async def _shops(self, visit: Visit) -> Shown:
        # A form sends its empty fields too: "every market" comes as market=.
        search = ShopSearch.model_validate_strings({name: value for name, value in visit.request.query_params.items() if value})
        reader = visit.context.reader
        markets = {market.row.id: market.row.name for market in await reader.markets()}
        rows, total = await reader.search(search.q, search.market, offset=(search.page - 1) * PAGE_SIZE, limit=PAGE_SIZE)
        pages = max(1, -(-total // PAGE_SIZE))
        values: Values = {
            "q": search.q,
            "markets": [{"id": str(key), "name": name, "selected": key == search.market} for key, name in markets.items()],
            "rows": [_row(visit, row, markets[row.market_id]) for row in rows],
            "total": total,
            "invitations_url": "/console/invitations" if visit.context.actor.may(PEOPLE_MANAGE) else None,
            "page": search.page,
            "pages": pages,
            "prev_url": _page_url(visit.request, search.page - 1) if search.page > 1 else None,
            "next_url": _page_url(visit.request, search.page + 1) if search.page < pages else None,
        }
        return Shown("console/shops.html", values)


def _row(visit: Visit, row: ShopRow, market: str) -> Values:
    without = sum(row.id in shops for shops in visit.context.plugins.without.values())
    return {
        "name": row.name,
        "url": shop_page(visit.context, Face.PUBLIC, row.id, row.name),
        "stall": row.stall,
        "category": row.goods or Category(row.category).label(visit.parts.catalogue, visit.context.language),
        "market": market,
        "status_tone": "on" if row.status == "open" else "off",
        "status_text": visit.context.text(f"console.shops.status.{row.status}"),
        "plugins_url": f"/console/shops/{row.id}/plugins",
        "people_url": f"/console/shops/{row.id}/people" if visit.context.actor.may(PEOPLE_MANAGE) else None,
        "plugins_text": visit.context.text("console.shops.without", count=without)
        if without
        else visit.context.text("console.shops.all_on"),
    }


def _page_url(request: Request, page: int) -> str:
    return str(request.url.include_query_params(page=page).replace(scheme="", netloc=""))
