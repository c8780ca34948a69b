"""The frame that a page stands in: menus from the plugins that are on, the shop that is worked for, whom to call."""

from collections.abc import Iterable, Iterator
from urllib.parse import urlencode
from uuid import UUID

from smilero_core.identity.access import (
    AUDIT_READ,
    FOUNDATION_MANAGE,
    LOGINS_MANAGE,
    PEOPLE_MANAGE,
    PLUGINS_READ,
    PROGRAMS_MANAGE,
    RIGHTS_MANAGE,
    SCREENS_WATCH,
    TOKENS_MAKE,
)
from smilero_core.plugins.context import Context
from smilero_core.registry.categories import Category
from smilero_sdk.context import Tenant
from smilero_sdk.pages import Face, MenuItem
from smilero_tenants.faces.kept import keeping
from smilero_tenants.faces.screens import screen_bars
from smilero_tenants.faces.todos import numbers
from smilero_tenants.faces.undoing import newest_undo
from smilero_tenants.faces.visit import HELPING, SCREENS, Visit

View = dict[str, object]
# The label, the address, the picture, and what one must be allowed.
_Place = tuple[str, str, str, str | None]
# Around the entries of the plugins on the console's menu.
DAILY: tuple[_Place, ...] = (
    ("console.menu.shops", "/console/shops", "store", None),
    ("personal.console.menu", "/console/people", "search", PEOPLE_MANAGE),
    ("screens.menu", SCREENS, "headset", SCREENS_WATCH),
    ("console.menu.members", "/console/members", "users", PEOPLE_MANAGE),
)
SELDOM: tuple[_Place, ...] = (
    ("console.menu.plugins", "/console/plugins", "toggle-right", PLUGINS_READ),
    ("console.menu.colleagues", "/console/colleagues", "users", PEOPLE_MANAGE),
    ("console.menu.rights", "/console/rights", "user-cog", RIGHTS_MANAGE),
    ("console.menu.logins", "/console/logins", "log-in", LOGINS_MANAGE),
    ("console.menu.programs", "/console/programs", "globe", PROGRAMS_MANAGE),
    ("console.menu.foundation", "/console/foundation", "settings", FOUNDATION_MANAGE),
    ("console.menu.audit", "/console/audit", "notebook-pen", AUDIT_READ),
)
# What is the visitor's own, folded under the name.
OWN: tuple[_Place, ...] = (
    ("console.menu.factors", "/console/factors", "fingerprint-pattern", None),
    ("console.menu.tokens", "/console/tokens", "key-round", TOKENS_MAKE),
)

_BAR = 3

# Where somebody chooses among everything that is one's own.
SWITCH_URL = "/switch"

# A plugin with this page on the public face is where a shop is shown.
_SHOP_PAGE = "/shops/{shop_id}"


def face_path(face: Face, plugin: str, path: str) -> str:
    """The address of a plugin's page on a face."""
    prefix = "" if face is Face.PUBLIC else f"/{face.value}"
    return f"{prefix}/{plugin}{path}"


def approval_path(face: Face, approval_id: UUID) -> str:
    """Where somebody sees what became of a command that needs two people."""
    return f"/{face.value}/approvals/{approval_id}"


def shop_page(context: Context, face: Face, shop_id: UUID, name: str) -> str | None:
    """Where a shop is seen: on the page of a plugin that is on and has one; else the console has its list of shops."""
    for plugin in sorted(context.plugins.open - context.plugins.resting):
        pages = context.services.host.declared[plugin].pages
        if any(page.face is Face.PUBLIC and page.path == _SHOP_PAGE for page in pages):
            return face_path(Face.PUBLIC, plugin, _SHOP_PAGE.format(shop_id=shop_id))
    return f"/console/shops?{urlencode({'q': name})}" if face is Face.CONSOLE else None


def site(tenant: Tenant) -> View:
    """The frame of every page of a foundation."""
    return {"name": tenant.name, "seal": tenant.seal, "phone": tenant.phone or None, "me_url": "/me", "source": None}


