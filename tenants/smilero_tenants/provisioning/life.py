"""The demo's past: sixty days up to yesterday, which each plugin makes up for its own tables through its own services.

The same tenant and the same day give the same life. One transaction for each foundation and plugin, in which it is noted that
it was done: a killed start goes on where it was, a later one does nothing, and a plugin that comes later gets its past too.
"""

import hashlib
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from functools import cached_property
from graphlib import TopologicalSorter
from http import HTTPStatus
from random import Random
from typing import cast
from uuid import UUID

from smilero_core.db.database import Database
from smilero_core.db.session import Session
from smilero_core.identity.access import Access
from smilero_core.plugins.context import Context, HostServices
from smilero_core.registry.calendar import kst_today
from smilero_core.tenancy.directory import TenantDirectory
from smilero_sdk.context import Actor, Tenant, TenantContext
from smilero_sdk.errors import Problem
from smilero_sdk.registry import Shop
from smilero_sdk.roles import Role
from smilero_tenants.markets.definition import load_definitions
from smilero_tenants.provisioning.demo import CUSTOMERS, MERCHANTS, Told

DAYS = 60
_HOOK = "provide_demo"


@dataclass(frozen=True)
class TenantLife:
    """Implements `smilero_sdk.demo.DemoLife` within one transaction.

    Attributes:
        stage: the transaction, as the plugin.
        cast: who runs each shop, the first bakery in front.
        told: called with how many of the days were reached.
    """

    stage: Context
    access: Access
    cast: Sequence[tuple[Shop, Actor]]
    customers: Sequence[Actor]
    told: Callable[[int], None]

    @cached_property
    def days(self) -> Sequence[date]:
        """Sixty, the last one yesterday."""
        return tuple(self.stage.today - timedelta(days=ago) for ago in range(DAYS, 0, -1))

    @cached_property
    def random(self) -> Random:
        """Seeded by tenant and plugin."""
        seed = hashlib.sha256(f"{self.stage.tenant.slug} {self.stage.plugin}".encode()).digest()
        return Random(seed)  # noqa: S311 - nothing here is secret, and the same life is wanted again

    @property
    def shops(self) -> Sequence[Shop]:
        """Those with demo merchants."""
        return [shop for shop, _ in self.cast]

    def merchant(self, shop: Shop) -> Actor:
        """Who runs a shop."""
        return self._merchants[shop.id]

    def at(self, moment: datetime, actor: Actor) -> TenantContext:
        """The same transaction at a moment of the past and by somebody."""
        shop_id = next(iter(actor.shop_ids)) if len(actor.shop_ids) == 1 else None
        self.told((kst_today(moment) - self.days[0]).days)
        return cast("TenantContext", replace(self.stage, now=moment, caller=self.access.as_declared(actor), shop_id=shop_id))

    @cached_property
    def _merchants(self) -> dict[UUID, Actor]:
        return {shop.id: actor for shop, actor in self.cast}


async def live_demo(
    database: Database, services: HostServices, access: Access, told: Told = lambda *_: None, now: datetime | None = None
) -> None:
    """Let each first-party plugin that is on make up its past, at every foundation of the demo, once.

    Args:
        told: called with the name of a foundation whose past is being made up, and how many of its days are done.
        now: the moment that the days end before; None: this one.

    Raises `plugins.demo_failed` (500), which names the plugin.
    """
    directory = TenantDirectory(database, "")
    for definition in load_definitions():
        tenant = await directory.by_slug(definition.slug)
        if tenant is not None:
            for plugin in await _waiting(database, services, tenant):
                await _live(database, _Scene(tenant, services, access, plugin, now or datetime.now(UTC)), told)


@dataclass(frozen=True)
class _Scene:
    tenant: Tenant
    services: HostServices
    access: Access
    plugin: str
    now: datetime


async def _waiting(database: Database, services: HostServices, tenant: Tenant) -> list[str]:
    """The plugins without a past yet, those first that others depend on."""
    host = services.host
    async with database.unit(tenant.id, read_only=True) as unit:
        session = Session(unit)
        on = (await services.gate.read(session)).open
        done = {row["plugin"] for row in await session.fetch("select plugin from core.plugin_activation where demo_until is not null")}
    order = TopologicalSorter({name: plugin.depends_on for name, plugin in host.plugins.items()}).static_order()
    return [name for name in order if name in (on & host.listed) - done and host.implementation(name, _HOOK) is not None]


async def _live(database: Database, scene: _Scene, told: Told) -> None:
    name = scene.tenant.name
    told(name, 0, DAYS)
    try:
        async with database.unit(scene.tenant.id) as unit:
            session = Session(unit)
            plugins = await scene.services.gate.read(session)
            stage = Context(scene.tenant, scene.tenant.locale, unit, scene.services, plugins, scene.plugin, now=scene.now)
            if await _mark(session, scene.plugin, stage.today - timedelta(days=1)):
                life = TenantLife(stage, scene.access, await _cast(stage), await _customers(session), lambda day: told(name, day, DAYS))
                for hook in scene.services.host.calls(_HOOK, frozenset({scene.plugin})):
                    filled = hook.call({"ctx": stage, "life": life})
                    if isinstance(filled, Awaitable):
                        await filled
    except Exception as error:  # whatever a plugin's code raises
        reason = f"{type(error).__name__}: {error}"
        raise Problem("plugins.demo_failed", HTTPStatus.INTERNAL_SERVER_ERROR, name=scene.plugin, tenant=name, reason=reason) from error
    told(name, DAYS, DAYS)


async def _mark(session: Session, plugin: str, until: date) -> bool:
    """Note that it is done, with what is done; whether it was not yet."""
    return (
        await session.execute(
            "update core.plugin_activation set demo_until = $2 where plugin = $1 and enabled and demo_until is null", plugin, until
        )
        == 1
    )


async def _cast(stage: Context) -> list[tuple[Shop, Actor]]:
    """The demo's merchants, each with the shop, in the order in which they were made."""
    rows = await stage.host.fetch(
        "select person_id, shop_id from core.membership where role = $1 and ended_at is null order by id limit $2",
        Role.MERCHANT.value,
        MERCHANTS,
    )
    return [
        (await stage.registry.shop(row["shop_id"]), Actor(Role.MERCHANT, row["person_id"], frozenset({row["shop_id"]}))) for row in rows
    ]


async def _customers(session: Session) -> list[Actor]:
    rows = await session.fetch(
        "select person_id from core.membership where role = $1 and ended_at is null order by id limit $2", Role.CUSTOMER.value, CUSTOMERS
    )
    return [Actor(Role.CUSTOMER, row["person_id"]) for row in rows]
