"""The bar that takes the last step back: on every page of the portal, for ten minutes, once."""

import asyncio
import re
from http import HTTPStatus
from uuid import UUID, uuid4

from httpx2 import Response

from tests.conftest import LookedAt
from tests.support.coupons import Row, Till
from tests.support.faces import Guest, Town, page_routes, sentence

BAR = re.compile(
    r'<form class="undo" method="post" action="(?P<action>[^"]+)".*?value="(?P<key>[^"]+)".*?<b>(?P<what>.*?)</b>'
    r".*?data-undo-minutes>(?P<minutes>\d+)<"
)
REDEEM = "/portal/coupons/redemptions"
# A stream that never ends is no page.
LIVE = "/live"
ANSWERS: Row = {"kind": "won", "value": 2000, "until": "week", "stock": 30}


def bar(page: Response) -> re.Match[str] | None:
    """The bar of a page, if it has one; never two."""
    found = list(BAR.finditer(page.text))
    assert len(found) == page.text.count('class="undo"') <= 1
    return found[0] if found else None


async def redeemed(stall: Till, who: Guest) -> str:
    """A coupon used on the portal; where its answer stands."""
    code = (await stall.claim(await stall.campaign(value=2000)))["code"]
    answer = await who.post(REDEEM, {"code": code}, key=str(uuid4()))
    assert answer.status_code == HTTPStatus.SEE_OTHER, answer.text
    return answer.headers["location"]


async def undo(who: Guest, found: re.Match[str] | None) -> Response:
    """Tap the bar."""
    assert found is not None
    return await who.post(found["action"], key=found["key"])


async def age(town: Town, table: str, column: str, seconds: int) -> None:
    """Let what was done be older."""
    await town.site.admin.execute(
        f"update plugin_coupons.{table} set {column} = {column} - make_interval(secs => $2) where tenant_id = $1",  # noqa: S608 - the tests' own names
        town.foundation.id,
        seconds,
    )


async def audited(town: Town) -> list[str]:
    rows = await town.site.admin.fetch("select sentence from core.audit_entry where tenant_id = $1 order by id", town.foundation.id)
    return [row["sentence"] for row in rows]


class TestTheBar:
    async def test_it_stands_on_every_page_that_needs_no_object(self, town: Town, stall: Till, looked_at: LookedAt) -> None:
        clerk, merchant = await town.signed_in("clerk"), await town.signed_in("merchant")
        landed = await redeemed(stall, merchant)
        paths = [
            route.path
            for route in page_routes()
            if route.method == "GET" and route.path.startswith("/portal") and not route.takes and not route.path.endswith(LIVE)
        ]
        shown = [(path, page) for path in (landed, *paths) if (page := await merchant.get(path)).status_code == HTTPStatus.OK]
        pages = [(path, page) for path, page in shown if 'class="portal ' in page.text]
        looked_at("pages with the bar", [path for path, _ in pages])
        assert len(pages) > 15
        found = {path: bar(page) for path, page in pages}
        assert [path for path, one in found.items() if one is None] == []
        assert {(one["action"], one["what"]) for one in found.values() if one} == {(f"{landed}/undo", "2,000원 쿠폰을 썼어요.")}
        # It is the hand that did it that takes it back.
        assert bar(await clerk.get("/portal")) is None

    async def test_the_newest_step_is_offered_whatever_it_was(self, town: Town, stall: Till) -> None:
        merchant = await town.signed_in("merchant")
        await redeemed(stall, merchant)
        await merchant.post("/portal/coupons/campaigns", ANSWERS, key=str(uuid4()))
        newest = bar(await merchant.get("/portal/help"))
        assert newest is not None
        assert newest["what"] == "2,000원 쿠폰을 만들었어요."
        answer = await undo(merchant, newest)
        assert "쿠폰을 되돌렸어요" in (await merchant.get(answer.headers["location"])).text
        before = bar(await merchant.get("/portal/help"))
        assert before is not None
        assert before["what"] == "2,000원 쿠폰을 썼어요."

    async def test_its_minutes_run_out_and_then_it_is_gone(self, town: Town, stall: Till) -> None:
        merchant = await town.signed_in("merchant")
        await redeemed(stall, merchant)
        fresh = bar(await merchant.get("/portal"))
        assert fresh is not None
        assert fresh["minutes"] == "10"
        await age(town, "redemption", "redeemed_at", 9 * 60)
        late = bar(await merchant.get("/portal"))
        assert late is not None
        assert late["minutes"] == "1"
        await age(town, "redemption", "redeemed_at", 60)
        assert bar(await merchant.get("/portal")) is None
        assert sentence(await undo(merchant, late)).startswith("안 됐어요 되돌릴 수 있는 때가 지났습니다")

    async def test_what_somebody_took_meanwhile_is_not_offered(self, town: Town, stall: Till) -> None:
        merchant = await town.signed_in("merchant")
        made = await merchant.post("/portal/coupons/campaigns", ANSWERS, key=str(uuid4()))
        offered = bar(await merchant.get("/portal"))
        campaign = made.headers["location"].removesuffix("/made").rpartition("/")[2]
        await stall.claim({"id": campaign})
        assert bar(await merchant.get("/portal")) is None
        answer = await undo(merchant, offered)
        assert (answer.status_code, "되돌릴 수 있는 때가 지났습니다" in sentence(answer)) == (HTTPStatus.CONFLICT, True)


