"""The same over the API: 202 with where to ask, one effect for a key, taken back, and nobody's word is none."""

from http import HTTPStatus
from uuid import uuid4

import pytest

from tests.support.approvals import two
from tests.support.coupons import CAMPAIGNS, campaign_body
from tests.support.faces import Town
from tests.support.oauth import let_in

LARGE = {"value": 2000, "stock": 1000}


async def test_it_is_accepted_and_says_where_to_ask_what_became_of_it(town: Town) -> None:
    office = await two(town)
    caller = town.site.caller(town.foundation, "owner")
    body = campaign_body(town.foundation.shop, **LARGE)
    answer = await caller.post(CAMPAIGNS, body, key="k1")
    assert answer.status_code == HTTPStatus.ACCEPTED, answer.text
    told = answer.json()
    assert (told["state"], told["name"], told["url"]) == ("waiting", "coupons.large", f"/api/v1/approvals/{told['id']}")
    assert {"label": "모두 쓰이면", "value": "2,000,000원"} in told["facts"]
    again = await caller.at(town.site.servers[1].url).post(CAMPAIGNS, body, key="k1")
    assert (again.status_code, again.content) == (answer.status_code, answer.content)
    assert (await caller.post(CAMPAIGNS, campaign_body(town.foundation.shop), key="k2")).status_code == HTTPStatus.CREATED
    staff = await town.signed_in("staff", process=1)
    await staff.post(f"/console/approvals/{told['id']}/approve", {}, key=str(uuid4()))
    assert (await caller.get(told["url"])).json()["state"] == "done"
    assert await office.campaigns() == 2
    assert (await caller.post(CAMPAIGNS, body, key="k1")).content == answer.content


async def test_it_is_anothers_business_and_is_taken_back_once(town: Town) -> None:
    office = await two(town)
    caller = town.site.caller(town.foundation, "merchant")
    told = (await caller.post(CAMPAIGNS, campaign_body(town.foundation.shop, **LARGE))).json()
    for who in ("owner", "other merchant", "customer"):
        stranger = town.site.caller(town.foundation, who)
        assert (await stranger.get(told["url"])).status_code == HTTPStatus.NOT_FOUND
        assert (await stranger.post(f"{told['url']}/take-back")).status_code == HTTPStatus.NOT_FOUND
    for _ in range(2):
        assert (await caller.post(f"{told['url']}/take-back")).json()["state"] == "withdrawn"
    staff = await town.signed_in("staff")
    await staff.post(f"/console/approvals/{told['id']}/approve", {}, key=str(uuid4()))
    assert (await office.state(told["id"]), await office.campaigns()) == ("withdrawn", 0)
    other = (await caller.post(CAMPAIGNS, campaign_body(town.foundation.shop, **LARGE))).json()
    await staff.post(f"/console/approvals/{other['id']}/approve", {}, key=str(uuid4()))
    assert (await caller.post(f"{other['url']}/take-back")).json()["code"] == "approvals.decided"
    assert await office.campaigns() == 1


async def test_what_could_not_be_done_is_not_asked_for(town: Town) -> None:
    await two(town)
    caller = town.site.caller(town.foundation, "merchant")
    other = campaign_body(town.foundation.other_shop, **LARGE)
    assert (await caller.post(CAMPAIGNS, other)).status_code == HTTPStatus.NOT_FOUND
    assert (
        await caller.post(CAMPAIGNS, campaign_body(town.foundation.shop, **LARGE, kind="x"))
    ).status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert await town.site.admin.fetchval("select count(*) from core.approval where tenant_id = $1", town.foundation.id) == 0


MANAGES = frozenset({"coupons.manage"})


async def test_a_program_that_acts_by_itself_asks_for_nothing(town: Town) -> None:
    office = await two(town)
    program = await let_in(town, unattended=True, scopes=MANAGES)
    answer = await program.post({"grant_type": "client_credentials", "scope": "coupons.manage"})
    assert answer.status_code == HTTPStatus.OK, answer.text
    caller = town.site.caller(town.foundation).by(answer.json()["access_token"])
    small = await caller.post(CAMPAIGNS, campaign_body(town.foundation.shop))
    assert small.status_code == HTTPStatus.CREATED, small.text
    answer = await caller.post(CAMPAIGNS, campaign_body(town.foundation.shop, **LARGE))
    assert (answer.status_code, answer.json()["code"]) == (HTTPStatus.FORBIDDEN, "approvals.nobody")
    assert await office.said() == ["on"]


@pytest.mark.parametrize("ended", [False, True])
async def test_a_program_in_somebodys_name_asks_in_that_name_and_is_void_with_its_leave(town: Town, *, ended: bool) -> None:
    office = await two(town)
    owner, staff = await town.signed_in("owner"), await town.signed_in("staff", process=1)
    program = await let_in(town, scopes=MANAGES)
    tokens = await program.tokens(owner, scope="coupons.manage")
    caller = town.site.caller(town.foundation).by(tokens["access_token"])
    told = (await caller.post(CAMPAIGNS, campaign_body(town.foundation.shop, **LARGE))).json()
    # Not by whose name it is in.
    assert (await owner.post(f"/console/approvals/{told['id']}/approve", {})).status_code == HTTPStatus.FORBIDDEN
    if ended:
        await town.site.admin.execute("update core.oauth_client set ended_at = now() where id = $1", program.id)
    await staff.post(f"/console/approvals/{told['id']}/approve", {})
    assert (await office.state(told["id"]), await office.campaigns()) == (("void", 0) if ended else ("done", 1))
    made = [values for key, _, values in await office.entries() if key == "coupons.audit.made"]
    assert [(one["through"]["name"], one["approved_by"]) for one in made] == (
        [] if ended else [("Stock", str(town.foundation.people["staff"]))]
    )
