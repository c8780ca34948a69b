"""Many shops at once: asked first, done row by row, told for each that it could not be done with, and once for each key."""

import asyncio
import re
from collections.abc import Sequence
from http import HTTPStatus
from urllib.parse import quote, urlencode
from uuid import UUID, uuid4

import pytest
from httpx2 import Response

from tests.support.application import Site
from tests.support.faces import Guest, Town, new_town, sentence
from tests.tables.conftest import add_shops

ASK = "/console/shops/many"
CARRY = f"{ASK}/carry"


async def ask(guest: Guest, act: str, ids: Sequence[UUID] = (), *, to: str = ASK, **more: str) -> Response:
    """Press the button above the table."""
    form = [("act", act), *(("row", str(one)) for one in ids), *more.items()]
    headers = {"Sec-Fetch-Site": "same-origin", "Content-Type": "application/x-www-form-urlencoded"}
    return await guest.ask("POST", to, content=urlencode(form), headers=headers)


def fields(page: Response) -> dict[str, str]:
    """What the question carries on."""
    assert page.status_code == HTTPStatus.OK, page.text
    form = page.text.partition(f'action="{CARRY}"')[2].partition("</form>")[0]
    return dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', form))


async def states(town: Town) -> dict[UUID, str]:
    rows = await town.site.admin.fetch("select id, status from core.shop where tenant_id = $1", town.foundation.id)
    return {row["id"]: row["status"] for row in rows}


async def test_it_is_asked_and_then_done_with_those_that_were_chosen(town: Town) -> None:
    first, second, third = await add_shops(town, ["하나집", "두리집", "세찌집"])
    staff, before = await town.signed_in("staff"), await states(town)
    question = await ask(staff, "closed", [first, second, first])
    assert "점포 2곳을 쉬는 중으로 바꿀까요?" in sentence(question)
    assert ("하나집" in question.text, "세찌집" in question.text) == (True, False)
    assert await states(town) == before
    answer = await staff.post(CARRY, fields(question))
    assert "점포 2곳을 쉬는 중으로 바꿨습니다." in sentence(answer)
    assert await states(town) == {**before, first: "closed", second: "closed"}
    assert third in before
    log = "select count(*) from core.audit_entry where tenant_id = $1 and sentence = 'console.shops.audit.marked'"
    assert await town.site.admin.fetchval(log, town.foundation.id) == 2


async def test_the_same_key_does_it_once_and_says_the_same(town: Town) -> None:
    (shop,) = await add_shops(town, ["하나집"])
    staff = await town.signed_in("staff")
    sent = fields(await ask(staff, "closed", [shop]))
    told = await staff.post(CARRY, sent)
    await town.site.admin.execute("update core.shop set status = 'open' where id = $1", shop)
    again = await staff.post(CARRY, sent)
    assert sentence(again) == sentence(told)
    assert (await states(town))[shop] == "open"
    other = await staff.post(CARRY, {**sent, "act": "left"})
    assert other.status_code == HTTPStatus.OK  # another action is another command
    assert (await staff.post(CARRY, {**sent, "rows": ""})).status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert (
        await staff.post(CARRY, {name: value for name, value in sent.items() if name != "idempotency_key"})
    ).status_code == HTTPStatus.BAD_REQUEST


async def test_all_that_match_are_those_of_the_address(town: Town) -> None:
    wanted = await add_shops(town, [f"약초 {number}" for number in range(60)], category="herb")
    staff, before = await town.signed_in("staff"), await states(town)
    question = await ask(staff, "closed", all="true", category="herb", q="약초", sort="-name")
    assert "점포 60곳을" in sentence(question)
    assert "그 밖에 50개" in sentence(question)
    await staff.post(CARRY, fields(question))
    assert await states(town) == {**before, **dict.fromkeys(wanted, "closed")}


async def test_what_cannot_be_done_is_told_and_keeps_no_other_from_it(town: Town) -> None:
    gone, here = await add_shops(town, ["떠난집", "있는집"])
    for shop, status in ((gone, "left"), (here, "closed")):
        await town.site.admin.execute("update core.shop set stall = '같은 자리', status = $2 where id = $1", shop, status)
    staff = await town.signed_in("staff")
    answer = await staff.post(CARRY, fields(await ask(staff, "open", [gone, here])))
    said = sentence(answer)
    assert "점포 1곳을 영업 중으로 바꿨습니다." in said
    assert "떠난집" in said
    assert "이미 다른 점포가 쓰는 자리입니다." in said
    assert {one: state for one, state in (await states(town)).items() if one in {gone, here}} == {gone: "left", here: "open"}


async def test_a_shop_that_left_is_nobodys_any_more(town: Town) -> None:
    staff, merchant = await town.signed_in("staff"), await town.signed_in("merchant")
    assert (await merchant.get("/portal")).status_code == HTTPStatus.OK
    await staff.post(CARRY, fields(await ask(staff, "left", [town.foundation.shop])))
    assert (await merchant.get("/portal")).status_code != HTTPStatus.OK
    held = await town.site.admin.fetchval(
        "select count(*) from core.membership where shop_id = $1 and ended_at is null", town.foundation.shop
    )
    assert held == 0


