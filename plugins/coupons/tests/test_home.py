"""What the portal's home says of yesterday's coupons, and what a merchant is asked first who has made one before."""

import re
from datetime import date, datetime, time, timedelta
from http import HTTPStatus
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest

from smilero_coupons.faces.home import Days, said
from smilero_sdk.ids import uuid7
from tests.support.coupons import Row, Till
from tests.support.faces import Guest, Town, new_town

KST = ZoneInfo("Asia/Seoul")
TODAY = date(2026, 11, 24)
LONG_AGO = date(2026, 9, 1)
YESTERDAY = TODAY - timedelta(days=1)


@pytest.mark.parametrize(
    ("days", "key", "values"),
    [
        (Days(0, 12, 9, LONG_AGO), "more", {"yesterday": 12, "difference": 3}),
        (Days(5, 9, 12, LONG_AGO), "fewer", {"yesterday": 9, "difference": 3}),
        (Days(0, 7, 7, LONG_AGO), "same", {"yesterday": 7}),
        (Days(8, 0, 4, LONG_AGO), "rest", {"before": 4}),
        (Days(8, 0, 0, LONG_AGO), "none", {}),
        (Days(0, 3, 0, YESTERDAY), "started", {"yesterday": 3}),
        (Days(0, 0, 0, YESTERDAY), "none", {}),
        (Days(2, 0, 0, TODAY), "today", {"today": 2}),
        (Days(0, 0, 0, TODAY), "begun", {}),
        (Days(0, 0, 0, None), "first", {}),
    ],
)
def test_yesterday_is_told_against_the_day_before(days: Days, key: str, values: dict[str, int]) -> None:
    assert said(days, TODAY) == (f"coupons.home.{key}", values)


@pytest.fixture
async def town(till: Till) -> Town:
    """A foundation of the test's own."""
    return await new_town(till.site)


@pytest.fixture
def stall(town: Town) -> Till:
    """The coupons of its first shop."""
    return Till(town.site, town.foundation)


async def news(merchant: Guest) -> str:
    """What the home says."""
    page = (await merchant.get("/portal")).text
    return re.sub(r"<[^>]+>", "", page.partition("<h1 data-speech data-dated>")[2].partition("</h1>")[0])


async def used(town: Town, stall: Till, campaign: Row, moment: datetime) -> None:
    """A coupon used at a moment."""
    redemption = await stall.redeem((await stall.claim(campaign))["code"])
    await town.site.admin.execute("update plugin_coupons.redemption set redeemed_at = $2 where id = $1", redemption["id"], moment)


async def test_a_shop_from_its_first_day_on(town: Town, stall: Till) -> None:
    merchant = await town.signed_in("merchant")
    assert await news(merchant) == "첫 쿠폰으로 손님을 불러 볼까요?"
    campaign = await stall.campaign(per_person=9)
    assert await news(merchant) == "오늘 첫 쿠폰을 만드셨어요. 손님이 오시면 여기에 적어 드릴게요."
    await town.site.admin.execute(
        "update plugin_coupons.campaign set created_at = now() - interval '9 days' where tenant_id = $1", town.foundation.id
    )
    assert await news(merchant) == "어제는 조용했어요. 오늘 쿠폰 하나로 손님을 불러 볼까요?"
    midnight = datetime.combine(datetime.now(KST).date(), time.min, KST)
    day, moment = timedelta(days=1), timedelta(microseconds=1)
    # The first and the last moment of yesterday, the last of the day before, the first of today.
    for at in (midnight - day, midnight - moment, midnight - day - moment, midnight):
        await used(town, stall, campaign, at)
    assert await news(merchant) == "어제 쿠폰 손님이 2명 오셨어요. 그제보다 1명 많아요."
    page = (await merchant.get("/portal")).text
    assert "<b>2명</b>" in page
    assert 'class="more" href="/portal/coupons/campaigns"' in page


