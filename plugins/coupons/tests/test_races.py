"""Many at once, over two processes: what was promised is kept exactly."""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Sequence
from http import HTTPStatus
from uuid import UUID, uuid4

from httpx2 import Response

from tests.conftest import LookedAt
from tests.support.coupons import REDEMPTIONS, Till, claims_of

CLIENTS = 64


def outcomes(answers: Sequence[Response]) -> Counter[tuple[int, str]]:
    """How many of each status and code."""
    return Counter((answer.status_code, answer.json().get("code") if answer.is_error else "") for answer in answers)


async def at_once(asked: Sequence[Awaitable[Response]]) -> list[Response]:
    return list(await asyncio.gather(*asked))


async def test_a_stock_of_ten_for_sixty_four_people(till: Till, looked_at: LookedAt) -> None:
    campaign = await till.campaign(stock=10)
    crowd = till.foundation.crowd
    answers = await at_once([till.caller(None, process=n % 2).by(token).post(claims_of(campaign)) for n, token in enumerate(crowd)])
    looked_at("claims at once", range(len(answers)))
    assert outcomes(answers) == {(HTTPStatus.CREATED, ""): 10, (HTTPStatus.CONFLICT, "coupons.sold_out"): CLIENTS - 10}
    assert await till.counted(campaign) == (10, 0, 10, 0)
    claims = [answer.json() for answer in answers if answer.status_code == HTTPStatus.CREATED]
    assert len({claim["code"] for claim in claims}) == 10
    holders = await till.site.admin.fetchval(
        "select count(distinct person_id) from plugin_coupons.claim where campaign_id = $1", UUID(campaign["id"])
    )
    assert holders == 10


async def test_three_for_one_person_who_asks_sixty_four_times(till: Till) -> None:
    campaign = await till.campaign(per_person=3, stock=1000)
    answers = await at_once([till.caller("customer", process=n % 2).post(claims_of(campaign)) for n in range(CLIENTS)])
    assert outcomes(answers) == {(HTTPStatus.CREATED, ""): 3, (HTTPStatus.CONFLICT, "coupons.per_person"): CLIENTS - 3}
    assert await till.counted(campaign) == (3, 0, 3, 0)


async def test_one_claim_redeemed_sixty_four_times_with_a_key_each(till: Till) -> None:
    campaign = await till.campaign()
    body = {"code": (await till.claim(campaign))["code"]}
    tills = ("merchant", "clerk", "owner", "staff")
    answers = await at_once([till.caller(tills[n % 4], process=n % 2).post(REDEMPTIONS, body, key=str(uuid4())) for n in range(CLIENTS)])
    assert outcomes(answers) == {(HTTPStatus.CREATED, ""): 1, (HTTPStatus.CONFLICT, "coupons.already_redeemed"): CLIENTS - 1}
    assert await till.counted(campaign) == (1, 1, 1, 1)


async def test_claims_and_redemptions_of_one_campaign_at_once(till: Till) -> None:
    campaign = await till.campaign(stock=CLIENTS)
    crowd = till.foundation.crowd

    async def both(n: int, token: str) -> Response:
        claim = await till.caller(None, process=n % 2).by(token).post(claims_of(campaign))
        return await till.caller("merchant", process=(n + 1) % 2).post(REDEMPTIONS, {"code": claim.json()["code"]}, key=str(uuid4()))

    answers = await at_once([both(n, token) for n, token in enumerate(crowd)])
    assert outcomes(answers) == {(HTTPStatus.CREATED, ""): CLIENTS}
    assert await till.counted(campaign) == (CLIENTS,) * 4


async def test_foundations_do_not_wait_for_each_other_s_stock(till: Till, other_till: Till) -> None:
    campaigns = [(one, await one.campaign(stock=5)) for one in (till, other_till)]
    asked = [
        one.caller(None, process=n % 2).by(token).post(claims_of(campaign))
        for one, campaign in campaigns
        for n, token in enumerate(one.foundation.crowd[:32])
    ]
    assert outcomes(await at_once(asked)) == {(HTTPStatus.CREATED, ""): 10, (HTTPStatus.CONFLICT, "coupons.sold_out"): CLIENTS - 10}
    assert [await one.counted(campaign) for one, campaign in campaigns] == [(5, 0, 5, 0)] * 2
