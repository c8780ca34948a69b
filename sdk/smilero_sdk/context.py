"""What the host hands to a plugin: who asks, for which tenant, and the services it may use."""

from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Protocol, TypeVar
from uuid import UUID

from smilero_sdk.database import Database
from smilero_sdk.registry import Registry
from smilero_sdk.roles import Role
from smilero_sdk.services import Audit, Events, Files, Jobs, Messages, Payments, People, Realtime, Slots
from smilero_sdk.settings import Settings

Chosen = TypeVar("Chosen", bound=Settings)


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
class Program:
    """A program outside that a foundation has let in."""

    id: UUID
    name: str


@dataclass(frozen=True)
class Actor:
    """Who acts: a person in one role, at the shops where that role holds.

    Attributes:
        person_id: whose hand it is: of somebody who helps a merchant, the helper. None for a token of the foundation itself and for a
            program that acts by itself.
        shop_ids: the shops of a merchant or clerk; empty for the others. Those that do without the plugin are left out.
        permissions: what the role may do.
        closed_at: the shops that do without the plugin: nobody acts for them.
        on_behalf_of: the merchant for whom a helper acts, in her role, at her shop and within what she lent; None: for oneself. What is
            the person's own, as her coupons or consents, is not looked up by it: a helper has her shop, not her.
        program: through which the person acts, or which acts by itself; None: none from outside.
        approved_by: the second person, who confirmed the command that is being carried out; None where it did not need one.
    """

    role: Role
    person_id: UUID | None = None
    shop_ids: frozenset[UUID] = frozenset()
    permissions: frozenset[str] = field(default=frozenset())
    closed_at: frozenset[UUID] = field(default=frozenset())
    on_behalf_of: UUID | None = None
    program: Program | None = None
    approved_by: UUID | None = None

    def may(self, permission: str) -> bool:
        """Whether the role holds a permission at all; the shop is asked separately."""
        return permission in self.permissions

    def works_at(self, shop_id: UUID) -> bool:
        """Whether the actor may act for this shop: its own people, or the foundation; nobody where it does without the plugin."""
        if shop_id in self.closed_at:
            return False
        return self.role in {Role.OWNER, Role.STAFF} or shop_id in self.shop_ids


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
    def jobs(self) -> Jobs:
        """What is done later."""

    @property
    def people(self) -> People:
        """The people of the tenant."""

    @property
    def messages(self) -> Messages:
        """What people are told."""

    @property
    def audit(self) -> Audit:
        """Who did what."""

    @property
    def files(self) -> Files:
        """Files of the plugin."""

    @property
    def payments(self) -> Payments:
        """Customers' money."""

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

    def settings(self, model: type[Chosen], /) -> Chosen:
        """What the foundation chose: `ctx.settings(CouponSettings)`, the manifest's own model."""

    def open_at(self, shop_id: UUID, /) -> bool:
        """Whether a shop has the plugin: it may do without one of shop level. Ask before a customer is served for a shop."""

    async def shop_settings(self, model: type[Chosen], shop_id: UUID, /) -> Chosen:
        """What a shop chose: the manifest's `shop_settings`."""


class OutsideContext(Protocol):
    """The first argument of a job that calls others: no transaction is open, unless the job opens one."""

    @property
    def tenant(self) -> Tenant:
        """For whom."""

    @property
    def job_id(self) -> UUID:
        """The same each time that the job is tried: what to give a provider as our id."""

    def settings(self, model: type[Chosen], /) -> Chosen:
        """What the foundation chose."""

    def transaction(self) -> AbstractAsyncContextManager[TenantContext]:
        """A transaction of its own, committed at the end of the block. Call nobody inside it."""
