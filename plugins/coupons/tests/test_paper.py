"""Coupons on paper: out of the same stock, each number once at the till, and nobody's in person."""

import asyncio
from datetime import UTC, datetime
from http import HTTPStatus
from urllib.parse import unquote
from uuid import UUID, uuid4

import pytest
from httpx2 import Response

from smilero_core.db.roles import plugin_role
from smilero_core.db.session import Session
from smilero_coupons.models import Claim, Sheet
from smilero_coupons.repository import CouponRepository
from smilero_coupons.sheets import SheetRepository
from smilero_sdk.ids import uuid7
from tests.support.coupons import CLAIMS, REDEMPTIONS, Row, Till, claims_of
from tests.support.faces import Guest, Town, new_town, sentence
from tests.support.oauth import let_in
from tests.support.pdf import read_pdf
from tests.support.qr import codes_of

CAMPAIGNS, SHEETS, REDEEM = "/portal/coupons/campaigns", "/portal/coupons/sheets", "/portal/coupons/redemptions"
SEE_OTHER, CONFLICT = HTTPStatus.SEE_OTHER, HTTPStatus.CONFLICT


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


async def slips(town: Town, campaign: Row, count: int) -> str:
    """A sheet of so many."""
    answer = await send(await town.signed_in("merchant"), f"{CAMPAIGNS}/{campaign['id']}/slips", {"count": count})
    assert answer.status_code == SEE_OTHER, answer.text
    return answer.headers["location"].rpartition("/")[2]


async def numbers(town: Town, sheet: str) -> list[str]:
    rows = await town.site.admin.fetch("select code from plugin_coupons.claim where sheet_id = $1 order by nth", UUID(sheet))
    return [row["code"] for row in rows]