async def frame(visit: Visit) -> View:
    """The frame's values for the visited face; `look_url` and `site` with them, for whom a helper acts, and whose screen is shown."""
    shown: View = {"site": site(visit.tenant), "look_url": "/look.css"}
    if visit.face is Face.PORTAL:
        ways: View = {"sign_out_url": "/sign-out", "search_url": "/portal/search", "switch_url": SWITCH_URL}
        if visit.visitor and visit.visitor.watching:
            # Who is shown her screen is neither signed out nor led elsewhere by it.
            ways |= {"sign_out_url": None, "switch_url": None}
        shown["frame"] = {"shop": await _shop(visit), "bar": await _bar(visit), "undo": await _undo(visit), "kept": keeping(visit), **ways}
    elif visit.face is Face.CONSOLE:
        person = visit.visitor.name if visit.visitor else ""
        ways = {"sign_out_url": "/sign-out", "switch_url": SWITCH_URL, "sessions_url": "/console/sessions"}
        shown["frame"] = {"menu": await _console_menu(visit), "person": person, **ways}
    elif visit.visitor:
        # Customers alone have their list on the public face; others find theirs behind the switch.
        shown["me"] = {"switch_url": SWITCH_URL, "sessions_url": "/sessions" if visit.visitor.actor else None}
    shown["screens"] = await screen_bars(visit)
    if visit.visitor and visit.visitor.helping:
        shown["acting"] = {"text": visit.context.text("helping.acting", name=visit.visitor.helping.merchant), "end": f"{HELPING}/end"}
    return shown


async def _shop(visit: Visit) -> View | None:
    if visit.context.shop_id is None:
        return None
    shop = await visit.context.reader.shop_row(visit.context.shop_id)
    market = await visit.context.reader.market(shop.market_id)
    label = Category(shop.category).label(visit.parts.catalogue, visit.context.language)
    return {"name": shop.name, "seal": label[:1], "place": f"{market.row.name} {shop.stall}".strip()}


async def _undo(visit: Visit) -> View | None:
    """The bar by which the last step is taken back, while it can be."""
    found = await newest_undo(visit)
    if found is None:
        return None
    plugin, shown = found
    return {**shown, "action": face_path(Face.PORTAL, plugin, str(shown["path"]))}


async def _bar(visit: Visit) -> list[View]:
    """Three fixed places at the bottom: home, the first task of a plugin, help."""
    entries = [_entry(visit, item, plugin) for plugin, item in await _items(visit)][: _BAR - 2]
    home = _place(visit, "portal.bar.home", "/portal", "house")
    return [home, *entries, _place(visit, "portal.bar.help", "/portal/help", "headset")]


async def _console_menu(visit: Visit) -> list[View]:
    work, *others = await console_places(visit)
    waiting = (await numbers(visit.context)).all + visit.parts.todos.of(visit.context)
    return [work | {"count": waiting or None}, *others]


async def console_places(visit: Visit) -> list[View]:
    """All places of the console's menu that the visitor may go to: `label`, `url`, `part` of the menu and more; what waits first."""
    work = _place(visit, "console.menu.work", "/console/work", "inbox")
    plugins = [_entry(visit, item, plugin) for plugin, item in await _items(visit)]
    return [work, *_places(visit, DAILY), *plugins, *_places(visit, SELDOM, "seldom"), *_places(visit, OWN, "own")]


def _places(visit: Visit, places: Iterable[_Place], part: str = "") -> list[View]:
    """Those that the visitor may go to."""
    actor = visit.context.caller
    return [
        _place(visit, label, url, icon) | {"part": part}
        for label, url, icon, permission in places
        if permission is None or (actor is not None and actor.may(permission))
    ]


async def _items(visit: Visit) -> list[tuple[str, MenuItem]]:
    """The menu entries of the plugins that are on, as far as the visitor holds their permissions."""
    actor = visit.context.caller
    enabled = visit.context.plugins.open_at(visit.context.shop_id if visit.face is Face.PORTAL else None)
    return [(plugin, item) for plugin, item in _declared(visit) if plugin in enabled and actor and actor.may(item.permission)]


def _declared(visit: Visit) -> Iterator[tuple[str, MenuItem]]:
    for plugin, items in visit.parts.host.menus.items():
        yield from ((plugin, item) for item in items if item.face is visit.face)


def _entry(visit: Visit, item: MenuItem, plugin: str) -> View:
    return _place(visit, item.label, face_path(item.face, plugin, item.path), item.icon)


def _place(visit: Visit, label: str, url: str, icon: str) -> View:
    path = visit.request.url.path
    # At a desk one stays in a place while going deeper; on the phone the bar stands below the three first pages only.
    current = path == url or (visit.face is Face.CONSOLE and path.startswith(f"{url}/"))
    return {"label": visit.context.text(label), "url": url, "icon": icon, "current": current, "count": None, "part": ""}
