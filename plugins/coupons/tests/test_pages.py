"""A coupon by its pages, as a phone sends their forms: what is taken, what is refused with a sentence, and nothing twice."""

import asyncio
import re
from http import HTTPStatus
from uuid import UUID, uuid4

import pytest
from httpx2 import Response

from smilero_sdk.ids import uuid7
from tests.support.coupons import Row, Till
from tests.support.faces import Guest, Town, new_town, sentence

MAKE, REDEEM = "/portal/coupons/campaigns", "/portal/coupons/redemptions"
ANSWERS: Row = {"kind": "won", "value": 2000, "until": "week", "stock": 30}
SEE_OTHER, CONFLICT, INVALID = HTTPStatus.SEE_OTHER, HTTPStatus.CONFLICT, HTTPStatus.UNPROCESSABLE_ENTITY


@pytest.fixture
async def town(till: Till) -> Town:
    """A foundation of the test's own."""
    return await new_town(till.site)


@pytest.fixture
def stall(town: Town) -> Till:
    """The coupons of its first shop."""
    return Till(town.site, town.foundation)


async def send(guest: Guest, path: str, form: Row | None = None, key: str | None = None) -> Response:
    return await guest.post(path, form, key=key or str(uuid4()))


async def campaigns(town: Town) -> int:
    return int(await town.site.admin.fetchval("select count(*) from plugin_coupons.campaign where tenant_id = $1", town.foundation.id))


def refused(answer: Response, status: int, *words: str) -> bool:
    told = sentence(answer)
    assert answer.status_code == status, told
    return all(word in told for word in words)


class TestMaking:
    async def test_two_taps_make_one(self, town: Town) -> None:
        merchant, key = await town.signed_in("merchant"), str(uuid4())
        answers = await asyncio.gather(*(send(merchant, MAKE, ANSWERS, key) for _ in range(8)))
        assert {answer.status_code for answer in answers} == {SEE_OTHER}, "a browser shows the second tap's answer only"
        made = {answer.headers["location"] for answer in answers}
        assert len(made) == 1
        assert (await send(merchant, MAKE, ANSWERS, key)).headers["location"] in made
        assert await campaigns(town) == 1

    @pytest.mark.parametrize(
        ("change", "words"),
        [
            ({"kind": "percent", "value": 101}, "100%를 넘을 수 없습니다"),
            ({"stock": 0}, ""),
            ({"stock": -1}, ""),
            ({"stock": "🍞"}, ""),
            ({"value": 0}, ""),
            ({"value": "가" * 200}, ""),
            ({"until": "yesterday"}, ""),
            ({"kind": "🍞"}, ""),
            ({"name": "가" * 200}, ""),
        ],
    )
    async def test_what_makes_no_sense_is_refused(self, town: Town, change: Row, words: str) -> None:
        merchant = await town.signed_in("merchant")
        answer = await send(merchant, MAKE, ANSWERS | change)
        assert refused(answer, INVALID, words)
        assert await campaigns(town) == 0

    async def test_a_percentage_over_100_is_told_before_the_last_question(self, town: Town) -> None:
        merchant = await town.signed_in("merchant")
        for page in ("until?kind=percent&value=101", "stock?kind=percent&value=101&until=week"):
            assert refused(await merchant.get(f"/portal/coupons/new/{page}"), INVALID, "100%를 넘을 수 없습니다")

    async def test_who_is_no_merchant_of_a_shop_makes_none(self, town: Town) -> None:
        for who in ("clerk", "customer"):
            assert (await send(await town.signed_in(who), MAKE, ANSWERS)).status_code == HTTPStatus.FORBIDDEN
        assert (await send(town.guest(), MAKE, ANSWERS)).headers["location"].startswith("/sign-in")
        assert await campaigns(town) == 0