class TestMaking:
    async def test_two_taps_make_one_sheet_with_a_number_each(self, town: Town, stall: Till) -> None:
        campaign, key = await stall.campaign(stock=100), str(uuid4())
        merchant, path = await town.signed_in("merchant"), f"{CAMPAIGNS}/{campaign['id']}/slips"
        answers = await asyncio.gather(*(send(merchant, path, {"count": 24}, key) for _ in range(6)))
        made = {answer.headers["location"] for answer in answers if answer.status_code == SEE_OTHER}
        assert len(made) == 1
        assert (await send(merchant, path, {"count": 24}, key)).headers["location"] in made
        found = await numbers(town, made.pop().rpartition("/")[2])
        assert len(found) == len(set(found)) == 24
        assert await stall.counted(campaign) == (24, 0, 24, 0)

    async def test_paper_and_phones_share_one_stock(self, town: Town, stall: Till) -> None:
        campaign = await stall.campaign(stock=10, per_person=5)
        await stall.claim(campaign)
        refused = await send(await town.signed_in("merchant"), f"{CAMPAIGNS}/{campaign['id']}/slips", {"count": 10})
        assert refused.status_code == CONFLICT
        assert "남은 쿠폰이 9장뿐이에요" in sentence(refused)
        await slips(town, campaign, 9)
        answer = await stall.caller("customer").post(claims_of(campaign))
        assert (answer.status_code, answer.json()["code"]) == (CONFLICT, "coupons.sold_out")
        again = await send(await town.signed_in("merchant"), f"{CAMPAIGNS}/{campaign['id']}/slips", {"count": 1})
        assert "모두 나갔습니다" in sentence(again)
        assert await stall.counted(campaign) == (10, 0, 10, 0)

    async def test_sheets_and_claims_at_once_never_pass_the_stock(self, town: Town, stall: Till) -> None:
        campaign = await stall.campaign(stock=20)
        merchants = [await town.signed_in("merchant", process=n) for n in (0, 1)]
        path = f"{CAMPAIGNS}/{campaign['id']}/slips"
        asked = [
            *(send(merchants[n % 2], path, {"count": 6}) for n in range(6)),
            *(stall.caller(None, process=n % 2).by(token).post(claims_of(campaign)) for n, token in enumerate(town.foundation.crowd[:12])),
        ]
        await asyncio.gather(*asked)
        claimed, _, rows, _ = await stall.counted(campaign)
        assert claimed == rows <= 20
        assert claimed > 14

    @pytest.mark.parametrize("count", ["0", "-1", "201", "🍞", ""])
    async def test_what_makes_no_sense_is_refused(self, town: Town, stall: Till, count: str) -> None:
        campaign = await stall.campaign(stock=1000)
        answer = await send(await town.signed_in("merchant"), f"{CAMPAIGNS}/{campaign['id']}/slips", {"count": count})
        assert answer.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
        assert await stall.counted(campaign) == (0, 0, 0, 0)

    async def test_numbers_that_are_taken_are_not_given_again(self, town: Town, stall: Till) -> None:
        campaign = await stall.campaign(stock=100)
        sheet_id, taken = await slips(town, campaign, 2), await stall.claim(campaign)
        used = await numbers(town, sheet_id)
        await stall.redeem(used[0])
        campaign_id, shop_id, now = UUID(campaign["id"]), town.foundation.shop, datetime.now(UTC)
        sheet = Sheet(id=UUID(sheet_id), campaign_id=campaign_id, shop_id=shop_id, count=2)
        claim = Claim(id=uuid7(), campaign_id=campaign_id, shop_id=shop_id, person_id=town.foundation.people["customer"], nth=2)
        # Neither has a phone the number of a slip that was used: the slip still shows it.
        claim.code, claim.claimed_at = used[0], now
        free = next(f"{number:06d}" for number in range(4) if f"{number:06d}" not in {*used, taken["code"]})
        async with town.site.database.unit(town.foundation.id) as unit:
            db = Session(unit, plugin_role("coupons"))
            assert await SheetRepository(db).add_slips(sheet, [*used, taken["code"], free, free], 3, now) == 1
            assert await CouponRepository(db).add_claim(claim) is None
        assert await stall.counted(campaign) == (4, 1, 4, 1)

    async def test_what_is_out_is_counted_in_slips_and_not_in_people(self, town: Town, stall: Till) -> None:
        campaign, merchant = await stall.campaign(stock=100), await town.signed_in("merchant")
        await stall.claim(campaign)
        page = f"{CAMPAIGNS}/{campaign['id']}"
        assert "종이로 나간" not in (await merchant.get(page)).text
        await slips(town, campaign, 24)
        text = (await merchant.get(page)).text
        assert "100장 가운데 <b data-live='claimed'>25</b>장 나갔어요" in text
        assert "그 가운데 종이로 나간 것은 24장이에요" in text
        listed = (await merchant.get(CAMPAIGNS)).text
        assert "나간 쿠폰 <b data-live='claimed'>25</b>장" in listed
        assert "</b>명" not in text + listed


