"""One of the test host's foundations: its people at work, over HTTP and in transactions."""

import json
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Protocol, TypeVar
from uuid import UUID

from smilero_core.db.session import Session
from smilero_core.identity.sessions import open_session
from smilero_core.identity.vault import MESSAGE_BODY, MESSAGE_RECIPIENT
from smilero_core.plugins.calling import ask_plugins
from smilero_core.plugins.context import CORE, Context
from smilero_core.plugins.holding_back import approvals_of
from smilero_core.plugins.switching import Switchboard
from smilero_core.tenancy.directory import TenantDirectory
from smilero_sdk.context import Actor, Tenant, TenantContext
from smilero_sdk.events import Happened
from smilero_sdk.ids import uuid7
from smilero_sdk.roles import Role
from smilero_sdk.testing.client import Client
from smilero_sdk.testing.host import Sent
from smilero_tenants.faces.visit import SESSION_COOKIE
from smilero_web.runtime import Runtime
from smilero_web.testhost.cast import CAST, Foundation
from smilero_web.testhost.life import Life, seed
from smilero_web.testhost.loop import LoopThread
from smilero_web.testhost.work import payload_of

Result = TypeVar("Result")


class Place(Protocol):
    """What a foundation needs of its host."""

    loop: LoopThread
    runtime: Runtime
    ports: tuple[int, int]
    now: datetime

    async def fetch(self, sql: str, *args: object) -> Sequence[Mapping[str, Any]]:
        """Ask as the superuser."""


