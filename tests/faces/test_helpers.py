"""도와줄 사람: who acts for a merchant, how far, until when, and what is on record of it."""

import asyncio
import re
from dataclasses import dataclass
from http import HTTPStatus
from uuid import UUID, uuid4

import pytest
from asyncpg import CheckViolationError
from httpx2 import Response

from smilero_core.db.session import Session
from smilero_core.identity.bearers import bearer_of
from smilero_core.identity.personal import PersonalData
from smilero_core.identity.tokens import create_token
from smilero_core.messaging.channels import NoChannel
from smilero_core.messaging.security import SecurityMessages
from smilero_sdk.roles import Role
from tests.support.application import Site
from tests.support.faces import SESSION, Guest, Town, new_town, sentence
from tests.support.streams import streaming

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
    assert listed.status_code == HTTPStatus.OK, listed.text
    mine = sentence(listed)
    assert f"{NAME} 님이 merchant 님을 대신하여" in mine
    assert "쿠폰을 되돌렸습니다" in mine
    desk = await town.signed_in("staff")
    for path in ("/console/audit", f"/console/audit?who={NAME}"):
        assert f"{NAME} 님이 merchant 님을 대신하여" in (await desk.get(path)).text
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
    assert row is not None
    assert row["roles"] == 0
    kept = await town.site.admin.fetchrow("select * from core.helper where tenant_id = $1", town.foundation.id)
    assert kept is not None
    assert (kept["person_id"], kept["phone_sealed"]) == (row["id"], None)


OVER = {
    "ended": "",
    "late": "update core.helper set until = created_at where tenant_id = $1",
    "role": "update core.membership set ended_at = now() where tenant_id = $1 and role = 'merchant'",
    "other shop": "update core.helper set shop_id = (select id from core.shop where id <> shop_id and tenant_id = $1) where tenant_id = $1",
    "suspended": "update core.tenant set status = 'suspended' where id = $1",
}


@pytest.mark.parametrize("how", OVER)
async def test_what_it_stands_on_taken_away_is_felt_at_the_next_request(town: Town, how: str) -> None:
    her = await helping(town)
    assert (await her.make()).status_code == HTTPStatus.SEE_OTHER
    made, live = (
        await campaigns(town),
        await town.site.admin.fetchval("select id from plugin_coupons.campaign where tenant_id = $1", town.foundation.id),
    )
    async with streaming(her.helper, f"{MAKE}/{live}/live") as stream:
        event = await stream.event()
        assert event is not None
        assert event.name == "counts"
        if how == "ended":
            [end] = await ends(her.merchant)
            for _ in range(2):  # two taps
                assert (await her.merchant.post(end)).headers["location"] == f"{PATH}?done=ended"
        else:
            await town.site.admin.execute(OVER[how], town.foundation.id)
        answer = await her.make()
        if how == "suspended":
            assert answer.headers.get("location", "/sign-in").startswith("/sign-in")
        else:
            assert answer.headers["location"] == "/portal/helping"
        gone = await stream.event()
        assert gone is not None
        assert gone.name == "gone"
    assert await campaigns(town) == made
    if how == "suspended":
        return
    told = await her.helper.get("/portal/helping")
    assert "도움이 끝났어요" in sentence(told)
    assert "merchant" not in sentence(told)
    for path in ("/portal", PATH, f"{MAKE}/{live}"):
        assert (await her.helper.get(path)).headers["location"] == "/portal/helping"
    # And back to her own, of which she has none.
    assert (await her.helper.post("/portal/helping/end")).headers["location"] == "/"
    assert (await her.helper.get("/portal")).status_code == HTTPStatus.FORBIDDEN
    assert (await log(town))[-1][0] == ("identity.audit.helper_ended" if how == "ended" else "coupons.audit.made")


async def test_a_shop_that_does_without_a_plugin_lends_none_of_it(town: Town) -> None:
    her = await helping(town)
    assert (await her.merchant.post("/portal/plugins/coupons", {"enabled": "false"})).status_code == HTTPStatus.SEE_OTHER
    assert (await her.make()).status_code == HTTPStatus.NOT_FOUND


