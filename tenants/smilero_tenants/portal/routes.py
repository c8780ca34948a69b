"""`/portal`: home, help, and which of one's shops to work for."""

from collections.abc import Callable
from functools import partial
from typing import NamedTuple

from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from smilero_core.db.session import Session
from smilero_core.identity.access import HELPERS_MANAGE, PLUGINS_SHOP, TOKENS_MAKE
from smilero_core.identity.helping import chances
from smilero_core.identity.sessions import choose_shop
from smilero_core.plugins.calling import ask_plugins, use_answer
from smilero_sdk.errors import not_found
from smilero_sdk.pages import Face, Form, HomePart, Tile
from smilero_tenants.faces.frames import face_path
from smilero_tenants.faces.own_pages import OwnPages, Shown, Values
from smilero_tenants.faces.parts import FaceParts
from smilero_tenants.faces.visit import HELPING, Visit
from smilero_tenants.portal.helpers import HelperPortal
from smilero_tenants.portal.plugins import PluginPortal

MOST_TILES = 6
_HOME = "provide_home"


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
            Route("/portal/help", self.help),
            Route("/portal/shops", self.shops),
            Route("/portal/shops", self.choose, methods=["POST"]),
            *PluginPortal(self._own).routes(),
            *HelperPortal(self._own).routes(),
        ]

    async def home(self, request: Request) -> Response:
        """What happened, and what to do."""
        return await self._pages.show(request, self._home)

    async def help(self, request: Request) -> Response:
        """Whom to call."""
        return await self._pages.show(request, self._help)

    async def shops(self, request: Request) -> Response:
        """Which shop to work for."""
        return await self._pages.show(request, self._shops)

    async def _home(self, visit: Visit) -> Shown:
        """What the plugins have to say and to offer: the first sentence, the first main task, at most six tiles."""
        answers = await ask_plugins(visit.context, _HOME, HomePart, at=visit.context.shop_id)
        drawn = [
            part for plugin, answer in answers if (part := use_answer(visit.context, plugin, _HOME, partial(_part, visit, plugin, answer)))
        ]
        sentence = next((part.sentence for part in drawn if part.sentence), None)
        primary = next((part.primary for part in drawn if part.primary), None)
        tiles = [tile for part in drawn for tile in part.tiles]
        paused = _paused(visit)
        values: Values = {
            "sentence": sentence or visit.parts.templates.sentence(visit.context.language, "portal.home.welcome"),
            "detail_url": None,
            "primary": primary,
            "tiles": tiles[:MOST_TILES],
            "paused": paused,
            "empty": not (primary or tiles or paused),
            "print_url": "/portal/print" if visit.context.shop_id else None,
        }
        return Shown("portal/home.html", values)

    async def _help(self, visit: Visit) -> Shown:
        helps = visit.visitor is not None and await chances(visit.context.host, visit.visitor.person_id)
        return Shown(
            "portal/help.html",
            {
                "phone": visit.tenant.phone or None,
                "foundation": visit.tenant.name,
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


class _Part(NamedTuple):
    """What a plugin has for the home page, ready to be shown."""

    sentence: Markup | None
    primary: Values | None
    tiles: list[Values]


def _part(visit: Visit, plugin: str, given: HomePart) -> _Part:
    said = visit.parts.templates.sentence(visit.context.language, given.sentence, **given.values) if given.sentence else None
    primary = _tile(visit, plugin, given.primary) if given.primary else None
    return _Part(said, primary, [_tile(visit, plugin, tile) for tile in given.tiles])


def _paused(visit: Visit) -> str | None:
    """A plain line about the plugins that would have something here, and are resting or have just failed."""
    context, host = visit.context, visit.parts.host
    halted = context.plugins.resting | context.patience.left_out
    names = [host.title(one.plugin, context.language) for one in host.calls(_HOME, halted)]
    return context.text("portal.home.paused", names=", ".join(names)) if names else None


def _tile(visit: Visit, plugin: str, tile: Tile) -> Values:
    return {
        "label": visit.context.text(tile.label),
        "url": face_path(Face.PORTAL, plugin, tile.path),
        "icon": tile.icon,
        "note": visit.context.text(tile.note) if tile.note else None,
    }
