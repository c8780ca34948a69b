"""A merchant and somebody of the foundation, each at a process of their own."""

import re
from dataclasses import dataclass
from html import unescape
from http import HTTPStatus
from uuid import UUID

from httpx2 import Response

from tests.support.faces import Guest, Town, sentence

HERS, THEIRS = "/portal/showing", "/console/screens"
PAGE = "/portal/coupons/campaigns"


@dataclass
class Looking:
    """Two browsers, and what stands in the first.

    Attributes:
        id: of the showing.
    """

    town: Town
    merchant: Guest
    staff: Guest
    id: UUID

    async def allow(self) -> Response:
        """Her tap."""
        return await self.merchant.post(f"{HERS}/{self.id}/allow")

    async def stop(self) -> Response:
        """Her other tap."""
        return await self.merchant.post(f"{HERS}/{self.id}/end")


async def ask_for_help(merchant: Guest, page: str = PAGE) -> str:
    """From a page to the help page and on to a code, as she taps: its six digits."""
    origin = f"http://{merchant.host}"
    helped = await merchant.get("/portal/help", headers={"Referer": f"{origin}{page}"})
    [came_from] = re.findall(r'name="from" value="([^"]+)"', helped.text)
    answer = await merchant.post(HERS, {"from": unescape(came_from)})
    assert (answer.status_code, answer.headers.get("location")) == (HTTPStatus.SEE_OTHER, HERS), sentence(answer)
    return await code_of(merchant)


async def code_of(merchant: Guest) -> str:
    """The digits on her page."""
    found = re.search(r"(\d{3}) (\d{3})</p>", (await merchant.get(HERS)).text)
    assert found
    return found[1] + found[2]


async def give(staff: Guest, code: str) -> Response:
    """Type them at the foundation."""
    return await staff.post(THEIRS, {"code": code})


async def asked(town: Town, *, who: str = "merchant", page: str = PAGE) -> Looking:
    """The code was given; she has not answered yet."""
    merchant, staff = await town.signed_in(who), await town.signed_in("staff", process=1)
    answer = await give(staff, await ask_for_help(merchant, page))
    assert (answer.status_code, answer.headers.get("location")) == (HTTPStatus.SEE_OTHER, THEIRS), sentence(answer)
    newest = "select id from core.showing where tenant_id = $1 order by id desc limit 1"
    return Looking(town, merchant, staff, await town.site.admin.fetchval(newest, town.foundation.id))


async def looking(town: Town, *, who: str = "merchant", page: str = PAGE) -> Looking:
    """She has allowed it."""
    both = await asked(town, who=who, page=page)
    answer = await both.allow()
    assert (answer.status_code, answer.headers.get("location")) == (HTTPStatus.SEE_OTHER, page), sentence(answer)
    return both


async def log(town: Town) -> list[tuple[str, str, str]]:
    """What is on record of it: by whom, as what, and which page or whose screen."""
    rows = await town.site.admin.fetch(
        """
        select e.sentence, p.name as who, coalesce(e.params->>'path', e.params->>'merchant', e.params->>'staff', '') as told
        from core.audit_entry e join core.person p on p.id = e.actor_id
        where e.tenant_id = $1 and e.sentence like 'identity.audit.screen_%' order by e.id
        """,
        town.foundation.id,
    )
    return [(row["sentence"].removeprefix("identity.audit.screen_"), row["who"], row["told"]) for row in rows]
