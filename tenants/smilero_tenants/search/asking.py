"""Asking the registry and the plugins for what fits the words."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from smilero_core.plugins.calling import ask_plugins
from smilero_core.plugins.context import Context
from smilero_sdk.answers import Search, SearchHit
from smilero_sdk.finding import pattern
from smilero_sdk.pages import Face
from smilero_tenants.faces.frames import face_path, shop_page

HOOK = "provide_search"
MOST = 20
LONGEST = 60


@dataclass(frozen=True)
class Hit:
    """Something found. `url` is a path of this host, None where there is no page to go to."""

    title: str
    detail: str
    url: str | None


@dataclass(frozen=True)
class FoundShop(Hit):
    """A shop of the registry."""

    id: UUID


@dataclass(frozen=True)
class Group:
    """What one plugin has found, under its title."""

    plugin: str
    title: str
    hits: Sequence[Hit]


@dataclass(frozen=True)
class Found:
    """The whole answer, the best first in each part."""

    shops: Sequence[FoundShop] = ()
    groups: Sequence[Group] = ()

    @property
    def count(self) -> int:
        """How many there are."""
        return len(self.shops) + sum(len(group.hits) for group in self.groups)


async def find(context: Context, face: Face, text: str) -> Found:
    """What fits, for whoever asks; nothing for nothing. A plugin that is off or rests is not asked."""
    if not pattern(text):
        return Found()
    search = Search(face, text, MOST)
    answers = await ask_plugins(context, HOOK, list[SearchHit], at=context.shop_id, search=search)
    groups = [
        Group(plugin, context.services.host.title(plugin, context.language), _hits(search, plugin, given))
        for plugin, given in answers
        if given
    ]
    return Found(await _shops(context, face, text), groups)


async def _shops(context: Context, face: Face, text: str) -> list[FoundShop]:
    rows = await context.reader.find(text, limit=MOST)
    return [
        FoundShop(
            title=row["name"],
            detail=" · ".join(filter(None, (f"{row['market']} {row['stall']}".strip(), row["goods"]))),
            url=shop_page(context, face, row["id"], row["name"]),
            id=row["id"],
        )
        for row in rows
    ]


def _hits(search: Search, plugin: str, given: Sequence[SearchHit]) -> list[Hit]:
    """The hits of one plugin, the best first."""
    best = sorted(given, key=lambda hit: -hit.weight)[: search.limit]
    return [Hit(hit.title, hit.detail, face_path(search.face, plugin, hit.path)) for hit in best]
