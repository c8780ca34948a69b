"""How a public page looks from outside: where its address is shared, and to search engines."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID


@dataclass(frozen=True)
class Card:
    """What stands on the picture that goes with a page's address when somebody shares it.

    The host draws it, 1200 by 630 px, in the foundation's colour and with its seal, and declares it in the page's head.

    Attributes:
        title: in large letters, as the shop's name; it wraps and shrinks until it fits.
        line: what is to be had, as “2,000원 깎아 드려요”; empty: nothing.
        place: where, above the title.
        note: below all, as until when.
    """

    title: str
    line: str = ""
    place: str = ""
    note: str = ""


@dataclass(frozen=True)
class Listed:
    """An object that has a page of its own; `changed`: when it last did, aware; None: not known."""

    id: UUID
    changed: datetime | None = None


@dataclass(frozen=True)
class Listing:
    """The objects of a page that everybody may find, for the foundation's sitemap: those that can be seen today.

    Attributes:
        count: `async (ctx) -> int`, how many there are.
        some: `async (ctx, offset, limit) -> list[Listed]`, a part of them in an order that stays.
    """

    count: Callable[[Any], Awaitable[int]]
    some: Callable[[Any, int, int], Awaitable[Sequence[Listed]]]
