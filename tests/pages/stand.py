"""The demo's pages over two sets of data, and what a browser needs to open one of them."""

import tempfile
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from http.cookies import SimpleCookie
from pathlib import Path
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from smilero_core.db.session import Session
from smilero_core.identity.people import NewPerson, People
from smilero_core.identity.sessions import open_session
from smilero_core.identity.vault import Vault
from smilero_core.platform.tenants import NewTenant, TenantOffice
from smilero_core.plugins.gate import switch
from smilero_core.registry.standard_file import read_standard_file
from smilero_core.registry.store import NewShop, RegistryStore
from smilero_sdk.ids import uuid7
from smilero_sdk.pages import Face
from smilero_sdk.roles import Role
from smilero_tenants.markets.definition import load_definitions
from tests.access.requests import request_for
from tests.access.scene import PLATFORM as PLATFORM_HOST
from tests.access.scene import Ask, Prover, Scene, set_scene
from tests.pages.every_page import EMPTY, EMPTY_QUERIES, PLATFORM, Sight, names_of
from tests.pages.long_names import MARK, lengthen
from tests.support.application import Site, running_site
from tests.support.cluster import Cluster
from tests.support.faces import SESSION
from tests.support.web import DEMO, INSTALLED, running_server

NEW_FOUNDATION, NEW_SHOP = "saerounjaedan", "saerounjeompo"
Cookies = Mapping[str, str]


@dataclass(frozen=True)
class Opened:
    """What a browser asks for."""

    url: str
    host: str
    cookies: Cookies


@dataclass(frozen=True)
class Place:
    """A foundation without objects.

    Attributes:
        sessions: by who has them.
    """

    host: str
    sessions: Mapping[str, str]


@dataclass(frozen=True)
class Stand:
    """Where every page can be seen.

    Attributes:
        scene: one of everything, under long names.
        foundation: just made: an owner and a customer, no market, no shop.
        shop: just let in: a merchant and no customers.
    """

    scene: Scene
    foundation: Place
    shop: Place

    async def open(self, sight: Sight) -> Opened:
        """Prepare a page to be opened: what must have happened before has happened."""
        if sight.data == PLATFORM:
            return self._opened(PLATFORM_HOST, sight, Ask(), {})
        if sight.data == EMPTY:
            place = self.shop if sight.face is Face.PORTAL else self.foundation
            ask = Ask(ids=names_of(sight.subject), query=EMPTY_QUERIES.get(sight.subject.name, {}))
            return self._opened(place.host, sight, ask, _session(place.sessions, sight.who))
        ask = await self._ask(sight)
        own = {name: one.value for name, one in SimpleCookie(ask.headers.get("Cookie", "")).items()}
        return self._opened(self.scene.foundation.host, sight, ask, own or _session(self.scene.sessions, sight.who))

    async def _ask(self, sight: Sight) -> Ask:
        """A request that is answered with the page, and not with where it goes on."""
        if sight.subject.name == "GET /sign-in/factor":
            return Ask(headers={"Cookie": f"{SESSION}={await self._owing(sight.who)}"})
        if sight.subject.name == "GET /arrive":
            # To link an account one is asked first; to go in one is not.
            session = await self.scene.newcomer(sight.who)
            return Ask(headers={"Cookie": f"{SESSION}={session}"}, cookies=await self.scene.linked.arrival("link"))
        return await request_for(sight.subject, self.scene, sight.who)

    async def _owing(self, who: str) -> str:
        """The session of a new person who has an app and has not given its code yet."""
        prover = await Prover.new(self.scene, who)
        await prover.app_code()
        async with self.scene.site.database.unit(self.scene.foundation.id) as unit:
            return await open_session(Session(unit), prover.person_id)

    def _opened(self, host: str, sight: Sight, ask: Ask, cookies: Cookies) -> Opened:
        port = self.scene.demo_url.rpartition(":")[2]
        query = f"?{urlencode(ask.query)}" if ask.query else ""
        return Opened(f"http://{host}:{port}{sight.subject.path.format_map(ask.ids)}{query}", host, {**cookies, **ask.cookies})


def _session(sessions: Mapping[str, str], who: str) -> Cookies:
    return {} if who == "anonymous" else {SESSION: sessions[who]}


@asynccontextmanager
async def standing(cluster: Cluster) -> AsyncIterator[Stand]:
    """The application in demo mode, with both sets of data."""
    with tempfile.TemporaryDirectory() as folder:
        told: dict[str, Any] = {"SMILERO_DATA_DIR": folder}
        async with (
            running_site(cluster, **told) as site,
            running_server(site.settings, site.redis_url, DEMO, SMILERO_ENV="demo", SMILERO_WATCH="example", **told) as demo,
        ):
            scene = replace(await set_scene(site, site.seongnam, MARK, Path(folder)), demo_url=demo.url)
            await _fill(site, scene)
            await lengthen(site, scene)
            yield Stand(scene, await _new_foundation(site), await _new_shop(site))


async def _fill(site: Site, scene: Scene) -> None:
    """The markets of the demo's 성남 beside the scene's own: lists have more than a line."""
    definition = next(one for one in load_definitions() if one.slug == "seongnam")
    async with site.database.unit(scene.foundation.id) as unit:
        store = RegistryStore(Session(unit))
        await store.import_markets(await store.preview(read_standard_file(definition.standard_file(), area=definition.area).rows))


async def _new_foundation(site: Site) -> Place:
    tenant = await _tenant(site, NEW_FOUNDATION)
    return await _place(site, tenant, NEW_FOUNDATION, {"owner": None, "customer": None})


async def _new_shop(site: Site) -> Place:
    tenant = await _tenant(site, NEW_SHOP)
    definition = next(one for one in load_definitions() if one.slug == "bucheon")
    shop = uuid7()
    async with site.database.unit(tenant) as unit:
        store = RegistryStore(Session(unit))
        rows = read_standard_file(definition.standard_file(), area=definition.area).rows[:1]
        await store.import_markets(await store.preview(rows))
        market = (await store.market_ids())[rows[0].key]
        await store.add_shops([NewShop(shop, market, "새로 연 가게", "1호", "ricecake", "떡")])
    return await _place(site, tenant, NEW_SHOP, {"merchant": shop, "clerk": shop})


async def _tenant(site: Site, slug: str) -> UUID:
    new = NewTenant(slug, "새로운 상권활성화재단", "새", "#1d4f8c", phone="031-755-4214")
    tenant = await TenantOffice(site.database).create(new)
    async with site.database.unit(tenant) as unit:
        for plugin in INSTALLED:
            await switch(Session(unit), plugin, enabled=True)
    return tenant


async def _place(site: Site, tenant: UUID, slug: str, people: Mapping[str, UUID | None]) -> Place:
    vault = Vault(site.settings.secret_key.get_secret_value())
    async with site.database.unit(tenant) as unit:
        session = Session(unit)
        new = [NewPerson(f"010-3333-{number:04d}", "새 사람", ((Role(who), shop),)) for number, (who, shop) in enumerate(people.items())]
        made = await People(session, tenant, vault).ensure(new)
        opened = {who: await open_session(session, person, factor=True) for who, person in zip(people, made, strict=True)}
    return Place(f"{slug}.localhost", opened)
