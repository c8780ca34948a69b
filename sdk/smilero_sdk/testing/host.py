"""What the application gives to the tests of plugins, as Protocols: the SDK knows nothing of the application itself.

Everything here is called from plain functions: the host runs its event loop beside the tests.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Protocol, TypeVar
from uuid import UUID

from pydantic import BaseModel

from smilero_sdk.context import TenantContext
from smilero_sdk.events import Happened
from smilero_sdk.manifest import Plugin
from smilero_sdk.testing.client import Client

Result = TypeVar("Result")

# One person of each role at the first shop, and three more; `client` and `work` take these words.
CAST = ("owner", "staff", "officer", "merchant", "clerk", "customer", "other merchant", "other clerk", "other customer")


class Door(StrEnum):
    """Where an address belongs."""

    API = "api"
    CONSOLE = "console"
    PORTAL = "portal"
    PUBLIC = "public"
    WEBHOOK = "webhook"


@dataclass(frozen=True)
class Address:
    """An address of a plugin, as the application mounts it.

    Attributes:
        path: with its parameters as `{name}`.
        permission: what the caller's role must hold; None: no sign-in is needed, or the face's own roles are enough.
        parameters: their types, by name.
        sends: the model of the body or form.
        query: a query with which it can be asked, as `?n=1`; empty where it needs none.
        paper: whether it answers with something to print.
    """

    door: Door
    method: str
    path: str
    permission: str | None
    parameters: Mapping[str, type]
    sends: type[BaseModel] | None = None
    query: str = ""
    paper: bool = False

    @property
    def name(self) -> str:
        """As a person reads it."""
        return f"{self.method} {self.path}"


@dataclass(frozen=True)
class Declared:
    """The names of what a plugin declares."""

    jobs: tuple[str, ...] = ()
    schedules: tuple[str, ...] = ()
    subscriptions: tuple[tuple[str, int], ...] = ()
    menu: tuple[str, ...] = ()
    measures: tuple[str, ...] = ()
    approvals: tuple[str, ...] = ()


@dataclass(frozen=True)
class Sent:
    """A message that was queued for a person of the foundation, opened.

    Attributes:
        template: `<plugin>.<name>`.
        to: the number, E.164.
        state: what became of it, as `queued` or `delivered`.
    """

    template: str
    to: str
    body: str
    state: str


class Foundation(Protocol):
    """A tenant with two markets, two shops in the first, and the people of the cast."""

    @property
    def id(self) -> UUID:
        """Of the tenant."""

    @property
    def slug(self) -> str:
        """Its word in host names."""

    @property
    def shop_id(self) -> UUID:
        """The shop of `merchant` and `clerk`."""

    @property
    def market_id(self) -> UUID:
        """Where both shops are."""

    @property
    def people(self) -> Mapping[str, UUID]:
        """The cast."""

    @property
    def marker(self) -> str:
        """Stands in the names of this foundation's people and shops, and nowhere else."""

    def client(self, who: str | None = None, *, process: int = 0) -> Client:
        """Somebody of the cast, or nobody, at one of the two processes."""

    def enable(self, plugin: str) -> None:
        """Switch a plugin on, as its owner does. Raises a `Problem` where that is refused."""

    def disable(self, plugin: str) -> None:
        """Switch it off."""

    def want_two(self, approval: str, *, wanted: bool = True) -> None:
        """Want a second person for a command that a plugin marks, by the name of its `Approval`, or be content with one."""

    def work(self, plugin: str, who: str | None, function: Callable[[TenantContext], Awaitable[Result]]) -> Result:
        """Call a function in one transaction of the plugin, as somebody of the cast; it commits unless the function raises."""

    def ask(self, hook: str, kind: type[Result], **arguments: object) -> Sequence[tuple[str, Result]]:
        """What the plugins that are on answer to a `provide_*` hook, asked in the host's own way."""

    def seed(self, plugin: str) -> None:
        """Fill a plugin's tables with its demo life of a few days, where it has some."""

    def queue(self, plugin: str, job: str) -> None:
        """Queue a job of a plugin with an empty payload, due now: for a handler that `Host.watching` stands in for."""

    def happen(self, event: str, version: int) -> None:
        """Put an event with an empty payload into the outbox: as above."""

    def events(self) -> Sequence[Happened]:
        """What happened, oldest first: the outbox and the log of events."""

    def messages(self) -> Sequence[Sent]:
        """What was queued to people, oldest first."""


class Host(Protocol):
    """The application at work: real servers, its own database, two processes, two foundations."""

    @property
    def tenants(self) -> tuple[Foundation, Foundation]:
        """부산 and 성남, with no plugin on but those that the plugin under test needs."""

    @property
    def plugins(self) -> Mapping[str, Plugin]:
        """Every installed plugin."""

    @property
    def now(self) -> datetime:
        """The moment at which `Foundation.work` works."""

    def move(self, moment: datetime) -> None:
        """Let `Foundation.work` work at a moment. Requests over HTTP and the database's own clock stay at the present."""

    def sentence(self, key: str, language: str = "ko") -> str | None:
        """A sentence of the catalogues as it is written there, or None."""

    def addresses(self, plugin: str) -> Sequence[Address]:
        """The addresses of a plugin, from the application's own router."""

    def hooks(self, plugin: str) -> frozenset[str]:
        """Which hooks it has."""

    def declared(self, plugin: str) -> Declared:
        """What it declares."""

    def watching(self, plugin: str, *, instead: Callable[..., Any] | None = None) -> AbstractContextManager[list[str]]:
        """Note the calls of a plugin's hooks, jobs, schedules, subscriptions and webhooks, in the first process.

        A note is `<kind>:<name>`, kinds being hook, job, schedule, event, webhook.

        Args:
            instead: what is called in their place, but for `register_*`; None: they themselves.
        """

    def settle(self) -> None:
        """Run what is due until nothing is: events, deliveries, jobs, schedules."""

    def ring_schedules(self) -> None:
        """Make every schedule of both foundations due."""

    def isolation_faults(self, schema: str) -> tuple[Mapping[str, int], Sequence[str]]:
        """The rules of isolation from the database's catalogue: how many subjects of a schema each looked at, and the breaches."""

    def query(self, sql: str, *args: object) -> Sequence[Mapping[str, Any]]:
        """Ask the database as its superuser, whom no row security stops."""

    def remove(self, plugin: str) -> Mapping[str, int]:
        """Export and uninstall a plugin and install it again from the export; how many rows each of its tables has.

        Raises AssertionError with what was left in between, or lost after.
        """


class HostMaker(Protocol):
    """What the entry point `smilero.testhost` names."""

    def services(self) -> AbstractContextManager[Mapping[str, str]]:
        """Start the servers, once for a run; what is given is handed to each worker."""

    def host(self, services: Mapping[str, str], plugin: str) -> AbstractContextManager[Host]:
        """The application for the tests of one plugin, on a new database. Raises LookupError when it is not installed."""
