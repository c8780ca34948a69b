"""What was confirmed is what is done: not what it has become meanwhile, not for another reason than was read, not beyond the leave."""

import asyncio
from http import HTTPStatus
from uuid import uuid4

import pytest

from tests.support.approvals import MANY, Two, two
from tests.support.coupons import CAMPAIGNS, campaign_body
from tests.support.faces import Guest, Town, new_town, sentence
from tests.support.oauth import let_in

AT = "/console/approvals"


async def confirm(guest: Guest, held: str, **form: str) -> HTTPStatus:
    """Say yes; the status of the answer."""
    answer = await guest.post(f"{AT}/{held}/approve", form, key=str(uuid4()))
    return HTTPStatus(answer.status_code)


async def test_what_it_is_about_was_changed_meanwhile_and_nothing_is_done(town: Town) -> None:
    twin = await new_town(town.site)
    for one in (town, twin):
        office = await two(one)
        held = await office.asked()
        if one is town:
            await town.site.admin.execute("update core.shop set name = name || ' 새집' where id = $1", one.foundation.shop)
        assert await confirm(await one.signed_in("staff"), held) == HTTPStatus.SEE_OTHER
        assert (await office.state(held), await office.campaigns()) == (("failed", 0) if one is town else ("done", 1))
    for face, who in (("portal", "merchant"), ("console", "staff")):
        held = await town.site.admin.fetchval("select id from core.approval where tenant_id = $1", town.foundation.id)
        assert "부탁한 뒤에 내용이 바뀌어" in sentence(await (await town.signed_in(who)).get(f"/{face}/approvals/{held}")), face
    assert await Two(town).said() == ["on", "asked", "failed"]


async def test_what_is_small_by_now_may_be_done_as_anybody_alone_may(town: Town) -> None:
    office = await two(town)
    held = await office.asked()
    await town.site.admin.execute(
        """insert into core.plugin_setting (tenant_id, id, plugin, chosen)
           values ($1, gen_random_uuid(), 'coupons', '{"two_won": 9000000}')""",
        town.foundation.id,
    )
    await confirm(await town.signed_in("staff", process=1), held)
    assert (await office.state(held), await office.campaigns()) == ("done", 1)


async def test_yes_is_said_to_the_reason_that_was_read(town: Town) -> None:
    office = await two(town)
    held = await office.asked()
    merchant, staff = await town.signed_in("merchant"), await town.signed_in("staff", process=1)
    await merchant.post(f"/portal/approvals/{held}/why", {"why": "설 대목입니다"})
    page = await staff.get(f"{AT}/{held}")
    assert "설 대목입니다" in sentence(page)
    seen = page.text.partition('name="seen" value="')[2].partition('"')[0]
    assert len(seen) == 64
    await merchant.post(f"/portal/approvals/{held}/why", {"why": "그냥"})
    answer = await staff.post(f"{AT}/{held}/approve", {"seen": seen}, key=str(uuid4()))
    assert (answer.status_code, await office.state(held), await office.campaigns()) == (HTTPStatus.CONFLICT, "waiting", 0)
    assert "까닭을 고쳤습니다" in sentence(answer)
    assert "그냥" in sentence(answer)
    again = answer.text.partition('name="seen" value="')[2].partition('"')[0]
    assert again not in {"", seen}
    assert await confirm(staff, held, seen=again) == HTTPStatus.SEE_OTHER
    assert (await office.state(held), await office.campaigns()) == ("done", 1)


@pytest.mark.parametrize("left", ["coupons.manage", "coupons.redeem"])
async def test_a_program_may_no_more_than_its_leave_says_now(town: Town, left: str) -> None:
    office = await two(town)
    owner, staff = await town.signed_in("owner"), await town.signed_in("staff", process=1)
    program = await let_in(town, scopes=frozenset({"coupons.manage"}))
    tokens = await program.tokens(owner, scope="coupons.manage")
    caller = town.site.caller(town.foundation).by(tokens["access_token"])
    held = (await caller.post(CAMPAIGNS, campaign_body(town.foundation.shop, value=2000, stock=1000))).json()["id"]
    await town.site.admin.execute("update core.oauth_grant set scopes = $2 where client_id = $1", program.id, [left])
    await confirm(staff, held)
    assert (await office.state(held), await office.campaigns()) == (("done", 1) if left == "coupons.manage" else ("void", 0))


async def test_a_second_tap_on_the_switch_asks_once(town: Town) -> None:
    office = await two(town)
    answers = await asyncio.gather(*(office.turn("false") for _ in range(5)))
    assert len({answer.headers["location"] for answer in answers}) == 1
    waiting = "select count(*) from core.approval where tenant_id = $1 and state = 'waiting'"
    assert await town.site.admin.fetchval(waiting, town.foundation.id) == 1
    assert await office.said() == ["on", "asked"]
    # What plugins ask for has its keys, and may be wanted twice.
    assert await office.asked(MANY) != await office.asked(MANY)