class TestTakingBack:
    async def test_it_happens_once_and_every_further_tap_gets_the_same_answer(self, town: Town, stall: Till) -> None:
        merchant, elsewhere = await town.signed_in("merchant"), await town.signed_in("merchant", process=1)
        landed = await redeemed(stall, merchant)
        # Two pages that were open, on two phones; and one of them is tapped twice.
        first, second = bar(await merchant.get(landed)), bar(await elsewhere.get("/portal"))
        answers = [await undo(merchant, first), await undo(elsewhere, second), await undo(merchant, first)]
        assert {(answer.status_code, answer.headers.get("location")) for answer in answers} == {(HTTPStatus.SEE_OTHER, landed)}
        assert "손님이 그 쿠폰을 다시 쓸 수 있어요" in (await merchant.get(landed)).text
        assert bar(await merchant.get("/portal")) is None
        assert (await audited(town)).count("coupons.audit.unused") == 1
        undone = await town.site.admin.fetch("select undone_at from plugin_coupons.redemption where tenant_id = $1", town.foundation.id)
        assert [row["undone_at"] is not None for row in undone] == [True]

    async def test_at_the_same_moment_too(self, town: Town, stall: Till) -> None:
        phones = [await town.signed_in("merchant", process=process) for process in (0, 1)]
        landed = await redeemed(stall, phones[0])
        found = bar(await phones[0].get(landed))
        answers = await asyncio.gather(*(undo(phones[number % 2], found) for number in range(8)))
        assert {answer.status_code for answer in answers} <= {HTTPStatus.SEE_OTHER, HTTPStatus.CONFLICT}
        assert (await undo(phones[1], found)).headers["location"] == landed
        assert (await audited(town)).count("coupons.audit.unused") == 1

    async def test_another_key_is_told_that_it_was_taken_back(self, town: Town, stall: Till) -> None:
        merchant = await town.signed_in("merchant")
        landed = await redeemed(stall, merchant)
        await undo(merchant, bar(await merchant.get(landed)))
        again = await merchant.post(f"{landed}/undo", key=str(uuid4()))
        assert (again.status_code, "이미 되돌린 쿠폰입니다" in sentence(again)) == (HTTPStatus.CONFLICT, True)

    async def test_the_customer_uses_the_coupon_again(self, town: Town, stall: Till) -> None:
        merchant = await town.signed_in("merchant")
        campaign = await stall.campaign()
        code = (await stall.claim(campaign))["code"]
        for _ in range(2):
            landed = (await merchant.post(REDEEM, {"code": code}, key=str(uuid4()))).headers["location"]
            assert await stall.counted(campaign) >= (1, 1, 1, 1)
            assert (await undo(merchant, bar(await merchant.get(landed)))).status_code == HTTPStatus.SEE_OTHER
            assert (await stall.counted(campaign))[:2] == (1, 0)

    async def test_whoever_left_the_shop_takes_nothing_back(self, town: Town, stall: Till) -> None:
        clerk = await town.signed_in("clerk")
        landed = await redeemed(stall, clerk)
        assert bar(await clerk.get("/portal")) is not None
        await town.site.admin.execute(
            "update core.membership set ended_at = now() where tenant_id = $1 and person_id = $2",
            town.foundation.id,
            UUID(str(town.foundation.people["clerk"])),
        )
        answer = await clerk.post(f"{landed}/undo", key="undo")
        assert not answer.headers.get("location", "").startswith(REDEEM)
        assert (await audited(town)).count("coupons.audit.unused") == 0
