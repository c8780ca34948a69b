"""What the host hands to a plugin: who asks, for which tenant, and the services it may use."""

from collections.abc import Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Protocol
from uuid import UUID

from asyncpg import Record
from tortoise.backends.base.client import BaseDBAsyncClient

from smilero_sdk.manifest import Role


@dataclass(frozen=True)
class Tenant:
    """A market foundation.

    Attributes:
        slug: its word in host names.
        timezone: IANA name; legal days are calendar days there.
        seal: one syllable for its seal.
        colour: `#rrggbb`, for the seal and pictures, never for acting.
        phone: whom to call; empty when the foundation has given none.
    """

    id: UUID
    slug: str
    name: str
    timezone: str
    locale: str
    seal: str
    colour: str
    phone: str = ""


@dataclass(frozen=True)
class Actor:
    """Who acts: a person in one role, at the shops where that role holds.

    Attributes:
        person_id: None for a token of the foundation itself.
        shop_ids: the shops of a merchant or clerk; empty for the others.
        permissions: what the role may do.
    """

    role: Role
    person_id: UUID | None = None
    shop_ids: frozenset[UUID] = frozenset()
    permissions: frozenset[str] = field(default=frozenset())

    def may(self, permission: str) -> bool:
        """Whether the role holds a permission at all; the shop is asked separately."""
        return permission in self.permissions

    def works_at(self, shop_id: UUID) -> bool:
        """Whether the actor may act for this shop: its own people, or the foundation."""
        return self.role in {Role.OWNER, Role.STAFF} or shop_id in self.shop_ids


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


class Database(Protocol):
    """The plugin's own tables, and the shared registry to read, in the transaction of the request or job.

    Each statement is one prepared statement under the plugin's role: a second statement behind a `;` is refused, and so
    is everything but SELECT, INSERT, UPDATE, DELETE, MERGE, VALUES and WITH. Errors are asyncpg's.
    """

    @property
    def orm(self) -> BaseDBAsyncClient:
        """For Tortoise: `Campaign.filter(...).using_db(ctx.db.orm)`."""

    async def fetch(self, sql: str, /, *args: object) -> list[Record]:
        """All rows."""

    async def fetch_row(self, sql: str, /, *args: object) -> Record | None:
        """The first row, or None."""

    async def fetch_value(self, sql: str, /, *args: object) -> object:
        """The first column of the first row, or None."""

    async def execute(self, sql: str, /, *args: object) -> int:
        """The number of rows touched."""

    async def execute_many(self, sql: str, rows: Sequence[Sequence[object]], /) -> None:
        """One statement for many rows of arguments, in one round trip."""

    def savepoint(self) -> AbstractAsyncContextManager[None]:
        """What fails inside is undone; the transaction goes on."""


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


class Slots(Protocol):
    """Places on a plugin's page where other plugins show themselves."""

    async def shop(self, shop: Shop) -> Sequence[str]:
        """What the other enabled plugins show of a shop: safe markup, in order."""


class Events(Protocol):
    """What happened, told to others after the commit."""

    async def emit(self, name: str, payload: dict[str, object], /, *, version: int = 1) -> None:
        """Write an event into this transaction. Ids and figures only, never personal data."""


class Realtime(Protocol):
    """Pages that are open just now."""

    def ring(self, topic: str, /) -> None:
        """After the commit, let every page that is live on this topic look again."""


class TenantContext(Protocol):
    """The first argument of everything that a plugin does for a tenant."""

    @property
    def tenant(self) -> Tenant:
        """For whom."""

    @property
    def actor(self) -> Actor:
        """By whom. Raises `http.sign_in` when nobody signed in."""

    @property
    def visitor_id(self) -> UUID | None:
        """The person who signed in, or None where a page needs nobody to."""

    @property
    def language(self) -> str:
        """In which language to answer."""

    @property
    def now(self) -> datetime:
        """The moment of the request, aware, UTC."""

    @property
    def today(self) -> date:
        """The calendar day of the request where the markets are."""

    @property
    def db(self) -> Database:
        """The plugin's tables."""

    @property
    def registry(self) -> Registry:
        """Markets and shops."""

    @property
    def events(self) -> Events:
        """The outbox."""

    @property
    def slots(self) -> Slots:
        """What other plugins show on this one's page."""

    @property
    def realtime(self) -> Realtime:
        """Live pages."""

    @property
    def shop_id(self) -> UUID | None:
        """The shop that a merchant or clerk works for just now, on the portal."""

    @property
    def origin(self) -> str:
        """Scheme and host of this tenant, for links that are sent to others."""

    def text(self, key: str, /, **params: object) -> str:
        """A sentence of the catalogue in the caller's language."""