class TestTaking:
    async def test_on_the_page_of_the_shop(self, town: Town, stall: Till) -> None:
        campaign = await stall.campaign(stock=1)
        page, action = f"/storefront/shops/{town.foundation.shop}", f"/coupons/c/{campaign['id']}/claim"
        stranger = town.guest()
        shown = (await stranger.get(page)).text
        found = re.search(rf'action="{action}".*?name="idempotency_key" value="([0-9a-f-]{{36}})"', shown, re.DOTALL)
        assert found
        # Somebody who has not signed in comes back to the shop.
        asked = await stranger.post(action, {}, key=found[1], headers={"Referer": f"http://{stranger.host}{page}"})
        assert (asked.status_code, str(asked.url.join(asked.headers["location"]).params["next"])) == (SEE_OTHER, page)
        customer = await town.signed_in("customer")
        taken = (await send(customer, action)).headers["location"]
        assert taken.startswith("/coupons/claims/")
        assert (await customer.get(taken)).status_code == HTTPStatus.OK
        assert await stall.counted(campaign) == (1, 0, 1, 0)

    async def test_who_has_one_is_shown_it_instead(self, town: Town, stall: Till) -> None:
        campaign = await stall.campaign(stock=9)
        claim = await stall.claim(campaign)
        page, mine = f"/storefront/shops/{town.foundation.shop}", f"/coupons/claims/{claim['id']}"
        assert mine in (await (await town.signed_in("customer")).get(page)).text
        other = (await (await town.signed_in("other customer")).get(page)).text
        assert mine not in other
        assert f"/coupons/c/{campaign['id']}/claim" in other

    async def test_somebody_elses_is_like_one_that_never_was(self, town: Town, stall: Till) -> None:
        claim = await stall.claim(await stall.campaign())
        thief = await town.signed_in("other customer")
        foreign, never = [await thief.get(f"/coupons/claims/{one}") for one in (claim["id"], uuid7())]
        assert (foreign.status_code, foreign.content) == (never.status_code, never.content)
        assert foreign.status_code == HTTPStatus.NOT_FOUND
        assert (await (await town.signed_in("customer")).get(f"/coupons/claims/{claim['id']}")).status_code == HTTPStatus.OK


class TestRedeeming:
    async def test_two_taps_and_a_lost_line_are_one_redemption(self, town: Town, stall: Till) -> None:
        campaign = await stall.campaign()
        code, key = (await stall.claim(campaign))["code"], str(uuid4())
        tills = [await town.signed_in("clerk", process=n) for n in (0, 1)]
        answers = await asyncio.gather(*(send(tills[n % 2], REDEEM, {"code": code}, key) for n in range(8)))
        assert {answer.status_code for answer in answers} == {SEE_OTHER}
        done = {answer.headers["location"] for answer in answers}
        assert len(done) == 1
        # The answer was lost on its way: the phone sends the same form again.
        assert (await send(tills[1], REDEEM, {"code": code}, key)).headers["location"] in done
        assert await stall.counted(campaign) == (1, 1, 1, 1)
        assert refused(await send(tills[0], REDEEM, {"code": code}), CONFLICT, "이미 쓴 쿠폰입니다")
        assert await stall.counted(campaign) == (1, 1, 1, 1)

    async def test_what_cannot_be_redeemed_is_told(self, town: Town, stall: Till) -> None:
        campaign = await stall.campaign()
        code = (await stall.claim(campaign))["code"]
        neighbour, clerk = await town.signed_in("other merchant"), await town.signed_in("clerk")
        assert refused(await send(neighbour, REDEEM, {"code": code}), HTTPStatus.NOT_FOUND, "이 가게의 쿠폰이 아니거나")
        for wrong in ("", "12345", "1234567", "🍞🍞", f"{(int(code) + 1) % 1_000_000:06d}"):
            assert refused(await send(clerk, REDEEM, {"code": wrong}), HTTPStatus.NOT_FOUND, "여섯 자리")
        assert refused(await send(clerk, REDEEM, {"code": "1" * 200}), INVALID)
        assert (await clerk.post(REDEEM, {"code": code})).status_code == HTTPStatus.BAD_REQUEST  # no key
        await stall.end(campaign)
        assert refused(await send(clerk, REDEEM, {"code": code}), CONFLICT, "기간이 끝난 쿠폰입니다")
        assert await stall.counted(campaign) == (1, 0, 1, 0)

    async def test_another_shops_campaign_and_redemption_are_like_none(self, town: Town, stall: Till) -> None:
        campaign = await stall.campaign()
        redemption = await stall.redeem((await stall.claim(campaign))["code"])
        neighbour, merchant = await town.signed_in("other merchant"), await town.signed_in("merchant")
        pages = {f"{MAKE}/{{}}": campaign["id"], f"{MAKE}/{{}}/made": campaign["id"], f"{REDEEM}/{{}}": redemption["id"]}
        for page, its in pages.items():
            foreign, never = [await neighbour.get(page.format(one)) for one in (its, UUID(int=7))]
            assert (foreign.status_code, foreign.content) == (HTTPStatus.NOT_FOUND, never.content)
            assert (await merchant.get(page.format(its))).status_code == HTTPStatus.OK
        for path in (f"{MAKE}/{campaign['id']}/undo", f"{REDEEM}/{redemption['id']}/undo"):
            assert (await send(neighbour, path)).status_code == HTTPStatus.NOT_FOUND
        assert await stall.counted(campaign) == (1, 1, 1, 1)
