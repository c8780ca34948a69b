"""All that the console has, by its name, for whoever may open it: its places, shops, people, markets, features, and plugins' own."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from smilero_core.identity.access import PEOPLE_MANAGE, PLUGINS_READ
from smilero_sdk.finding import weight
from smilero_tenants.faces.frames import console_places
from smilero_tenants.faces.visit import Visit
from smilero_tenants.personal.handing import finder
from smilero_tenants.search.asking import MOST, Hit, find

# A telephone number or the end of one. It stands in no address, which others keep; four digits are also a stall or an amount.
_NUMBER = re.compile(r"[\d\s()+.-]+")
_SHORTEST = 4


@dataclass(frozen=True)
class Section:
    """What was found in one place, the best first; `title` says where."""

    title: str
    hits: Sequence[Hit]


def is_number(text: str) -> bool:
    """Whether somebody may be meant by a telephone number or its last four digits."""
    return bool(_NUMBER.fullmatch(text)) and sum(letter.isdigit() for letter in text) >= _SHORTEST


async def find_everything(visit: Visit, text: str, *, people: bool) -> list[Section]:
    """What fits, in the order in which staff look for things; a section for each place where something does.

    Args:
        people: whether people are looked for as well.
    """
    found = await find(visit.context, visit.face, text)
    say = visit.context.text
    sections = [
        Section(say("search.places"), _best(text, await _places(visit))),
        Section(say("search.shops"), found.shops),
        Section(say("search.people"), await _people(visit, text) if people else ()),
        Section(say("search.markets"), _best(text, await _markets(visit))),
        Section(say("search.plugins"), _best(text, _plugins(visit))),
        *(Section(group.title, group.hits) for group in found.groups),
    ]
    return [one for one in sections if one.hits]


def _best(text: str, hits: Iterable[Hit]) -> list[Hit]:
    weighed = [(weight(text, hit.title), hit) for hit in hits]
    best = sorted((one for one in weighed if one[0]), key=lambda one: (-one[0], one[1].title))
    return [hit for _, hit in best[:MOST]]


async def _places(visit: Visit) -> list[Hit]:
    return [Hit(str(one["label"]), visit.context.text("search.place"), str(one["url"])) for one in await console_places(visit)]


async def _people(visit: Visit, text: str) -> list[Hit]:
    if not visit.context.actor.may(PEOPLE_MANAGE):
        return []
    found = await finder(visit.context).search(text)
    return [
        Hit(
            one.name or visit.context.text("personal.nameless"),
            " · ".join(filter(None, (one.tail, *(held.place or visit.tenant.name for held in one.held)))),
            f"/console/people/{one.id}",
        )
        for one in found[:MOST]
    ]


async def _markets(visit: Visit) -> list[Hit]:
    markets = await visit.context.reader.markets()
    return [Hit(one.row.name, one.row.road_address or "", f"/console/shops?{urlencode({'market': one.row.id})}") for one in markets]


def _plugins(visit: Visit) -> list[Hit]:
    if not visit.context.actor.may(PLUGINS_READ):
        return []
    host, on = visit.parts.host, visit.context.plugins.open
    say = visit.context.text
    return [
        Hit(
            host.title(name, visit.context.language),
            say("search.plugin_on" if name in on else "search.plugin_off"),
            f"/console/plugins/{name}",
        )
        for name in host.plugins
    ]