@dataclass
class Town:
    """Implements `smilero_sdk.testing.Foundation`."""

    place: Place
    foundation: Foundation
    marker: str
    _cookies: dict[str, str] = field(default_factory=dict)
    _tenant: Tenant | None = None

    @property
    def id(self) -> UUID:
        """Of the tenant."""
        return self.foundation.id

    @property
    def slug(self) -> str:
        """Its word in host names."""
        return self.foundation.host.partition(".")[0]

    @property
    def shop_id(self) -> UUID:
        """The cast's first shop."""
        return self.foundation.shop

    @property
    def other_shop_id(self) -> UUID:
        """The shop of the others."""
        return self.foundation.other_shop

    @property
    def market_id(self) -> UUID:
        """Where both are."""
        return self.foundation.market

    @property
    def people(self) -> Mapping[str, UUID]:
        """The cast."""
        return self.foundation.people

    def client(self, who: str | None = None, *, process: int = 0) -> Client:
        """Somebody with a token and a session, or nobody."""
        nobody = Client(self.place.ports[process], self.foundation.host)
        if who is None:
            return nobody
        if who not in self._cookies:
            self._cookies[who] = self.place.loop.call(self._open_session(who))
        return replace(nobody, token=self.foundation.tokens[who], cookie=f"{SESSION_COOKIE}={self._cookies[who]}")

    def enable(self, plugin: str) -> None:
        """Switch a plugin on, and before it what it depends on."""
        for needed in self.place.runtime.host.plugins[plugin].depends_on:
            self.enable(needed)
        self.place.loop.call(self._switch(plugin, on=True))

    def disable(self, plugin: str) -> None:
        """Switch it off."""
        self.place.loop.call(self._switch(plugin, on=False))

    def want_two(self, approval: str, *, wanted: bool = True) -> None:
        """As the switch does, without the second person that switching off needs."""

        async def carry_out() -> None:
            async with self.place.runtime.database.unit(self.id) as unit:
                approvals = approvals_of(await self._context(unit, None))
                await (approvals.want if wanted else approvals.want_no_more)(approval.partition(".")[0], approval)

        self.place.loop.call(carry_out())

    def work(self, plugin: str, who: str | None, function: Callable[[TenantContext], Awaitable[Result]]) -> Result:
        """One transaction of the plugin."""

        async def carry_out() -> Result:
            async with self.place.runtime.database.unit(self.id) as unit:
                return await function(replace(await self._context(unit, who), plugin=plugin))

        return self.place.loop.call(carry_out())

    def ask(self, hook: str, kind: type[Result], **arguments: Any) -> Sequence[tuple[str, Result]]:  # noqa: ANN401 - the hook's own
        """As the host's own pages ask."""

        async def carry_out() -> Sequence[tuple[str, Result]]:
            async with self.place.runtime.database.unit(self.id, read_only=True) as unit:
                context = replace(await self._context(unit, "merchant"), shop_id=self.shop_id)
                return await ask_plugins(context, hook, kind, **arguments)

        return self.place.loop.call(carry_out())

    def seed(self, plugin: str) -> None:
        """A few days of demo life."""

        async def carry_out() -> None:
            async with self.place.runtime.database.unit(self.id) as unit:
                context = replace(await self._context(unit, None), plugin=plugin)
                people = {who: self._actor(who) for who in CAST}
                shops = [await context.registry.shop(shop) for shop in (self.shop_id, self.other_shop_id)]
                await seed(context, Life(context, people, shops))

        self.place.loop.call(carry_out())

    def queue(self, plugin: str, job: str) -> None:
        """As `ctx.jobs.later` does."""
        payload = json.dumps(payload_of(self.place.runtime, plugin, job))
        sql = "insert into core.job (tenant_id, id, plugin, kind, name, payload) values ($1, $2, $3, 'job', $4, $5::jsonb)"
        self._write(sql, self.id, uuid7(), plugin, job, payload)

    def happen(self, event: str, version: int) -> None:
        """As `ctx.events.emit` does."""
        sql = "insert into core.outbox (tenant_id, id, name, version, payload) values ($1, $2, $3, $4, '{}')"
        self._write(sql, self.id, uuid7(), event, version)

    def events(self) -> Sequence[Happened]:
        """The outbox and the log."""
        sql = """select id, name, version, payload, occurred_at from core.outbox where tenant_id = $1
                 union all select id, name, version, payload, occurred_at from core.event_log where tenant_id = $1 order by id"""
        rows = self.place.loop.call(self.place.fetch(sql, self.id))
        return [Happened(row["id"], row["name"], row["version"], json.loads(row["payload"]), row["occurred_at"]) for row in rows]

    def messages(self) -> Sequence[Sent]:
        """Opened as the phone's owner reads them."""
        sql = "select template, recipient_sealed, body_sealed, state from core.message where tenant_id = $1 order by id"
        rows, vault = self.place.loop.call(self.place.fetch(sql, self.id)), self.place.runtime.vault
        return [
            Sent(
                row["template"],
                vault.open(self.id, MESSAGE_RECIPIENT, row["recipient_sealed"]),
                vault.open(self.id, MESSAGE_BODY, row["body_sealed"]),
                row["state"],
            )
            for row in rows
        ]

    def _write(self, sql: str, *args: object) -> None:
        self.place.loop.call(self.place.fetch(sql, *args))

    async def _open_session(self, who: str) -> str:
        async with self.place.runtime.database.unit(self.id) as unit:
            return await open_session(Session(unit), self.people[who], factor=True)

    async def _switch(self, plugin: str, *, on: bool) -> None:
        async with self.place.runtime.database.unit(self.id) as unit:
            board = Switchboard(await self._context(unit, "owner"))
            await (board.enable if on else board.disable)(plugin)
        self.place.runtime.gate.forget(self.id)

    async def _context(self, unit: Any, who: str | None) -> Context:  # noqa: ANN401 - a unit of work
        runtime = self.place.runtime
        if self._tenant is None:
            self._tenant = await TenantDirectory(runtime.database, runtime.settings.domain).by_slug(self.slug)
        assert self._tenant is not None  # noqa: S101 - it was founded
        plugins = await runtime.gate.read(Session(unit))
        caller = self._actor(who) if who else None
        origin = f"http://{self.foundation.host}:{self.place.ports[0]}"
        return Context(self._tenant, "ko", unit, runtime.services, plugins, CORE, caller, None, origin, self.place.now)

    def _actor(self, who: str) -> Actor:
        role, shop = CAST[who]
        shops = {"shop": {self.shop_id}, "other_shop": {self.other_shop_id}}.get(shop or "", set())
        return self.place.runtime.access.as_declared(Actor(Role(role), self.people[who], frozenset(shops)))
