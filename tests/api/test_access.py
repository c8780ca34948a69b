"""Every operation of the router, asked by everybody; each refusal stands beside the same request that succeeds."""

from dataclasses import dataclass
from http import HTTPStatus
from uuid import uuid4

import pytest
from httpx2 import Response

from smilero_sdk.ids import uuid7
from smilero_web.api.operations import Mounted
from tests.conftest import LookedAt
from tests.support.application import Site
from tests.support.coupons import REDEMPTIONS, Till
from tests.support.foundations import CAST, OPERATOR
from tests.support.operations import Stage, body_of, identifiers, operations, path_of, set_stage
from tests.support.web import Caller

EVERYBODY = frozenset(CAST)
FOUNDATION = frozenset({"owner", "staff"})
MERCHANTS = frozenset({"merchant", "other merchant"})
TILLS = FOUNDATION | MERCHANTS | {"clerk", "other clerk"}
STRANGERS = frozenset({"other merchant", "other clerk"})


@dataclass(frozen=True)
class Rights:
    """Who may, and for whom the object is as if it were not there. All others are forbidden.

    Attributes:
        public: without signing in, too.
    """

    may: frozenset[str] = EVERYBODY
    hidden: frozenset[str] = frozenset()
    public: bool = False

    def status(self, who: str, success: int) -> int:
        """What somebody of the cast is answered."""
        if who in self.may:
            return success
        return HTTPStatus.NOT_FOUND if who in self.hidden else HTTPStatus.FORBIDDEN


RIGHTS = {
    "core.read_tenant": Rights(public=True),
    "core.list_markets": Rights(public=True),
    "core.read_market": Rights(public=True),
    "core.list_shops": Rights(public=True),
    "core.read_shop": Rights(public=True),
    "core.search": Rights(public=True),
    "core.read_measures": Rights(FOUNDATION),
    "example.list_greetings": Rights(TILLS),
    "example.write_greeting": Rights(),
    "example.thank": Rights(TILLS - STRANGERS, STRANGERS),
    "coupons.create_campaign": Rights(FOUNDATION | MERCHANTS),
    "coupons.list_campaigns": Rights(TILLS),
    "coupons.read_campaign": Rights(public=True),
    "coupons.claim_coupon": Rights(),
    "coupons.list_claims": Rights(),
    "coupons.read_claim": Rights(TILLS - STRANGERS | {"customer"}, STRANGERS | {"officer", "other customer"}),
    "coupons.redeem_coupon": Rights(TILLS),
    "coupons.list_redemptions": Rights(TILLS),
    "coupons.read_redemption": Rights(TILLS - STRANGERS, STRANGERS),
}

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


@pytest.fixture(scope="session")
async def foreign(site: Site) -> Stage:
    return await set_stage(site, site.bucheon)


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


def test_every_operation_has_its_rights_written_down(looked_at: LookedAt) -> None:
    looked_at("operations", list(operations()))
    looked_at(
        "callers of operations",
        [f"{name} {who}" for name in operations() for who in (None, *INVALID, OPERATOR, *CAST, *(f"foreign {one}" for one in CAST))],
    )
    assert RIGHTS.keys() == operations().keys()


@each_operation
async def test_nobody_and_nobody_s_token(site: Site, stage: Stage, mounted: Mounted) -> None:
    caller, rights, body = site.caller(site.seongnam), RIGHTS[mounted.name], await body_of(mounted, stage)
    before = await written(site)
    foreign = {f"{who} of 부천": f"Bearer {site.bucheon.tokens[who]}" for who in CAST}
    operator = {"operator": f"Bearer {site.seongnam.tokens[OPERATOR]}"}
    for name, header in (INVALID | operator | foreign).items():
        answer = await carry_out(caller, mounted, stage, body, header)
        assert (answer.status_code, answer.json()["code"]) == (HTTPStatus.UNAUTHORIZED, "http.token"), name
        assert answer.headers["www-authenticate"] == "Bearer"
    if not rights.public:
        answer = await carry_out(caller, mounted, stage, body)
        assert (answer.status_code, answer.json()["code"]) == (HTTPStatus.UNAUTHORIZED, "http.sign_in")
        assert answer.headers["www-authenticate"] == "Bearer"
    assert await written(site) == before
    # The same request of one who may.
    assert (await carry_out(site.caller(site.seongnam, "owner"), mounted, stage, body)).status_code == mounted.operation.status
    if rights.public:
        assert (await carry_out(caller, mounted, stage, body)).status_code == mounted.operation.status


@each_operation
async def test_each_role(site: Site, stage: Stage, mounted: Mounted) -> None:
    rights = RIGHTS[mounted.name]
    for who in CAST:
        body, before = await body_of(mounted, stage, who), await written(site)
        answer = await carry_out(site.caller(site.seongnam, who), mounted, stage, body)
        assert answer.status_code == rights.status(who, mounted.operation.status), (who, answer.text)
        if who not in rights.may:
            assert answer.json()["code"] in {"http.forbidden", "http.not_found"}
            assert await written(site) == before


@each_operation
async def test_permission_is_asked_before_the_body(site: Site, stage: Stage, mounted: Mounted) -> None:
    for who in EVERYBODY - RIGHTS[mounted.name].may - RIGHTS[mounted.name].hidden:
        answer = await site.caller(site.seongnam, who).ask(mounted.operation.method, path_of(mounted, stage.ids), content=b"{")
        assert answer.status_code == HTTPStatus.FORBIDDEN


@each_operation
async def test_a_foreign_object_is_like_one_that_never_was(site: Site, stage: Stage, foreign: Stage, mounted: Mounted) -> None:
    operation, caller = mounted.operation, site.caller(site.seongnam, "owner")
    body, headers = await body_of(mounted, stage), {"Idempotency-Key": str(uuid4())}
    sent = {"json": body} if body else {}
    for name in operation.parameters:
        one, other = [
            await caller.ask(operation.method, path_of(mounted, {**stage.ids, name: known}), headers=headers, **sent)
            for known in (foreign.ids[name], str(uuid7()))
        ]
        assert one.status_code == HTTPStatus.NOT_FOUND, one.text
        assert same(one, other)
    for name in identifiers(operation.query):
        one, other = [await caller.get(f"{path_of(mounted, stage.ids)}?{name}={known}") for known in (foreign.ids[name], uuid7())]
        assert same(one, other)
    for name in identifiers(operation.body):
        body = await body_of(mounted, stage)
        assert body is not None
        one, other = [await carry_out(caller, mounted, stage, body | {name: known}) for known in (foreign.ids[name], str(uuid7()))]
        assert one.status_code == HTTPStatus.NOT_FOUND, one.text
        assert same(one, other)
        assert (await carry_out(caller, mounted, stage, body)).status_code == operation.status


@each_operation
async def test_a_shop_s_people_do_not_reach_another_shop(site: Site, stage: Stage, mounted: Mounted) -> None:
    for who in (STRANGERS & RIGHTS[mounted.name].may) if not RIGHTS[mounted.name].public else frozenset():
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
