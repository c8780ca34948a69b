"""Between the shops of one foundation, at every operation of the router; and headers that are no token. Roles: `tests/access`."""

from http import HTTPStatus
from uuid import uuid4

import pytest
from httpx2 import Response

from smilero_sdk.ids import uuid7
from smilero_web.api.operations import Mounted
from tests.access.rights import RIGHTS, Rights
from tests.access.subjects import plain
from tests.conftest import LookedAt
from tests.support.application import Site
from tests.support.coupons import REDEMPTIONS, Till
from tests.support.foundations import CAST
from tests.support.operations import Stage, body_of, identifiers, operations, path_of, set_stage
from tests.support.web import Caller

STRANGERS = frozenset({"other merchant", "other clerk"})
# What is of one shop, or of one customer: for the people of another it is as if it were not there.
_ASKED = frozenset({"core.read_approval", "core.take_approval_back"})
OF_A_SHOP = frozenset({"example.thank", "coupons.read_claim", "coupons.read_redemption"}) | _ASKED
OF_A_PERSON = frozenset({"coupons.read_claim"}) | _ASKED

INVALID = {
    "wrong": "Bearer smi_" + "A" * 43,
    "none": "Bearer",
    "scheme": "Basic b3duZXI6b3duZXI=",
    "old": "Token abc",
    "Hangul": "Bearer 토큰",
}

each_operation = pytest.mark.parametrize("mounted", operations().values(), ids=operations())


@pytest.fixture(scope="session")
async def stage(site: Site) -> Stage:
    return await set_stage(site, site.seongnam)


async def carry_out(caller: Caller, mounted: Mounted, stage: Stage, body: object, authorization: str | None = None) -> Response:
    return await caller.ask(
        mounted.operation.method,
        path_of(mounted, stage.ids),
        headers={"Idempotency-Key": str(uuid4()), **({"Authorization": authorization.encode()} if authorization else {})},
        **({"json": body} if body is not None else {}),
    )


async def written(site: Site) -> list[int]:
    """How many rows each table has that an operation may write."""
    tables = ("plugin_coupons.campaign", "plugin_coupons.claim", "plugin_coupons.redemption", "core.idempotency", "core.outbox")
    return [await site.admin.fetchval(f"select count(*) from {table}") for table in tables]  # noqa: S608 - the names above


def same(one: Response, other: Response) -> bool:
    headers = [{name: value for name, value in answer.headers.items() if name != "date"} for answer in (one, other)]
    return (one.status_code, one.content, headers[0]) == (other.status_code, other.content, headers[1])


def rights_of(mounted: Mounted) -> Rights:
    return RIGHTS[f"{mounted.operation.method} {plain(mounted.path)}"]


@each_operation
async def test_no_token_at_all(site: Site, stage: Stage, mounted: Mounted, looked_at: LookedAt) -> None:
    looked_at("headers that are no token", list(INVALID))
    caller, body = site.caller(site.seongnam), await body_of(mounted, stage)
    before = await written(site)
    for name, header in INVALID.items():
        answer = await carry_out(caller, mounted, stage, body, header)
        assert (answer.status_code, answer.json()["code"]) == (HTTPStatus.UNAUTHORIZED, "http.token"), name
        assert answer.headers["www-authenticate"] == "Bearer"
    assert await written(site) == before
    # The same request of one who may.
    assert (await carry_out(site.caller(site.seongnam, "owner"), mounted, stage, body)).status_code == mounted.operation.status


@each_operation
async def test_the_people_of_another_shop(site: Site, stage: Stage, mounted: Mounted) -> None:
    for who in (one for one in CAST if one.startswith("other")):
        body, before = await body_of(mounted, stage, who), await written(site)
        answer = await carry_out(site.caller(site.seongnam, who), mounted, stage, body)
        assert answer.status_code == status_for(who, mounted), (who, answer.text)
        if answer.status_code != mounted.operation.status:
            assert await written(site) == before


def status_for(who: str, mounted: Mounted) -> int:
    """What somebody of another shop, or another customer, is answered."""
    if who.removeprefix("other ") not in rights_of(mounted).may:
        return HTTPStatus.FORBIDDEN
    hidden = mounted.name in (OF_A_SHOP if who in STRANGERS else OF_A_PERSON)
    return HTTPStatus.NOT_FOUND if hidden else mounted.operation.status


@each_operation
async def test_a_shop_s_people_do_not_reach_another_shop(site: Site, stage: Stage, mounted: Mounted) -> None:
    may = rights_of(mounted).may
    for who in [one for one in STRANGERS if one.removeprefix("other ") in may and "anonymous" not in may]:
        caller, body = site.caller(site.seongnam, who), await body_of(mounted, stage, who)
        for name in identifiers(mounted.operation.query):
            one, other = [await caller.get(f"{mounted.path}?{name}={known}") for known in (stage.ids[name], uuid7())]
            assert one.status_code == HTTPStatus.NOT_FOUND
            assert same(one, other)
        if mounted.operation.query is not None:
            shops = {item["shop_id"] for item in (await caller.get(mounted.path)).json()["items"]}
            assert shops <= {str(site.seongnam.other_shop)}
        for name in identifiers(mounted.operation.body):
            assert body is not None
            one, other = [await carry_out(caller, mounted, stage, body | {name: known}) for known in (stage.ids[name], str(uuid7()))]
            assert one.status_code == HTTPStatus.NOT_FOUND
            assert same(one, other)


async def test_a_foreign_or_another_shop_s_number_is_like_no_number(site: Site) -> None:
    till, foreign = Till(site, site.seongnam), Till(site, site.bucheon)
    known = (await till.claim(await till.campaign()))["code"]
    theirs = (await foreign.claim(await foreign.campaign()))["code"]
    used = {row["code"] for row in await site.admin.fetch("select code from plugin_coupons.claim")}
    never = next(code for number in range(1_000_000) if (code := f"{number:06d}") not in used)

    async def redeem(who: str, code: str) -> Response:
        return await site.caller(site.seongnam, who).post(REDEMPTIONS, {"code": code}, key=str(uuid4()))

    nothing = await redeem("merchant", never)
    assert (nothing.status_code, nothing.json()["code"]) == (HTTPStatus.NOT_FOUND, "coupons.code_unknown")
    assert same(await redeem("merchant", theirs), nothing)
    assert same(await redeem("other clerk", known), nothing)
    assert (await redeem("clerk", known)).status_code == HTTPStatus.CREATED
