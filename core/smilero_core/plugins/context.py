"""The context that the host hands to a plugin."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from functools import cached_property, partial
from http import HTTPStatus
from typing import TypeVar
from uuid import UUID

from smilero_core.audit.log import AuditLog
from smilero_core.db.roles import plugin_role
from smilero_core.db.session import Session
from smilero_core.db.work import Work
from smilero_core.events.outbox import Outbox
from smilero_core.files.for_plugins import Holder, PluginFiles
from smilero_core.files.store import FileStore
from smilero_core.identity.for_plugins import PluginPeople
from smilero_core.identity.helping import helping_of_actor
from smilero_core.identity.showing import showing_of_actor
from smilero_core.identity.vault import Vault
from smilero_core.jobs.doorbell import Bell
from smilero_core.jobs.queue import Asker, JobQueue
from smilero_core.plugins.checking import Shown
from smilero_core.plugins.chosen import ChosenSettings
from smilero_core.plugins.failure_log import FailureLog
from smilero_core.plugins.gate import PluginGate, TenantPlugins
from smilero_core.plugins.host import PluginHost
from smilero_core.plugins.patience import Patience
from smilero_core.plugins.watch import Watch
from smilero_core.realtime.bells import Bells
from smilero_core.realtime.hub import LiveHub
from smilero_core.registry.calendar import kst_today
from smilero_core.registry.for_plugins import PluginRegistry
from smilero_core.registry.reading import RegistryReader
from smilero_sdk.context import Actor, Tenant
from smilero_sdk.database import Database
from smilero_sdk.errors import Problem
from smilero_sdk.i18n import Catalogue
from smilero_sdk.registry import Registry, Shop
from smilero_sdk.services import Audit, Events, Files, Jobs, Messages, Payments, People, Realtime, Slots
from smilero_sdk.settings import Settings

CORE = "core"

Model = TypeVar("Model", bound=Settings)


# Renders what the enabled plugins but one show of a shop: the faces know how, the host does not.
ShopSlots = Callable[["Context", Shop], Awaitable[Sequence[str]]]


@dataclass(frozen=True)
class HostServices:
    """The host's parts that contexts are made of.

    Attributes:
        messages, payments: makers, because the layers that have them stand beside this one.
        hub: None where nobody can listen, as in a command of the shell.
        files: None where none can come or go.
        shop_slots: None where no page is shown.
        bell: None where no worker is told, as in a command of the shell: its sweep finds what is to do.
        failures: where plugins' failures go; None: to the log alone.
        shown: what pages can show; None where none is shown.
        watch: of the plugin whose author looks on; None for nobody.
    """

    host: PluginHost
    gate: PluginGate
    catalogue: Catalogue
    vault: Vault
    messages: Callable[["Context"], Messages]
    payments: Callable[["Context"], Payments]
    hub: LiveHub | None = None
    files: FileStore | None = None
    shop_slots: ShopSlots | None = None
    bell: Bell | None = None
    failures: FailureLog | None = None
    shown: Shown | None = None
    watch: Watch | None = None

    def signer(self, tenant_id: UUID) -> Callable[[str], bytes]:
        """Makes the tags of a tenant's file addresses."""
        return partial(self.vault.index, tenant_id, "file address")


@dataclass(frozen=True)
class BoundSlots:
    """Implements `smilero_sdk.services.Slots` for one context."""

    context: "Context"

    async def shop(self, shop: Shop) -> Sequence[str]:
        """Safe markup, in order; nothing where no page is shown."""
        render = self.context.services.shop_slots
        return await render(self.context, shop) if render else ()