async def test_who_may_look_changes_nothing(town: Town) -> None:
    her = await helping(town, limits="look")
    page = await her.helper.get("/portal")
    assert page.status_code == HTTPStatus.OK
    assert "/portal/coupons/new" not in page.text
    assert "/portal/coupons/check" not in page.text
    refused = await her.helper.post("/portal/shops", {"shop_id": str(town.foundation.shop)})
    assert refused.status_code == HTTPStatus.FORBIDDEN
    assert "보기만 맡으셨어요" in sentence(refused)
    assert (await her.make()).status_code == HTTPStatus.FORBIDDEN
    assert await campaigns(town) == 0


async def test_a_helper_has_no_helpers_and_is_nothing_else_meanwhile(town: Town) -> None:
    her = await helping(town)
    [end] = await ends(her.merchant)
    asked_already = len(await links(town))
    for method, path in [
        ("GET", PATH),
        ("GET", f"{PATH}/new"),
        ("POST", PATH),
        ("POST", end),
        ("GET", "/portal/sessions"),
        ("POST", "/portal/sessions/end"),
        ("GET", "/portal/plugins"),
        ("GET", "/sessions"),
        ("GET", "/console"),
    ]:
        answer = await (her.helper.get(path) if method == "GET" else her.helper.post(path, ASKED))
        assert answer.status_code == HTTPStatus.FORBIDDEN, path
    assert len(await links(town)) == asked_already
    assert (await her.make()).status_code == HTTPStatus.SEE_OTHER
    # Whoever helps the helper has nothing of the merchant's: the leave is of a merchant's role at her shop.
    helper = await town.site.admin.fetchval("select person_id from core.helper where tenant_id = $1", town.foundation.id)
    third = town.foundation.people["other customer"]
    await town.site.admin.execute(
        """insert into core.helper (tenant_id, id, merchant_id, shop_id, relation, limits, person_id, taken_at, until)
           values ($1, $2, $3, $4, 'son', 'work', $5, now(), now() + interval '1 day')""",
        *(town.foundation.id, uuid4(), helper, town.foundation.shop, third),
    )
    assert "merchant 님 대신" not in (await (await town.signed_in("other customer")).get("/portal/helping")).text


async def test_no_token_of_the_api_is_made_of_it(town: Town) -> None:
    await helping(town)
    helper = await town.site.admin.fetchval("select person_id from core.helper where tenant_id = $1", town.foundation.id)
    async with town.site.database.unit(town.foundation.id) as unit:
        session = Session(unit)
        assert await bearer_of(session, await create_token(session, helper, Role.MERCHANT)) is None


async def test_one_tap_leads_from_one_to_the_other_and_back(town: Town) -> None:
    """A clerk of the shop helps its merchant and the neighbour's."""
    clerk = await town.signed_in("clerk")
    for who in ("merchant", "other merchant"):
        merchant = await town.signed_in(who)
        answer = await merchant.post(PATH, ASKED | {"phone": "010-1111-0004"})
        assert answer.headers["location"] == f"{PATH}?done=asked", sentence(answer)
        link = (await links(town))[0]
        # Whose name we know is not asked for it.
        assert 'name="name"' not in (await clerk.get(link)).text
        assert (await clerk.post(link)).headers["location"] == "/portal"
        assert f"지금 {who} 님 대신" in (await clerk.get("/portal")).text
        assert (await clerk.post(link)).headers["location"] == "/portal"  # a second tap
    assert (await clerk.post("/portal/helping/end")).headers["location"] == "/portal"
    page = await clerk.get("/portal")
    assert "대신 하고 있습니다" not in page.text
    assert (await clerk.get("/portal/coupons/new")).status_code == HTTPStatus.FORBIDDEN
    assert "/portal/helping" in (await clerk.get("/portal/help")).text
    taps = re.findall(r'action="(/portal/helping/[0-9a-f-]{36})"', (await clerk.get("/portal/helping")).text)
    assert len(taps) == 2
    shops = []
    for tap in taps:
        began = len(await log(town))
        answers = await asyncio.gather(*(clerk.post(tap) for _ in range(2)))
        assert [answer.headers["location"] for answer in answers] == ["/portal"] * 2
        assert len(await log(town)) in {began + 1, began + 2}
        shops.append(re.findall(r"<b>(.*?)</b>", (await clerk.get("/portal")).text)[0])
        assert (await clerk.get("/portal/coupons/new")).status_code == HTTPStatus.OK
    assert len(set(shops)) == 2
    # Another's leave is nobody's.
    stranger = await town.signed_in("customer")
    assert (await stranger.post(taps[0])).status_code == HTTPStatus.NOT_FOUND
    # Signing in anew, who has no role but helps comes where that is done.
    await town.site.admin.execute(
        "update core.membership set ended_at = now() where tenant_id = $1 and person_id = $2",
        town.foundation.id,
        town.foundation.people["clerk"],
    )
    again = town.guest()
    await town.ask_code(again, "010-1111-0004")
    assert (await again.post("/sign-in/code", {"code": await town.code_sent(), "next": "/"})).headers["location"] == "/portal/helping"


