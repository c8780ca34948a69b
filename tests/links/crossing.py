"""Somebody's way from one foundation to another, step by step, as a browser goes it."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from html import unescape
from http import HTTPStatus

from httpx2 import Response

from tests.support.faces import Guest, Town

ARRIVE, SWITCH, LINKS = "/arrive", "/switch", "/switch/links"
ARRIVAL = "__Host-arrival"


@dataclass(frozen=True)
class Carried:
    """What a page hands over to another host.

    Attributes:
        to: where its form goes.
        fields: what the form has.
        origin: of the page, as a browser says it.
        policy: the page's content security policy.
    """

    to: str
    fields: Mapping[str, str]
    origin: str
    policy: str


@dataclass(frozen=True)
class Pair:
    """Two foundations: people go from `a` to `b`."""

    a: Town
    b: Town

    async def linked(self, who: str = "merchant", there: str = "merchant") -> tuple[Guest, Guest]:
        """Somebody who linked two accounts, signed in in one browser at both hosts."""
        here, other = await self.a.signed_in(who), await self.b.signed_in(there)
        await arrive(other, await ask_to_link(here, self.b))
        answer = await other.post(f"{ARRIVE}/link")
        assert (answer.status_code, answer.headers["location"]) == (HTTPStatus.SEE_OTHER, SWITCH), answer.text
        return here, other

    async def links(self) -> list[Mapping[str, object]]:
        """The links of the first foundation, as the database has them."""
        rows = await self.a.site.admin.fetch("select * from core.account_link where $1 in (one_tenant, other_tenant)", self.a.foundation.id)
        return [dict(row) for row in rows]


def origin(guest: Guest) -> str:
    """Of a page of the guest's host: the scheme, and the Host as it was sent."""
    return f"http://{guest.host}"


def carried(guest: Guest, page: Response) -> Carried:
    """What the page between two hosts carries."""
    assert page.status_code == HTTPStatus.OK, page.text
    form = page.text.partition("data-at-once")[2].partition("</form>")[0]
    to = re.search(r'action="([^"]+)"[^>]*data-at-once', page.text)
    assert to
    return Carried(
        unescape(to[1]),
        dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', form)),
        origin(guest),
        page.headers["content-security-policy"],
    )


async def ask_to_link(here: Guest, to: Town) -> Carried:
    """Choose the foundation to link."""
    return carried(here, await here.post(LINKS, {"foundation": to.foundation.host.partition(".")[0]}))


async def actions(guest: Guest) -> list[str]:
    """The commands that go to linked foundations."""
    return re.findall(rf'action="({SWITCH}/[0-9a-f-]{{36}})"', (await guest.get(SWITCH)).text)


async def ask_to_go(here: Guest) -> Carried:
    """Choose the one linked foundation."""
    [action] = await actions(here)
    return carried(here, await here.post(action))


async def deliver(guest: Guest, brought: Carried, **changed: str) -> Response:
    """Send the form as a browser does for a page of another host: without the cookies, which do not go with it, and with its origin."""
    cookies, guest.cookies = guest.cookies, {}
    sent = {"Sec-Fetch-Site": "cross-site", "Origin": changed.pop("origin", brought.origin)}
    try:
        return await guest.post(ARRIVE, {**brought.fields, **changed}, headers=sent)
    finally:
        guest.cookies = {**cookies, **guest.cookies}


async def arrive(guest: Guest, brought: Carried) -> Response:
    """Deliver, and follow to what is behind the door."""
    answer = await deliver(guest, brought)
    assert (answer.status_code, answer.headers.get("location")) == (HTTPStatus.SEE_OTHER, ARRIVE), answer.text
    return await guest.get(ARRIVE)


async def said(town: Town) -> list[tuple[str, str, str, str]]:
    """What a foundation's log says of links: sentence, role, whose account, and which other foundation."""
    rows = await town.site.admin.fetch(
        r"""
        select sentence, role, subject_id, params->>'foundation' as foundation from core.audit_entry
        where tenant_id = $1 and sentence ~ '^identity\.audit\.(un)?(link|switch)' order by id
        """,
        town.foundation.id,
    )
    names = {person: name for name, person in town.foundation.people.items()}
    return [(row["sentence"].removeprefix("identity.audit."), row["role"], names[row["subject_id"]], row["foundation"]) for row in rows]
