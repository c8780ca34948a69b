"""The shared registry as plugins see it: markets and shops."""

from dataclasses import dataclass
from datetime import date
from typing import Protocol
from uuid import UUID

from smilero_sdk.showing import Listed


@dataclass(frozen=True)
class Shop:
    """A shop of the registry, as plugins see it.

    Attributes:
        market: its market's name.
        category: a code; its name is the sentence `registry.category.<code>`.
        goods: what it deals in, in its own words; may be empty, and so may the phone.
    """

    id: UUID
    market_id: UUID
    market: str
    name: str
    stall: str
    category: str
    goods: str
    phone: str
    status: str


@dataclass(frozen=True)
class Opening:
    """How a market is on one day.

    Attributes:
        market_day: the five-day market's own day.
        reason: why it is closed, as a key of the catalogue; None when it is open.
        next_open: the next day on which it is open, after this one; None when none is known.
    """

    open: bool
    market_day: bool
    reason: str | None
    next_open: date | None


@dataclass(frozen=True)
class Market:
    """A market of the registry, as plugins see it. Texts are empty, figures None, where nothing is known.

    Attributes:
        district: the 구 or 군, else the 시.
        days_text: its days in the reader's language.
        stated_shops: how many shops its own figures count.
        today: the calendar day of the request where the market is.
        data_date, provider: where the figures come from.
    """

    id: UUID
    name: str
    road_address: str
    lot_address: str
    district: str
    days_text: str
    stated_shops: int | None
    goods: tuple[str, ...]
    homepage: str
    phone: str
    toilet: bool | None
    parking: bool | None
    latitude: float | None
    longitude: float | None
    data_date: date | None
    provider: str
    today: Opening


@dataclass(frozen=True)
class Counts:
    """How many there are: markets, and shops that have not left."""

    markets: int
    shops: int


class Registry(Protocol):
    """The tenant's markets and shops."""

    async def shop(self, shop_id: UUID) -> Shop:
        """The shop. Raises `http.not_found`."""

    async def markets(self) -> list[Market]:
        """All markets, by name."""

    async def market(self, market_id: UUID) -> Market:
        """The market. Raises `http.not_found`."""

    async def shops_of(self, market_id: UUID) -> list[Shop]:
        """The shops of a market that have not left, by category in the registry's order, then by name."""

    async def open_days(self, market_id: UUID, first: date, last: date) -> list[date]:
        """The days from `first` to `last`, both included, on which the market is open. Raises `http.not_found`."""

    async def counts(self) -> Counts:
        """How many markets and shops there are."""

    async def listed_markets(self, offset: int, limit: int) -> list[Listed]:
        """A part of the markets, by id, with when what is known of each last changed."""

    async def listed_shops(self, offset: int, limit: int) -> list[Listed]:
        """A part of the shops that have not left, as above."""