async def test_a_look_at_the_link_takes_nothing_and_two_taps_are_one(town: Town) -> None:
    link = await asked(town, await town.signed_in("merchant"))
    guests = [town.guest(process=process) for process in range(2)]
    for method in ("GET", "HEAD", "GET"):
        assert (await guests[0].ask(method, link)).status_code == HTTPStatus.OK
    nameless = await guests[0].post(link)
    assert nameless.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert "이름을 적어" in sentence(nameless)
    answers = await asyncio.gather(*(guest.post(link, {"name": NAME}) for guest in guests))
    assert sorted(answer.status_code for answer in answers) == [HTTPStatus.SEE_OTHER, HTTPStatus.GONE]
    assert (await town.guest().get(link)).status_code == HTTPStatus.GONE
    assert [one[0] for one in await log(town)] == ["identity.audit.helper_asked.work", "identity.audit.helper_came"]


@pytest.mark.parametrize("how", ["ended", "late", "old", "role", "elsewhere"])
async def test_a_link_that_is_not_good_opens_nothing(town: Town, site: Site, how: str) -> None:
    merchant = await town.signed_in("merchant")
    link, guest = await asked(town, merchant), town.guest()
    match how:
        case "ended":
            [end] = await ends(merchant)
            assert (await merchant.post(end)).status_code == HTTPStatus.SEE_OTHER
        case "old":
            sql = (
                "update core.helper set created_at = created_at - interval '7 days', until = until - interval '1 hour' where tenant_id = $1"
            )
            await town.site.admin.execute(sql, town.foundation.id)
        case "elsewhere":
            guest = (await new_town(site)).guest()
        case _:
            await town.site.admin.execute(OVER[how], town.foundation.id)
    assert (await guest.get(link)).status_code == HTTPStatus.GONE
    assert (await guest.post(link, {"name": NAME})).status_code == HTTPStatus.GONE
    assert SESSION not in guest.cookies


async def test_two_taps_ask_once_and_what_is_over_is_asked_anew(town: Town) -> None:
    merchant = await town.signed_in("merchant")
    answers = await asyncio.gather(*(merchant.post(PATH, ASKED) for _ in range(2)))
    assert sorted(answer.headers["location"] for answer in answers) == [f"{PATH}?done=asked", f"{PATH}?done=waiting"]
    assert len(await links(town)) == 1
    await town.site.admin.execute(OVER["late"], town.foundation.id)
    await asked(town, merchant)
    [end] = await ends(merchant)
    # Another merchant's is not there.
    for who in ("other merchant", "customer"):
        assert (await (await town.signed_in(who)).post(end)).status_code in {HTTPStatus.NOT_FOUND, HTTPStatus.FORBIDDEN}
    assert await ends(merchant) == [end]