class TestWhereTheMarketWasShut:
    """Nobody comes to a market that is shut: that is no quiet day, and no measure for the next."""

    async def shut(self, town: Town, *ago: int) -> None:
        """Announce that the market rested so many days ago."""
        await town.site.admin.executemany(
            """insert into core.market_day_exception (tenant_id, id, market_id, day, open)
               select tenant_id, $2, market_id, $3, false from core.shop where id = $1""",
            [(town.foundation.shop, uuid7(), datetime.now(KST).date() - timedelta(days=number)) for number in ago],
        )

    async def used_before(self, town: Town, stall: Till, *ago: int) -> None:
        """Coupons used at noon so many days ago, of a shop that began long before."""
        campaign = await stall.campaign(per_person=9)
        await town.site.admin.execute(
            "update plugin_coupons.campaign set created_at = now() - interval '60 days' where tenant_id = $1", town.foundation.id
        )
        for number in ago:
            await used(town, stall, campaign, datetime.combine(datetime.now(KST).date() - timedelta(days=number), time(12), KST))

    def day(self, ago: int) -> str:
        found = datetime.now(KST).date() - timedelta(days=ago)
        return f"{found.month}월 {found.day}일"

    async def test_yesterday_it_says_so_and_what_the_last_open_day_was(self, town: Town, stall: Till) -> None:
        merchant = await town.signed_in("merchant")
        await self.shut(town, 1, 2)
        await self.used_before(town, stall, 3, 3, 4)
        assert await news(merchant) == f"어제는 시장이 쉬는 날이었어요. 그 앞 {self.day(3)}에는 쿠폰 손님이 2명 오셨어요."

    async def test_yesterday_and_nobody_before(self, town: Town, stall: Till) -> None:
        merchant = await town.signed_in("merchant")
        await self.shut(town, *range(1, 15))
        await self.used_before(town, stall)
        assert await news(merchant) == "어제는 시장이 쉬는 날이었어요. 쿠폰 하나로 다음 손님을 불러 볼까요?"

    async def test_the_day_before_it_is_measured_against_the_open_one(self, town: Town, stall: Till) -> None:
        merchant = await town.signed_in("merchant")
        await self.shut(town, 2, 3)
        await self.used_before(town, stall, 1, 4, 4, 4)
        assert await news(merchant) == f"어제 쿠폰 손님이 1명 오셨어요. 그 앞에 시장을 연 {self.day(4)}에는 3명 오셨어요."

    async def test_who_sold_all_the_same_is_told_as_ever(self, town: Town, stall: Till) -> None:
        merchant = await town.signed_in("merchant")
        await self.shut(town, 1)
        await self.used_before(town, stall, 1)
        assert await news(merchant) == "어제 쿠폰 손님이 1명 오셨어요. 그제보다 1명 많아요."


class TestLastTime:
    async def chosen(self, merchant: Guest, path: str) -> list[str]:
        """What is chosen already on a page of a question."""
        page = (await merchant.get(path)).text
        found = re.findall(r'class="answer selected".*?<b>(.*?)</b>(?:<span>(.*?)</span>)?', page)
        return [" ".join(part for part in one if part) for one in found]

    async def test_every_question_offers_what_was_answered_last_time(self, town: Town) -> None:
        merchant = await town.signed_in("merchant")
        asked = ("/new", "/new/until?value=1000", "/new/stock?value=1000&until=week")
        assert [await self.chosen(merchant, f"/portal/coupons{path}") for path in asked] == [[], [], ["30분"]]
        answers = {"kind": "won", "value": 1500, "until": "thirty", "stock": 25}
        made = await merchant.post("/portal/coupons/campaigns", answers, key=str(uuid4()))
        assert made.status_code == HTTPStatus.SEE_OTHER
        amount, until, stock = [await self.chosen(merchant, f"/portal/coupons{path}") for path in asked]
        assert amount == ["1,500원 지난번과 같아요"]
        assert len(until) == 1
        assert until[0].startswith("서른 날 ")
        assert until[0].endswith("· 지난번과 같아요")
        assert stock == ["25분 지난번과 같아요"]

    async def test_a_question_has_four_answers_whatever_was_said_before(self, town: Town) -> None:
        merchant = await town.signed_in("merchant")
        for value, stock in ((1500, 25), (999_999, 999)):
            await merchant.post(
                "/portal/coupons/campaigns", {"kind": "won", "value": value, "until": "week", "stock": stock}, key=str(uuid4())
            )
            for path in ("/new", "/new/until?value=1000", "/new/stock?value=1000&until=week"):
                answers = re.findall(r'<(?:a|button) class="answer(?: selected)?"', (await merchant.get(f"/portal/coupons{path}")).text)
                assert len(answers) == 4, path