@pytest.mark.suite("A2")
async def test_another_foundations_shops_are_left_alone(site: Site, town: Town) -> None:
    other = await new_town(site)
    (ours,) = await add_shops(town, ["우리집"])
    theirs, never = other.foundation.shop, uuid4()
    staff, before = await town.signed_in("staff"), await states(other)
    for one in (theirs, never):
        assert (await ask(staff, "closed", [one])).status_code == HTTPStatus.NOT_FOUND
        sent = {"act": "closed", "rows": str(one), "idempotency_key": str(uuid4())}
        assert (await staff.post(CARRY, sent)).status_code == HTTPStatus.NOT_FOUND
    # Hidden among our own: told as what is not here, without its name.
    name = await site.admin.fetchval("select name from core.shop where id = $1", theirs)
    answer = await staff.post(CARRY, {"act": "closed", "rows": f"{ours} {theirs}", "idempotency_key": str(uuid4())})
    assert ("여기에 없는 것" in sentence(answer), name in answer.text) == (True, False)
    assert await states(other) == before
    assert (await states(town))[ours] == "closed"


async def test_an_action_is_one_that_is_declared_for_one_who_may(town: Town) -> None:
    (shop,) = await add_shops(town, ["하나집"])
    staff, owner, before = await town.signed_in("staff"), await town.signed_in("owner"), await states(town)
    for act in ("nothing", "", "mark"):
        assert (await ask(staff, act, [shop])).status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert "고른 것이 없습니다." in sentence(await ask(staff, "closed"))
    assert (await ask(staff, "closed", all="true", category="nothing")).status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    await owner.post("/console/rights", {"change": "staff -registry.manage"})
    assert (await ask(staff, "closed", [shop])).status_code == HTTPStatus.FORBIDDEN
    sent = {"act": "closed", "rows": str(shop), "idempotency_key": str(uuid4())}
    assert (await staff.post(CARRY, sent)).status_code == HTTPStatus.FORBIDDEN
    assert 'name="act"' not in (await staff.get(f"/console/shops?q={quote('하나집')}")).text
    assert await states(town) == before


async def test_what_breaks_on_the_way_leaves_nothing_done(town: Town) -> None:
    shops = await add_shops(town, ["하나집", "두리집", "터지는집"])
    staff, before = await town.signed_in("staff"), await states(town)
    sent = fields(await ask(staff, "closed", shops))
    await town.site.admin.execute(
        """
        create function core.burst() returns trigger language plpgsql as $$ begin raise 'burst'; end $$;
        create trigger burst before update on core.shop for each row when (old.name = '터지는집') execute function core.burst();
        """
    )
    try:
        assert (await staff.post(CARRY, sent)).status_code == HTTPStatus.INTERNAL_SERVER_ERROR
    finally:
        await town.site.admin.execute("drop trigger burst on core.shop; drop function core.burst()")
    assert await states(town) == before
    log = "select count(*) from core.audit_entry where tenant_id = $1 and sentence = 'console.shops.audit.marked'"
    assert await town.site.admin.fetchval(log, town.foundation.id) == 0
    # And the same key does it, once it can be done.
    assert "점포 3곳을 쉬는 중으로 바꿨습니다." in sentence(await staff.post(CARRY, sent))
    assert await town.site.admin.fetchval(log, town.foundation.id) == 3


async def test_only_what_is_here_is_asked_about(site: Site, town: Town) -> None:
    other = await new_town(site)
    (ours,) = await add_shops(town, ["우리집"])
    question = await ask(await town.signed_in("staff"), "closed", [other.foundation.shop, uuid4(), ours])
    assert "점포 1곳을 쉬는 중으로 바꿀까요?" in sentence(question)
    assert fields(question)["rows"] == str(ours)


async def test_two_who_change_the_same_shops_in_other_orders_wait_for_each_other(town: Town) -> None:
    shops = await add_shops(town, [f"가게 {number}" for number in range(40)])
    guests = [await town.signed_in(who, process=process) for process, who in enumerate(("staff", "owner"))]
    for act in ("closed", "open", "closed"):
        answers = await asyncio.gather(
            *(
                guest.post(CARRY, {"act": act, "rows": " ".join(map(str, order)), "idempotency_key": str(uuid4())})
                for guest, order in zip(guests, (shops, shops[::-1]), strict=True)
            )
        )
        assert [one.status_code for one in answers] == [HTTPStatus.OK] * 2
    # Each was changed once, whoever came first.
    log = "select count(*) from core.audit_entry where tenant_id = $1 and sentence = 'console.shops.audit.marked'"
    assert await town.site.admin.fetchval(log, town.foundation.id) == 3 * len(shops)


async def test_two_taps_at_once_do_it_once(town: Town) -> None:
    shops = await add_shops(town, [f"가게 {number}" for number in range(20)])
    staff = await town.signed_in("staff")
    sent = fields(await ask(staff, "closed", shops))
    answers = await asyncio.gather(*(staff.post(CARRY, sent) for _ in range(4)))
    assert {one.status_code for one in answers} <= {HTTPStatus.OK, HTTPStatus.CONFLICT}
    assert HTTPStatus.OK in {one.status_code for one in answers}
    log = "select count(*) from core.audit_entry where tenant_id = $1 and sentence = 'console.shops.audit.marked'"
    assert await town.site.admin.fetchval(log, town.foundation.id) == len(shops)