@pytest.mark.parametrize(
    ("changed", "status"),
    [
        ({"phone": "010-1111-0003"}, HTTPStatus.UNPROCESSABLE_ENTITY),
        ({"phone": "02-123-4567"}, HTTPStatus.UNPROCESSABLE_ENTITY),
        ({"limits": "never"}, HTTPStatus.UNPROCESSABLE_ENTITY),
        ({"limits": "all"}, HTTPStatus.UNPROCESSABLE_ENTITY),
        ({"long": "year"}, HTTPStatus.UNPROCESSABLE_ENTITY),
        ({"relation": "emperor"}, HTTPStatus.UNPROCESSABLE_ENTITY),
        ({"clerk": str(UUID(int=1))}, HTTPStatus.NOT_FOUND),
    ],
)
async def test_what_cannot_be_asked_is_refused(town: Town, changed: dict[str, str], status: int) -> None:
    assert (await (await town.signed_in("merchant")).post(PATH, ASKED | changed)).status_code == status
    assert await links(town) == []


async def test_her_clerk_is_a_tap_away_and_the_questions_are_one_a_page(town: Town) -> None:
    merchant = await town.signed_in("merchant")
    pages = [await merchant.get(f"{PATH}/new{query}") for query in ("", "?long=day", "?long=day&limits=look")]
    assert ["얼마 동안" in sentence(pages[0]), "어디까지" in sentence(pages[1]), "누가 도와주나요" in sentence(pages[2])] == [True] * 3, (
        sentence(pages[2])
    )
    [clerk] = re.findall(r'name="clerk" value="([^"]+)"', pages[2].text)
    answer = await merchant.post(PATH, {"long": "day", "limits": "look", "clerk": clerk})
    assert answer.headers["location"] == f"{PATH}?done=asked"
    her = await town.signed_in("clerk")
    assert (await her.post((await links(town))[0])).headers["location"] == "/portal"
    assert "지금 merchant 님 대신" in (await her.get("/portal")).text
    until = await town.site.admin.fetchval("select until - now() from core.helper where tenant_id = $1", town.foundation.id)
    assert 0 < until.total_seconds() <= 86_400


async def test_asking_is_limited(town: Town) -> None:
    merchant = await town.signed_in("merchant")
    answers = [(await merchant.post(PATH, ASKED)).status_code for _ in range(6)]
    assert answers == [HTTPStatus.SEE_OTHER] * 5 + [HTTPStatus.TOO_MANY_REQUESTS]


async def test_a_leave_is_for_ninety_days_at_most_whoever_writes_it(town: Town) -> None:
    await asked(town, await town.signed_in("merchant"))
    with pytest.raises(CheckViolationError):
        await town.site.admin.execute(
            "update core.helper set until = created_at + interval '91 days' where tenant_id = $1", town.foundation.id
        )


@pytest.mark.parametrize("who", ["merchant", "helper"])
async def test_it_is_told_to_both_and_forgotten_with_either(town: Town, who: str) -> None:
    her = await helping(town)
    waiting = await asked(town, her.merchant, phone="010-7777-8642")
    row = await town.site.admin.fetchrow(
        "select merchant_id, person_id from core.helper where tenant_id = $1 and person_id is not null", town.foundation.id
    )
    assert row is not None
    async with town.site.database.unit(town.foundation.id) as unit:
        data = PersonalData(Session(unit), town.foundation.id, town.vault)
        person = row["merchant_id" if who == "merchant" else "person_id"]
        [told] = [one for one in await data.sections(person) if one.title == "person.helping"]
        assert [(one["role"], one["limits"]) for one in told.rows] == [(who, "work")] * (2 if who == "merchant" else 1)
        await data.erase(person)
    sql = "select id from core.helper where tenant_id = $1 and (ended_at is null or phone_index is not null or relation <> 'other')"
    left = await town.site.admin.fetch(sql, town.foundation.id)
    assert len(left) == (0 if who == "merchant" else 1)
    assert (await her.make()).headers["location"].startswith("/portal/helping" if who == "merchant" else "/sign-in")
    assert (await town.guest().get(waiting)).status_code == (HTTPStatus.GONE if who == "merchant" else HTTPStatus.OK)
