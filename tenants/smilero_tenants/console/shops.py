"""`/console/shops`: every shop, and what each does without."""

from typing import TYPE_CHECKING

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from smilero_core.identity.access import PLUGINS_SHOP
from smilero_core.plugins.opting import ShopSwitches
from smilero_sdk.errors import Problem
from smilero_sdk.i18n import in_language
from smilero_sdk.ids import uuid7
from smilero_tenants.console.shop_table import SHOPS
from smilero_tenants.faces.own_pages import OwnPages, Shown, Values
from smilero_tenants.faces.switches import Switch, title_of
from smilero_tenants.faces.visit import Visit
from smilero_tenants.tables.desk import TableDesk

if TYPE_CHECKING:
    from uuid import UUID


class ShopConsole:
    """The pages about shops."""

    def __init__(self, pages: OwnPages) -> None:
        self._pages = pages

    def routes(self) -> list[Route]:
        """Their addresses."""
        return [
            *TableDesk(self._pages, SHOPS).routes(),
            Route("/console/shops/{shop_id:uuid}/plugins", self.plugins),
            Route("/console/shops/{shop_id:uuid}/plugins/{name}", self.switch, methods=["POST"]),
        ]

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
                "description": in_language(plugin.description, visit.context.language),
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
