"""The context that the host hands to a plugin."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from functools import cached_property
from http import HTTPStatus
from uuid import UUID

from smilero_core.db.roles import plugin_role
from smilero_core.db.session import Session
from smilero_core.db.unit import UnitOfWork
from smilero_core.events.outbox import Outbox
from smilero_core.realtime.bells import Bells
from smilero_core.realtime.hub import LiveHub
from smilero_core.registry.calendar import kst_today
from smilero_core.registry.for_plugins import PluginRegistry
from smilero_core.registry.reading import RegistryReader
from smilero_sdk.context import Actor, Database, Events, Realtime, Registry, Shop, Slots, Tenant
from smilero_sdk.errors import Problem
from smilero_sdk.i18n import Catalogue

CORE = "core"

# Renders what the enabled plugins but one show of a shop: the faces know how, the host does not.
ShopSlots = Callable[["Context", Shop], Awaitable[Sequence[str]]]


@dataclass(frozen=True)
class BoundSlots:
    """Implements `smilero_sdk.context.Slots` for one context."""

    context: "Context"
    render: ShopSlots | None

    async def shop(self, shop: Shop) -> Sequence[str]:
        """Safe markup, in order; nothing where no page is shown."""
        return await self.render(self.context, shop) if self.render else ()


@dataclass
class Context:
    """Implements `smilero_sdk.context.TenantContext` for one plugin, or for the core itself.

    Args:
        plugin: whose role its `db` works under; `core` is the application's own.
        caller: who signed in, if anybody.
    """

    tenant: Tenant
    language: str
    unit: UnitOfWork
    catalogue: Catalogue
    plugin: str = CORE
    caller: Actor | None = None
    shop_id: UUID | None = None
    origin: str = ""
    hub: LiveHub | None = None
    shop_slots: ShopSlots | None = None
    now: datetime = field(default_factory=lambda: datetime.now(UTC))

    @property
    def actor(self) -> Actor:
        """By whom. Raises `http.sign_in`."""
        if self.caller is None:
            raise Problem("http.sign_in", HTTPStatus.UNAUTHORIZED)
        return self.caller

    @property
    def visitor_id(self) -> UUID | None:
        """Who signed in, if anybody."""
        return self.caller.person_id if self.caller else None

    @property
    def today(self) -> date:
        """The calendar day in Korea."""
        return kst_today(self.now)

    @cached_property
    def db(self) -> Database:
        """The tables of the plugin."""
        return Session(self.unit, None if self.plugin == CORE else plugin_role(self.plugin))

    @cached_property
    def registry(self) -> Registry:
        """Markets and shops, read by the application's role."""
        return PluginRegistry(self.reader, self.catalogue, self.language, self.today)

    @cached_property
    def reader(self) -> RegistryReader:
        """The whole registry, for the host's own pages."""
        return RegistryReader(self.host)

    @cached_property
    def events(self) -> Events:
        """The outbox, written by the application's role."""
        return Outbox(self.host, self.plugin)

    @property
    def slots(self) -> Slots:
        """What other plugins show on this one's page."""
        return BoundSlots(self, self.shop_slots)

    @cached_property
    def realtime(self) -> Realtime:
        """Bells, rung after the commit."""
        return Bells(self.unit, self.tenant.id, self.hub)

    @cached_property
    def host(self) -> Session:
        """The application's own session in the same transaction."""
        return Session(self.unit)

    def text(self, key: str, /, **params: object) -> str:
        """A sentence in the caller's language."""
        return self.catalogue.text(self.language, key, **params)

    def for_plugin(self, name: str) -> "Context":
        """The same request in the same transaction, for another plugin."""
        return replace(self, plugin=name)
