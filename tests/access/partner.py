"""A third foundation, and its people who have an account at one of the scene's."""

from dataclasses import dataclass
from datetime import timedelta
from uuid import uuid4

from smilero_core.db.session import Session
from smilero_core.identity.people import NewPerson, People
from smilero_core.identity.tickets import Tickets
from smilero_core.platform.account_links import Account, AccountLinks, Proved
from smilero_core.platform.tenants import NewTenant, TenantOffice
from smilero_sdk.context import Actor
from smilero_sdk.roles import Role
from tests.support.faces import Town

ARRIVAL = "__Host-arrival"
_ORIGIN = "http://partner.localhost"


@dataclass(frozen=True)
class Partner:
    """What comes to a foundation from another."""

    town: Town

    async def slug(self) -> str:
        """Of a new foundation."""
        slug = f"p{uuid4().hex[:12]}"
        await TenantOffice(self.town.site.database).create(NewTenant(slug, slug))
        return slug

    async def link(self, who: str) -> str:
        """The id of a new link of one of the cast."""
        here = Account(self.town.foundation.id, self.town.foundation.people[who])
        there = await self._stranger()
        links = AccountLinks(self.town.site.database)
        await links.make(Proved(here, _actor(here), "here"), Proved(there, _actor(there), "there"))
        return next(str(one.id) for one in await links.of(here) if one.account == there)

    async def arrival(self, purpose: str) -> dict[str, str]:
        """The cookie of a browser that came to go in, or to link."""
        there, held = await self._stranger(), dict[str, str]()
        if purpose == "switch":
            here = Account(self.town.foundation.id, self.town.foundation.people["customer"])
            links = AccountLinks(self.town.site.database)
            await links.make(Proved(here, _actor(here), "here"), Proved(there, _actor(there), "there"))
            held = {"link": next(str(one.id) for one in await links.of(there))}
        return {ARRIVAL: await self._issue("arrival", {**_held(there), **held})}

    async def ticket(self) -> tuple[dict[str, str], dict[str, str]]:
        """What the page between two hosts sends, and the headers with it."""
        sent = {"Sec-Fetch-Site": "cross-site", "Origin": _ORIGIN}
        return {"purpose": "link", "ticket": await self._issue("link", _held(await self._stranger()))}, sent

    async def _issue(self, purpose: str, held: dict[str, str]) -> str:
        tenant = self.town.foundation.id
        async with self.town.site.database.unit(tenant) as unit:
            return await Tickets(Session(unit), tenant, self.town.vault).issue(purpose, held, timedelta(minutes=10))

    async def _stranger(self) -> Account:
        database, slug = self.town.site.database, await self.slug()
        tenant = await TenantOffice(database).find(slug)
        assert tenant is not None
        async with database.unit(tenant) as unit:
            new = NewPerson("010-6000-0000", "partner", ((Role.CUSTOMER, None),))
            (person,) = await People(Session(unit), tenant, self.town.vault).ensure([new])
        return Account(tenant, person)


def _actor(account: Account) -> Actor:
    return Actor(Role.CUSTOMER, account.person_id, frozenset())


def _held(account: Account) -> dict[str, str]:
    return {"tenant": str(account.tenant_id), "person": str(account.person_id), "origin": _ORIGIN}
