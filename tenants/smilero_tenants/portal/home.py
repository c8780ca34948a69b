"""What the plugins have for the portal's home: yesterday in a sentence, one blue button, six tiles, and the page behind them with all."""

from collections.abc import Iterable, Sequence
from functools import partial
from itertools import chain, zip_longest
from typing import NamedTuple

from markupsafe import Markup

from smilero_core.plugins.calling import ask_plugins, use_answer
from smilero_sdk.pages import Face, HomePart, Tile
from smilero_tenants.faces.frames import face_path
from smilero_tenants.faces.kept import page_headers
from smilero_tenants.faces.own_pages import Shown, Values
from smilero_tenants.faces.visit import Visit

MOST_TILES = 6
TASKS_URL = "/portal/tasks"
_HOOK = "provide_home"


class Part(NamedTuple):
    """What one plugin has, ready to be shown."""

    sentence: Markup | None
    detail_url: str | None
    primary: Values | None
    tiles: list[Values]


async def home(visit: Visit) -> Shown:
    """The first sentence, the first main task, and at most six tiles; what does not fit is one tap further."""
    parts = await _parts(visit)
    said = next((part for part in parts if part.sentence), None)
    primary, groups = _tasks(parts)
    tiles, paused = shown_first(groups), _paused(visit)
    hidden = [tile for tile in chain(*groups) if tile not in tiles]
    values: Values = {
        "sentence": said.sentence if said else visit.parts.templates.sentence(visit.context.language, "portal.home.welcome"),
        "detail_url": said.detail_url if said else None,
        "primary": primary,
        "tiles": tiles,
        "more": {"url": TASKS_URL, "count": len(hidden), "waiting": any(tile["note"] for tile in hidden)} if hidden else None,
        "paused": paused,
        "empty": not (primary or tiles or paused),
        "print_url": "/portal/print" if visit.context.shop_id else None,
    }
    return Shown("portal/home.html", values, headers=page_headers(visit))


async def tasks(visit: Visit) -> Shown:
    """Everything that can be done, also what the home page has no room for."""
    primary, groups = _tasks(await _parts(visit))
    return Shown("portal/tasks.html", {"tiles": [*([primary] if primary else []), *chain(*groups)], "back_url": "/portal"})


def shown_first(groups: Sequence[Sequence[Values]]) -> list[Values]:
    """Six tiles in the order of the plugins; where there are more, each plugin's first before any plugin's second."""
    by_turns: Iterable[Values | None] = chain(*zip_longest(*groups))
    first = [tile for tile in by_turns if tile is not None][:MOST_TILES]
    return [tile for tile in chain(*groups) if tile in first]


def _tasks(parts: Sequence[Part]) -> tuple[Values | None, list[list[Values]]]:
    """The blue button, and the tiles by plugin. A page has one such button: another plugin's main task is its first tile."""
    chosen = next((part for part in parts if part.primary), None)
    groups = [[part.primary, *part.tiles] if part.primary and part is not chosen else part.tiles for part in parts]
    return (chosen.primary if chosen else None), groups


async def _parts(visit: Visit) -> list[Part]:
    answers = await ask_plugins(visit.context, _HOOK, HomePart, at=visit.context.shop_id)
    drawn = [use_answer(visit.context, plugin, _HOOK, partial(_part, visit, plugin, answer)) for plugin, answer in answers]
    return [part for part in drawn if part]


def _part(visit: Visit, plugin: str, given: HomePart) -> Part:
    said = visit.parts.templates.sentence(visit.context.language, given.sentence, **given.values) if given.sentence else None
    detail = face_path(Face.PORTAL, plugin, given.detail) if given.detail else None
    primary = _tile(visit, plugin, given.primary) if given.primary else None
    return Part(said, detail, primary, [_tile(visit, plugin, tile) for tile in given.tiles])


def _paused(visit: Visit) -> str | None:
    """A plain line about the plugins that would have something here, and are resting or have just failed."""
    context, host = visit.context, visit.parts.host
    halted = context.plugins.resting | context.patience.left_out
    names = [host.title(one.plugin, context.language) for one in host.calls(_HOOK, halted)]
    return context.text("portal.home.paused", names=", ".join(names)) if names else None


def _tile(visit: Visit, plugin: str, tile: Tile) -> Values:
    return {
        "label": visit.context.text(tile.label),
        "url": face_path(Face.PORTAL, plugin, tile.path),
        "icon": tile.icon,
        "note": visit.context.text(tile.note) if tile.note else None,
    }