@dataclass
class Context:
    """Implements `smilero_sdk.context.TenantContext` for one plugin, or for the core itself.

    Args:
        plugins: what the tenant has on, as the gate knew it when the request came.
        plugin: whose role its `db` works under; `core` is the application's own.
        caller: who signed in, if anybody.
    """

    tenant: Tenant
    language: str
    unit: Work
    services: HostServices
    plugins: TenantPlugins
    plugin: str = CORE
    caller: Actor | None = None
    shop_id: UUID | None = None
    origin: str = ""
    now: datetime = field(default_factory=lambda: datetime.now(UTC))
    patience: Patience = field(default_factory=Patience)

    @property
    def actor(self) -> Actor:
        """By whom. Raises `http.sign_in`."""
        if self.caller is None:
            raise Problem("http.sign_in", HTTPStatus.UNAUTHORIZED)
        return self.plugins.acting(self.plugin, self.caller)

    @property
    def visitor_id(self) -> UUID | None:
        """Who signed in, if anybody."""
        return self.caller.person_id if self.caller else None

    @property
    def today(self) -> date:
        """The calendar day in Korea."""
        return kst_today(self.now)

    @property
    def catalogue(self) -> Catalogue:
        """Every sentence."""
        return self.services.catalogue

    @cached_property
    def db(self) -> Database:
        """The tables of the plugin."""
        return Session(self.unit, None if self.plugin == CORE else plugin_role(self.plugin))

    @cached_property
    def host(self) -> Session:
        """The application's own session in the same transaction."""
        return Session(self.unit)

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
        declared = () if self.plugin == CORE else self.services.host.plugins[self.plugin].events
        return Outbox(self.host, self.plugin, declared, self.now, self.ring)

    @cached_property
    def jobs(self) -> Jobs:
        """Work that waits, written by the application's role."""
        kinds = {} if self.plugin == CORE else self.services.host.declared[self.plugin].jobs
        asker = Asker(self.caller.person_id, self.caller.role, helping_of_actor(self.caller)) if self.caller else None
        return JobQueue(self.host, self.plugin, kinds, self.ring, asker)

    @cached_property
    def people(self) -> People:
        """The people of the tenant."""
        return PluginPeople(self.host, self.tenant.id, self.services.vault)

    @cached_property
    def messages(self) -> Messages:
        """What people are told."""
        return self.services.messages(self)

    @cached_property
    def audit(self) -> Audit:
        """Who did what."""
        return AuditLog(self.host, self.caller, self.plugin, self.now)

    @cached_property
    def files(self) -> Files:
        """Files of the plugin, their rows written by the application's role."""
        store = self.services.files
        if store is None:
            msg = "no files can be kept here"
            raise RuntimeError(msg)
        holder = Holder(self.tenant.id, self.plugin, self.visitor_id, showing_of_actor(self.caller))
        return PluginFiles(self.unit, store, holder, self.now, self.services.signer(self.tenant.id))

    @cached_property
    def payments(self) -> Payments:
        """Customers' money."""
        return self.services.payments(self)

    @property
    def slots(self) -> Slots:
        """What other plugins show on this one's page."""
        return BoundSlots(self)

    @cached_property
    def realtime(self) -> Realtime:
        """Bells, rung after the commit."""
        return Bells(self.unit, self.tenant.id, self.services.hub)

    def settings(self, model: type[Model], /) -> Model:
        """What the foundation chose; defaults where it chose nothing."""
        return self._chosen.of(model, self.plugins.chosen.get(self.plugin, {}))

    async def shop_settings(self, model: type[Model], shop_id: UUID, /) -> Model:
        """What a shop chose; defaults where it chose nothing."""
        return await self._chosen.of_shop(model, self.host, shop_id)

    def open_at(self, shop_id: UUID, /) -> bool:
        """Whether a shop has the plugin."""
        return not self.plugins.does_without(self.plugin, shop_id)

    def text(self, key: str, /, **params: object) -> str:
        """A sentence in the caller's language."""
        return self.catalogue.text(self.language, key, **params)

    def ring(self) -> None:
        """After the commit, let a worker look what there is to do for the tenant."""
        if self.services.bell is not None:
            self.unit.after_commit(partial(self.services.bell.ring, self.tenant.id))

    def for_plugin(self, name: str) -> "Context":
        """The same request in the same transaction, for another plugin."""
        return replace(self, plugin=name)

    @property
    def _chosen(self) -> ChosenSettings:
        return ChosenSettings(self.services.vault, self.tenant.id, self.plugin)
