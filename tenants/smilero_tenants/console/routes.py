"""`/console`: plugins on and off, markets and shops."""

from collections.abc import Awaitable, Callable
from http import HTTPStatus
from typing import Annotated
from uuid import UUID

from pydantic import Field
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from smilero_core.plugins.switching import Switchboard
from smilero_core.registry.categories import Category
from smilero_sdk.errors import Problem
from smilero_sdk.ids import uuid7
from smilero_sdk.pages import Face, Form
from smilero_sdk.roles import Role
from smilero_tenants.faces.frames import shop_page
from smilero_tenants.faces.parts import FaceParts
from smilero_tenants.faces.show import Shown, show
from smilero_tenants.faces.visit import SignInNeeded, Visit, to_sign_in, visiting

PAGE_SIZE = 50

Values = dict[str, object]


class Switch(Form):
    """On or off: the state that is wanted, so that a double tap does not undo itself."""

    enabled: bool
    idempotency_key: str = ""


class ShopSearch(Form):
    """Which shops."""

    q: Annotated[str, Field(max_length=60)] = ""
    market: UUID | None = None
    page: Annotated[int, Field(ge=1, le=100_000)] = 1


class ConsolePages:
    """Handlers of one application.

    Args:
        parts: gives the running application, which exists only once it has started.
    """

    def __init__(self, parts: Callable[[], FaceParts]) -> None:
        self._parts = parts

    def routes(self) -> list[Route]:
        """The console's own pages; plugins add theirs below `/console/<plugin>`."""
        return [
            Route("/console", self.home),
            Route("/console/plugins", self.plugins),
            Route("/console/plugins/{name}", self.switch, methods=["POST"]),
            Route("/console/shops", self.shops),
        ]

    async def home(self, _: Request) -> Response:
        """The first page is what staff look at most."""
        return RedirectResponse("/console/shops", HTTPStatus.SEE_OTHER)

    async def plugins(self, request: Request) -> Response:
        """What is installed, and what is on."""
        return await self._show(request, self._plugins)

    async def shops(self, request: Request) -> Response:
        """Every shop, found by name, goods or market."""
        return await self._show(request, self._shops)

    async def switch(self, request: Request) -> Response:
        """Switch a plugin on or off, here at once and everywhere within five seconds."""
        wanted = Switch.model_validate_strings({name: str(value) for name, value in (await request.form()).items()})
        name: str = request.path_params["name"]
        try:
            async with visiting(self._parts(), request, Face.CONSOLE, read_only=False) as visit:
                visit.require_role()
                if visit.context.actor.role is not Role.OWNER:
                    raise Problem("http.forbidden", HTTPStatus.FORBIDDEN)
                board = Switchboard(visit.context)
                await (board.enable if wanted.enabled else board.disable)(name)
                tenant_id = visit.tenant.id
        except SignInNeeded:
            return to_sign_in(request, Face.CONSOLE)
        self._parts().gate.forget(tenant_id)
        return RedirectResponse("/console/plugins", HTTPStatus.SEE_OTHER)

    async def _show(self, request: Request, answer: Callable[[Visit], Awaitable[Shown]]) -> Response:
        return await show(self._parts(), request, Face.CONSOLE, answer)

    async def _plugins(self, visit: Visit) -> Shown:
        enabled = visit.context.plugins.open
        language = visit.context.language
        rows = [
            {
                "name": plugin.name,
                "title": plugin.title.get(language) or plugin.title["ko"],
                "description": plugin.description.get(language) or plugin.description["ko"],
                "icon": plugin.icon,
                "data_classes": [visit.context.text(f"console.data.{name}") for name in plugin.data_classes],
                "price_text": visit.context.text("console.plugins.free"),
                "month_text": None,
                "enabled": plugin.name in enabled,
                "action": f"/console/plugins/{plugin.name}" if visit.context.actor.role is Role.OWNER else None,
                "key": str(uuid7()),
                "health": None,
            }
            for plugin in visit.parts.host.plugins.values()
        ]
        return "console/plugins.html", {"plugins": rows, "notice": None}

    async def _shops(self, visit: Visit) -> Shown:
        # A form sends its empty fields too: "every market" comes as market=.
        search = ShopSearch.model_validate_strings({name: value for name, value in visit.request.query_params.items() if value})
        reader = visit.context.reader
        markets = {market.row.id: market.row.name for market in await reader.markets()}
        rows, total = await reader.search(search.q, search.market, offset=(search.page - 1) * PAGE_SIZE, limit=PAGE_SIZE)
        pages = max(1, -(-total // PAGE_SIZE))
        shown = [
            {
                "name": row.name,
                "url": shop_page(visit.context, Face.PUBLIC, row.id, row.name),
                "stall": row.stall,
                "category": row.goods or Category(row.category).label(visit.parts.catalogue, visit.context.language),
                "market": markets[row.market_id],
                "status_tone": "on" if row.status == "open" else "off",
                "status_text": visit.context.text(f"console.shops.status.{row.status}"),
            }
            for row in rows
        ]
        values: Values = {
            "q": search.q,
            "markets": [{"id": str(key), "name": name, "selected": key == search.market} for key, name in markets.items()],
            "rows": shown,
            "total": total,
            "page": search.page,
            "pages": pages,
            "prev_url": _page_url(visit.request, search.page - 1) if search.page > 1 else None,
            "next_url": _page_url(visit.request, search.page + 1) if search.page < pages else None,
        }
        return "console/shops.html", values


def _page_url(request: Request, page: int) -> str:
    return str(request.url.include_query_params(page=page).replace(scheme="", netloc=""))