class TestAtTheTill:
    async def test_two_tills_at_once_use_it_once(self, town: Town, stall: Till) -> None:
        campaign = await stall.campaign()
        code = (await numbers(town, await slips(town, campaign, 8)))[0]
        tills = [await town.signed_in("clerk", process=n) for n in (0, 1)]
        answers = await asyncio.gather(*(send(tills[n % 2], REDEEM, {"code": code}) for n in range(8)))
        assert sorted(answer.status_code for answer in answers) == [SEE_OTHER, *[CONFLICT] * 7]
        assert await stall.counted(campaign) == (8, 1, 8, 1)
        # An hour later the same slip lies in the drawer and is entered again.
        again = await send(tills[0], REDEEM, {"code": f"{code[:3]} {code[3:]}"})
        assert again.status_code == CONFLICT
        assert "이미 쓴 쿠폰입니다" in sentence(again)
        assert await stall.counted(campaign) == (8, 1, 8, 1)

    async def test_it_is_taken_back_and_used_again(self, town: Town, stall: Till) -> None:
        campaign = await stall.campaign()
        code, clerk = (await numbers(town, await slips(town, campaign, 1)))[0], await town.signed_in("clerk")
        used = (await send(clerk, REDEEM, {"code": code})).headers["location"]
        assert (await send(clerk, f"{used}/undo")).status_code == SEE_OTHER
        assert await stall.counted(campaign) == (1, 0, 1, 1)
        assert (await send(clerk, REDEEM, {"code": code})).status_code == SEE_OTHER
        assert await stall.counted(campaign) == (1, 1, 1, 2)

    async def test_another_shops_and_one_too_late_are_refused_kindly(self, town: Town, stall: Till) -> None:
        campaign = await stall.campaign()
        code = (await numbers(town, await slips(town, campaign, 1)))[0]
        foreign = await send(await town.signed_in("other merchant"), REDEEM, {"code": code})
        assert foreign.status_code == HTTPStatus.NOT_FOUND
        assert "이 가게의 쿠폰이 아니거나" in sentence(foreign)
        await stall.end(campaign)
        late = await send(await town.signed_in("clerk"), REDEEM, {"code": code})
        assert late.status_code == CONFLICT
        assert "기간이 끝난 쿠폰입니다" in sentence(late)
        assert await stall.counted(campaign) == (1, 0, 1, 0)

    async def test_what_is_nobodys_is_shown_to_nobody(self, town: Town, stall: Till) -> None:
        campaign = await stall.campaign()
        sheet = await slips(town, campaign, 1)
        claim = await town.site.admin.fetchval("select id from plugin_coupons.claim where sheet_id = $1", UUID(sheet))
        customer = await town.signed_in("customer")
        assert (await customer.get(f"/coupons/claims/{claim}")).status_code == HTTPStatus.NOT_FOUND
        assert (await stall.caller("customer").get(f"{CLAIMS}/{claim}")).status_code == HTTPStatus.NOT_FOUND
        own = (await stall.caller("merchant").get(f"{CLAIMS}/{claim}")).json()
        assert (own["code"], own["sheet_id"]) == (None, sheet)
        assert (await stall.caller("customer").get(CLAIMS)).json()["items"] == []

    async def test_a_program_that_acts_by_itself_reads_no_number(self, town: Town, stall: Till) -> None:
        campaign = await stall.campaign()
        sheet, taken = await slips(town, campaign, 2), await stall.claim(campaign)
        scopes = frozenset({"coupons.claim", "coupons.read"})
        answer = await (await let_in(town, unattended=True, scopes=scopes)).by_itself(scope=" ".join(sorted(scopes)))
        assert answer.status_code == HTTPStatus.OK, answer.text
        program = stall.caller(None).by(answer.json()["access_token"])
        listed = (await program.get(CLAIMS)).json()["items"]
        assert [one["code"] for one in listed] == [None] * 3
        assert {one["id"] for one in listed if one["sheet_id"] is None} == {taken["id"]}
        for one in listed:
            read = await program.get(f"{CLAIMS}/{one['id']}")
            assert (read.status_code, read.json()["code"]) == (HTTPStatus.OK, None)
        # Without leave to read those of the shops it has none of its own: neither a list nor a slip.
        answer = await (await let_in(town, unattended=True, scopes=frozenset({"coupons.claim"}))).by_itself(scope="coupons.claim")
        bare = stall.caller(None).by(answer.json()["access_token"])
        assert (await bare.get(CLAIMS)).json()["items"] == []
        for one in listed:
            assert (await bare.get(f"{CLAIMS}/{one['id']}")).status_code == HTTPStatus.NOT_FOUND
        assert {one["sheet_id"] for one in listed} == {sheet, None}


