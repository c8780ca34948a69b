"""`/portal`: home, help, and which of one's shops to work for."""

from collections.abc import Awaitable, Callable
from http import HTTPStatus

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from smilero_core.db.session import Session
from smilero_core.identity.sessions import choose_shop
from smilero_core.plugins.calling import ask_plugins
from smilero_sdk.errors import not_found
from smilero_sdk.pages import Face, Form, HomePart, Tile
from smilero_tenants.faces.frames import face_path
from smilero_tenants.faces.parts import FaceParts
from smilero_tenants.faces.show import Shown, show
from smilero_tenants.faces.visit import SignInNeeded, Visit, to_sign_in, visiting

MOST_TILES = 6
_HOME = "provide_home"

Values = dict[str, object]


class ShopChoice(Form):
    """Which shop."""

    shop_id: str


class PortalPages:
    """Handlers of one application.

    Args:
        parts: gives the running application, which exists only once it has started.
    """

    def __init__(self, parts: Callable[[], FaceParts]) -> None:
        self._parts = parts

    def routes(self) -> list[Route]:
        """The portal's own pages; plugins add theirs below `/portal/<plugin>`."""
        return [
            Route("/portal", self.home),
            Route("/portal/help", self.help),
            Route("/portal/shops", self.shops),
            Route("/portal/shops", self.choose, methods=["POST"]),
        ]

    async def home(self, request: Request) -> Response:
        """What happened, and what to do."""
        return await self._show(request, self._home)

    async def help(self, request: Request) -> Response:
        """Whom to call."""
        return await self._show(request, self._help)

    async def shops(self, request: Request) -> Response:
        """Which shop to work for."""
        return await self._show(request, self._shops)

    async def _show(self, request: Request, answer: Callable[[Visit], Awaitable[Shown]]) -> Response:
        return await show(self._parts(), request, Face.PORTAL, answer)

    async def _home(self, visit: Visit) -> Shown:
        """What the plugins have to say and to offer: the first sentence, the first main task, at most six tiles."""
        answers = await ask_plugins(visit.context, _HOME, HomePart)
        sentence = next(((plugin, part) for plugin, part in answers if part.sentence), None)
        primary = next(((plugin, part.primary) for plugin, part in answers if part.primary), None)
        tiles = [_tile(visit, plugin, tile) for plugin, part in answers for tile in part.tiles]
        said = visit.parts.templates.sentence(
            visit.context.language,
            (sentence[1].sentence or "") if sentence else "portal.home.welcome",
            **(sentence[1].values if sentence else {}),
        )
        values: Values = {
            "sentence": said,
            "detail_url": None,
            "primary": _tile(visit, *primary) if primary else None,
            "tiles": tiles[:MOST_TILES],
            "empty": not (primary or tiles),
            "print_url": "/portal/print" if visit.context.shop_id else None,
        }
        return "portal/home.html", values

    async def _help(self, visit: Visit) -> Shown:
        return "portal/help.html", {"phone": visit.tenant.phone or None, "foundation": visit.tenant.name}

    async def _shops(self, visit: Visit) -> Shown:
        reader = visit.context.reader
        rows = [await reader.shop_row(shop_id) for shop_id in sorted(visit.context.actor.shop_ids)]
        markets = {row.market_id: (await reader.market(row.market_id)).row.name for row in rows}
        shops = [
            {
                "id": str(row.id),
                "name": row.name,
                "place": f"{markets[row.market_id]} {row.stall}".strip(),
                "current": row.id == visit.context.shop_id,
            }
            for row in rows
        ]
        return "portal/shops.html", {"shops": shops, "action": "/portal/shops"}

    async def choose(self, request: Request) -> Response:
        """Work for another shop."""
        choice = ShopChoice.model_validate_strings({name: str(value) for name, value in (await request.form()).items()})
        try:
            async with visiting(self._parts(), request, Face.PORTAL, read_only=False) as visit:
                visit.require_role()
                shop = next((one for one in visit.context.actor.shop_ids if str(one) == choice.shop_id), None)
                if shop is None or visit.visitor is None:
                    raise not_found("shop")
                await choose_shop(Session(visit.context.unit), visit.visitor.session_id, shop)
        except SignInNeeded:
            return to_sign_in(request, Face.PORTAL)
        return RedirectResponse("/portal", HTTPStatus.SEE_OTHER)


def _tile(visit: Visit, plugin: str, tile: Tile) -> Values:
    return {
        "label": visit.context.text(tile.label),
        "url": face_path(Face.PORTAL, plugin, tile.path),
        "icon": tile.icon,
        "note": visit.context.text(tile.note) if tile.note else None,
    }
