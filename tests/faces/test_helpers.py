"""도와줄 사람: who acts for a merchant, how far, until when, and what is on record of it."""

import re
from dataclasses import dataclass
from http import HTTPStatus
from uuid import uuid4

from httpx2 import Response

from smilero_core.messaging.channels import NoChannel
from smilero_core.messaging.security import SecurityMessages
from tests.support.faces import Guest, Town, sentence

PATH = "/portal/helpers"
PHONE = "010-7777-2468"
ASKED = {"long": "week", "limits": "work", "relation": "daughter", "phone": PHONE}
NEW_COUPON = {"value": "1000", "until": "week", "stock": "10"}
MAKE = "/portal/coupons/campaigns"
NAME = "박지은"


@dataclass
class Help:
    """A merchant and her helper, each at a process of their own."""

    town: Town
    merchant: Guest
    helper: Guest

    async def make(self) -> Response:
        """A coupon of hers, by the helper."""
        return await self.helper.post(MAKE, NEW_COUPON, key=str(uuid4()))


async def links(town: Town) -> list[str]:
    """The addresses in the messages of the foundation, the newest first."""
    sent = await SecurityMessages(town.site.database, town.vault, NoChannel()).latest(town.foundation.id, 20)
    return [found[0] for message in sent if (found := re.search(r"/help/\S+", message.body))]


async def asked(town: Town, merchant: Guest, **changed: str) -> str:
    answer = await merchant.post(PATH, ASKED | changed)
    assert (answer.status_code, answer.headers["location"]) == (HTTPStatus.SEE_OTHER, f"{PATH}?done=asked"), sentence(answer)
    return (await links(town))[0]


async def helping(town: Town, **changed: str) -> Help:
    merchant, helper = await town.signed_in("merchant"), town.guest(process=1)
    answer = await helper.post(await asked(town, merchant, **changed), {"name": NAME})
    assert (answer.status_code, answer.headers["location"]) == (HTTPStatus.SEE_OTHER, "/portal"), sentence(answer)
    return Help(town, merchant, helper)


async def ends(merchant: Guest) -> list[str]:
    return re.findall(rf'action="({PATH}/\S+/end)"', (await merchant.get(PATH)).text)


async def log(town: Town) -> list[tuple[str, str, str]]:
    """What is on record since the foundation was made: sentence, by whom, for whom."""
    rows = await town.site.admin.fetch(
        """
        select e.sentence, coalesce(p.name, '') as who, coalesce(k.name, '') as whom from core.audit_entry e
        left join core.person p on p.id = e.actor_id left join core.person k on k.id = e.on_behalf_of
        where e.tenant_id = $1 and (e.sentence like 'identity.%' or e.plugin = 'coupons') order by e.id
        """,
        town.foundation.id,
    )
    return [(row["sentence"], row["who"], row["whom"]) for row in rows]


async def campaigns(town: Town) -> int:
    return int(await town.site.admin.fetchval("select count(*) from plugin_coupons.campaign where tenant_id = $1", town.foundation.id))


async def test_a_daughter_makes_a_coupon_for_her_and_it_says_so(town: Town) -> None:
    her = await helping(town)
    home = await her.helper.get("/portal")
    assert "지금 merchant 님 대신 하고 있습니다" in home.text
    assert 'action="/portal/helping/end"' in home.text
    made = await her.make()
    assert made.status_code == HTTPStatus.SEE_OTHER, sentence(made)
    page = await her.helper.get(made.headers["location"])
    assert "지금 merchant 님 대신 하고 있습니다" in page.text
    [undo] = re.findall(r'action="(\S+/undo)"', page.text)
    assert (await her.helper.post(undo, key=str(uuid4()))).status_code == HTTPStatus.SEE_OTHER
    assert await log(town) == [
        ("identity.audit.helper_asked.work", "merchant", ""),
        ("identity.audit.helper_came", NAME, "merchant"),
        ("coupons.audit.made", NAME, "merchant"),
        ("coupons.audit.undone", NAME, "merchant"),
    ]
    listed = await her.merchant.get(PATH)
    assert listed.status_code == HTTPStatus.OK, "".join(town.site.servers[0].log)[-3000:]
    mine = sentence(listed)
    assert f"{NAME} 님이 merchant 님을 대신하여" in mine
    assert "쿠폰을 되돌렸습니다" in mine
    desk = await town.signed_in("staff")
    for page in ("/console/audit", f"/console/audit?who={NAME}"):
        assert f"{NAME} 님이 merchant 님을 대신하여" in (await desk.get(page)).text
    file = (await desk.post("/console/audit/export", {"plugin": "coupons"})).text
    [line] = [one for one in file.splitlines() if "만들었습니다" in one]
    assert f'"{NAME}","merchant","상인"' in line
    # She herself is a person of the foundation now, without a role.
    row = await town.site.admin.fetchrow(
        """
        select p.id, (select count(*) from core.membership m where m.person_id = p.id) as roles
        from core.person p where p.tenant_id = $1 and p.name = $2
        """,
        town.foundation.id,
        NAME,
    )
    assert row["roles"] == 0
    kept = await town.site.admin.fetchrow("select * from core.helper where tenant_id = $1", town.foundation.id)
    assert (kept["person_id"], kept["phone_sealed"]) == (row["id"], None)