class TestPrinting:
    @pytest.mark.parametrize(("count", "pages"), [(1, 1), (8, 1), (30, 4)])
    async def test_every_slip_has_its_number_and_leads_to_the_till(self, town: Town, stall: Till, count: int, pages: int) -> None:
        campaign = await stall.campaign(value=7654)
        sheet = await slips(town, campaign, count)
        merchant = await town.signed_in("merchant")
        answer = await merchant.get(f"{SHEETS}/{sheet}/paper")
        assert (answer.status_code, answer.headers["content-type"]) == (HTTPStatus.OK, "application/pdf")
        assert answer.headers["cache-control"] == "no-store"
        named = unquote(answer.headers["content-disposition"])
        assert "filename*=UTF-8''7,654원 깎아 드려요 " in named
        assert named.endswith(" shop.pdf")
        pdf = read_pdf(answer.content)
        assert [page.size for page in pdf.pages] == [(210, 297)] * pages
        found = await numbers(town, sheet)
        assert all(f"{one[:3]} {one[3:]}" in pdf.text for one in found)
        assert pdf.text.count("7,654원") == count
        assert pdf.text.count("상권활성화재단") >= count
        if count <= 8:
            assert set(codes_of(answer.content)) == {f"http://{merchant.host}/coupons/r/{one}" for one in found}

    async def test_what_was_used_is_not_printed_again(self, town: Town, stall: Till) -> None:
        campaign = await stall.campaign()
        sheet = await slips(town, campaign, 2)
        first, second = await numbers(town, sheet)
        await stall.redeem(first)
        merchant = await town.signed_in("merchant")
        text = read_pdf((await merchant.get(f"{SHEETS}/{sheet}/paper")).content).text
        assert f"{second[:3]} {second[3:]}" in text
        assert f"{first[:3]} {first[3:]}" not in text
        assert "2장 가운데 1장을 썼어요" in (await merchant.get(f"{SHEETS}/{sheet}")).text
        await stall.redeem(second)
        assert (await merchant.get(f"{SHEETS}/{sheet}/paper")).status_code == CONFLICT
        assert f"{sheet}/paper" not in (await merchant.get(f"{SHEETS}/{sheet}")).text

    async def test_another_shops_sheet_is_like_one_that_never_was(self, town: Town, stall: Till) -> None:
        sheet = await slips(town, await stall.campaign(), 1)
        neighbour, clerk = await town.signed_in("other merchant"), await town.signed_in("clerk")
        for page in ("", "/paper"):
            foreign, never = [await neighbour.get(f"{SHEETS}/{one}{page}") for one in (sheet, UUID(int=7))]
            assert (foreign.status_code, foreign.content) == (HTTPStatus.NOT_FOUND, never.content)
            assert (await clerk.get(f"{SHEETS}/{sheet}{page}")).status_code == HTTPStatus.FORBIDDEN
        assert (await send(neighbour, f"{SHEETS}/{sheet}/undo")).status_code == HTTPStatus.NOT_FOUND


class TestTakingBack:
    async def test_the_bar_takes_a_sheet_back_with_its_stock(self, town: Town, stall: Till) -> None:
        campaign = await stall.campaign(stock=100)
        sheet, merchant = await slips(town, campaign, 40), await town.signed_in("merchant")
        assert f"{SHEETS}/{sheet}/undo" in (await merchant.get("/portal")).text
        assert (await send(merchant, f"{SHEETS}/{sheet}/undo")).status_code == SEE_OTHER
        assert await stall.counted(campaign) == (0, 0, 0, 0)
        assert (await merchant.get(f"{SHEETS}/{sheet}")).status_code == HTTPStatus.NOT_FOUND

    async def test_not_once_one_came_back_to_the_till(self, town: Town, stall: Till) -> None:
        campaign = await stall.campaign()
        sheet, merchant = await slips(town, campaign, 2), await town.signed_in("merchant")
        await stall.redeem((await numbers(town, sheet))[0])
        assert f"{SHEETS}/{sheet}/undo" not in (await merchant.get("/portal")).text
        assert (await send(merchant, f"{SHEETS}/{sheet}/undo")).status_code == CONFLICT
        assert await stall.counted(campaign) == (2, 1, 2, 1)


async def test_who_is_erased_leaves_the_slips_alone(town: Town, stall: Till) -> None:
    campaign = await stall.campaign(per_person=5)
    await stall.claim(campaign)
    sheet = await slips(town, campaign, 3)
    customer = town.foundation.people["customer"]
    async with town.site.database.unit(town.foundation.id) as unit:
        assert await CouponRepository(Session(unit, plugin_role("coupons"))).give_back_open_claims(customer) == 1
    assert await stall.counted(campaign) == (3, 0, 3, 0)
    assert len(await numbers(town, sheet)) == 3


async def test_the_api_uses_it_once_too(stall: Till, town: Town) -> None:
    campaign = await stall.campaign()
    code = (await numbers(town, await slips(town, campaign, 1)))[0]
    answers = await asyncio.gather(
        *(stall.caller(who, process=n).post(REDEMPTIONS, {"code": code}, key=str(uuid4())) for n, who in enumerate(("merchant", "clerk")))
    )
    assert sorted(answer.status_code for answer in answers) == [HTTPStatus.CREATED, CONFLICT]
