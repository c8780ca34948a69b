"""A coupon's whole way: made, claimed, redeemed, and read by those whom it concerns."""

from http import HTTPStatus
from uuid import uuid4

from tests.support.coupons import CAMPAIGNS, CLAIMS, REDEMPTIONS, Row, Till, claims_of


async def listed(till: Till, who: str, path: str, **query: object) -> list[Row]:
    answer = await till.caller(who).get(path, params=query)
    assert answer.status_code == HTTPStatus.OK, answer.text
    return list(answer.json()["items"])


class TestTheWay:
    async def test_made_claimed_and_redeemed_once(self, till: Till) -> None:
        campaign = await till.campaign(stock=2, kind="percent", value=100)
        assert (campaign["claimed"], campaign["redeemed"]) == (0, 0)
        claim = await till.claim(campaign)
        redemption = await till.redeem(claim["code"], "clerk")
        assert (redemption["claim_id"], redemption["campaign_id"]) == (claim["id"], campaign["id"])
        assert await till.counted(campaign) == (1, 1, 1, 1)
        again = await till.caller("merchant").post(REDEMPTIONS, {"code": claim["code"]}, key=str(uuid4()))
        assert (again.status_code, again.json()["code"]) == (HTTPStatus.CONFLICT, "coupons.already_redeemed")
        assert await till.counted(campaign) == (1, 1, 1, 1)

    async def test_events_are_written_with_ids_alone(self, till: Till) -> None:
        campaign = await till.campaign()
        claim = await till.claim(campaign)
        await till.redeem(claim["code"])
        rows = await till.site.admin.fetch(
            "select name, payload::text as payload from core.outbox where payload->>'campaign_id' = $1 order by id", campaign["id"]
        )
        assert [row["name"] for row in rows] == ["coupons.campaign_created", "coupons.claimed", "coupons.redeemed"]
        assert not [row for row in rows if claim["code"] in row["payload"].replace("-", " ").split('"')]


class TestListClaims:
    async def test_those_without_the_right_to_read_see_their_own(self, till: Till) -> None:
        campaign = await till.campaign(stock=5)
        claims = {who: (await till.claim(campaign, who))["id"] for who in ("customer", "other customer", "officer")}
        for who, own in claims.items():
            shown = {row["id"]: row["code"] for row in await listed(till, who, CLAIMS)}
            assert shown[own]
            assert not shown.keys() & (set(claims.values()) - {own})
            assert (await listed(till, who, CLAIMS, shop_id=till.foundation.shop))[0]["id"] == own
            elsewhere = await listed(till, who, CLAIMS, shop_id=till.foundation.other_shop)
            assert {row["shop_id"] for row in elsewhere} <= {str(till.foundation.other_shop)}

    async def test_a_number_is_told_to_its_holder_alone(self, till: Till) -> None:
        claim = await till.claim(await till.campaign())
        for who in ("owner", "staff", "merchant", "clerk"):
            row = next(row for row in await listed(till, who, CLAIMS) if row["id"] == claim["id"])
            one = (await till.caller(who).get(f"{CLAIMS}/{claim['id']}")).json()
            assert row == one == claim | {"code": None}
        assert (await till.caller("customer").get(f"{CLAIMS}/{claim['id']}")).json() == claim


class TestPages:
    async def test_a_list_is_read_to_its_end_without_a_double(self, till: Till) -> None:
        made = [(await till.campaign())["id"] for _ in range(5)]
        caller, found, cursor = till.caller("merchant"), [], None
        while True:
            query = {"limit": 2} | ({"cursor": cursor} if cursor else {})
            page = (await caller.get(CAMPAIGNS, params=query)).json()
            assert 0 < len(page["items"]) <= 2
            found += [campaign["id"] for campaign in page["items"]]
            cursor = page["next_cursor"]
            if cursor is None:
                break
        assert found[:5] == made[::-1]
        assert len(set(found)) == len(found)

    async def test_a_foreign_cursor_shows_nothing_foreign(self, till: Till, other_till: Till) -> None:
        mine, theirs = await till.campaign(), await other_till.campaign()
        shown = [row["id"] for row in await listed(till, "owner", CAMPAIGNS, cursor=theirs["id"])]
        assert mine["id"] in shown
        assert theirs["id"] not in shown


class TestRefusals:
    async def test_a_campaign_that_is_over(self, till: Till) -> None:
        campaign = await till.campaign()
        claim = await till.claim(campaign)
        await till.end(campaign)
        late = await till.caller("other customer").post(claims_of(campaign))
        assert (late.status_code, late.json()["code"]) == (HTTPStatus.CONFLICT, "coupons.ended")
        late = await till.caller("merchant").post(REDEMPTIONS, {"code": claim["code"]}, key=str(uuid4()))
        assert (late.status_code, late.json()["code"]) == (HTTPStatus.CONFLICT, "coupons.ended")
        assert await till.counted(campaign) == (1, 0, 1, 0)

    async def test_more_than_one_person_may_have(self, till: Till) -> None:
        campaign = await till.campaign(per_person=2)
        for _ in range(2):
            await till.claim(campaign)
        answer = await till.caller("customer").post(claims_of(campaign))
        assert (answer.status_code, answer.json()["code"]) == (HTTPStatus.CONFLICT, "coupons.per_person")
        assert "2장" in answer.json()["detail"]
        assert await till.counted(campaign) == (2, 0, 2, 0)

    async def test_no_more_than_the_stock(self, till: Till) -> None:
        campaign = await till.campaign(stock=1)
        await till.claim(campaign)
        answer = await till.caller("other customer").post(claims_of(campaign))
        assert (answer.status_code, answer.json()["code"]) == (HTTPStatus.CONFLICT, "coupons.sold_out")
        english = await till.caller("other customer").post(claims_of(campaign), headers={"Accept-Language": "en"})
        assert english.json()["detail"] == "All coupons are gone. Please wait for the next one."
        assert await till.counted(campaign) == (1, 0, 1, 0)

    async def test_a_number_that_two_shops_have(self, till: Till) -> None:
        campaigns = [await till.campaign(), await till.campaign("other merchant", shop_id=str(till.foundation.other_shop))]
        claims = [await till.claim(campaign) for campaign in campaigns]
        await till.site.admin.execute(
            "update plugin_coupons.claim set code = $1 where id = $2::uuid and not exists (select from plugin_coupons.claim where code = $1"
            " and shop_id = $3)",
            claims[0]["code"],
            claims[1]["id"],
            till.foundation.other_shop,
        )
        owner, body = till.caller("owner"), {"code": claims[0]["code"]}
        answer = await owner.post(REDEMPTIONS, body, key=str(uuid4()))
        assert (answer.status_code, answer.json()["code"]) == (HTTPStatus.CONFLICT, "coupons.which_shop")
        assert [await till.counted(campaign) for campaign in campaigns] == [(1, 0, 1, 0)] * 2
        named = await owner.post(REDEMPTIONS, body | {"shop_id": str(till.foundation.other_shop)}, key=str(uuid4()))
        assert named.json()["claim_id"] == claims[1]["id"]
        # A shop's own till is never in doubt.
        assert (await till.redeem(claims[0]["code"]))["claim_id"] == claims[0]["id"]
