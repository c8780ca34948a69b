"""A coupon's whole way: made, claimed, redeemed, and read by those whom it concerns."""

from http import HTTPStatus

from tests.support.application import Site
from tests.support.coupons import REDEMPTIONS, Till


async def test_a_coupon_is_made_claimed_and_redeemed_once(site: Site, till: Till) -> None:
    campaign = await till.campaign(stock=2, kind="percent", value=10)
    assert (campaign["claimed"], campaign["redeemed"]) == (0, 0)
    claim = await till.claim(campaign)
    assert len(claim["code"]) == 6
    redemption = await till.redeem(claim["code"], "clerk")
    assert (redemption["claim_id"], redemption["campaign_id"]) == (claim["id"], campaign["id"])
    assert await till.counted(campaign) == (1, 1, 1, 1)
    again = await site.caller(till.foundation, "merchant").post(REDEMPTIONS, {"code": claim["code"]}, key="again " + claim["id"])
    assert (again.status_code, again.json()["code"]) == (HTTPStatus.CONFLICT, "coupons.already_redeemed")
    assert await till.counted(campaign) == (1, 1, 1, 1)
