"""A hook that does wrong costs its own part of the page, and nothing else (check F2)."""

from functools import partial
from http import HTTPStatus

import pytest

from tests.conftest import LookedAt
from tests.failures.conftest import Yard
from tests.support.foundations import Foundation
from tests.support.waiting import until

# How each goes wrong → a word of what is on record.
ON_A_PAGE = {
    "raises": "LookupError",
    "hangs": "TimeoutError",
    "hangs at the database": "TimeoutError",
    "hangs and will not stop": "TimeoutError",
    "swallows": "InFailedSQLTransactionError",
    "exits": "EndedItselfError",
    "cancels": "EndedItselfError",
    "answers text": "RubbishError",
    "answers numbers": "RubbishError",
    "answers nothing": "RubbishError",
}
AT_HOME = {
    **ON_A_PAGE,
    **dict.fromkeys(("has no icon", "has no word", "has wrong members"), "RubbishError"),
    "has wrong values": "LookupError",
}
IN_A_SLOT = {
    **ON_A_PAGE,
    **dict.fromkeys(("shows another's", "shows what is not there"), "RubbishError"),
    "shows what breaks": "UndefinedError",
}

pytestmark = pytest.mark.suite("F2")


async def on_record(yard: Yard, foundation: Foundation) -> bool:
    return bool(await yard.failures(foundation))


@pytest.mark.parametrize("mode", sorted(AT_HOME))
async def test_a_page_is_right_without_it(yard: Yard, mode: str, looked_at: LookedAt) -> None:
    looked_at("ways to do wrong at home", [mode])
    foundation = await yard.foundation(mode)
    merchant = await yard.guest(foundation, "merchant")
    home = await merchant.get("/portal")
    assert home.status_code == HTTPStatus.OK
    assert "이웃 인사" in home.text  # the neighbour is there
    assert "일손 구하기" not in home.text
    assert "재능 나눔 기능이 잠시 쉬고 있어요" in home.text
    assert [line for line in yard.noted(foundation) if "provide_home" in line]
    assert not [line for line in yard.noted(foundation) if "came to its end" in line]

    await until(partial(on_record, yard, foundation))
    hook, error, trace = (await yard.failures(foundation))[0]
    assert (hook, AT_HOME[mode] in error) == ("provide_home", True), error
    assert trace
    # Where it hangs, although it would not stop and no error came from there.
    assert "in misbehave" in trace or not mode.startswith("hangs"), trace
    for text in (error, trace, "".join(yard.servers[0].log)):
        assert "010-1234-5678" not in text
        assert "김순자" not in text
    await named_in_the_console(yard, foundation, error)


async def named_in_the_console(yard: Yard, foundation: Foundation, error: str) -> None:
    staff = await yard.guest(foundation, "staff", process=1)
    listed = await staff.get("/console/plugins")
    assert "한 번 멈췄습니다." in listed.text
    assert "/console/plugins/probe/trouble" in listed.text
    page = await staff.get("/console/plugins/probe/trouble")
    assert page.status_code == HTTPStatus.OK
    assert error.partition(":")[0] in page.text
    assert "<details>" in page.text


@pytest.mark.parametrize("mode", ["", *sorted(IN_A_SLOT)])
async def test_what_the_host_and_others_wrote_is_kept(yard: Yard, mode: str, looked_at: LookedAt) -> None:
    looked_at("ways to do wrong in a slot", [mode or "none"])
    foundation = await yard.foundation(mode)
    answer = await yard.caller(foundation, "owner").post("/api/v1/tidy/visits", {"shop_id": str(foundation.shop)})
    assert answer.status_code == HTTPStatus.CREATED, answer.text
    assert ("rascal" in answer.text) is (mode == "")
    assert await yard.sentences(foundation) == ["tidy.came", "tidy.went"]
    notes = await yard.site.admin.fetchval("select count(*) from plugin_probe.note where tenant_id = $1", foundation.id)
    assert notes == 0
    assert not [line for line in yard.noted(foundation) if "came to its end" in line]
    if mode:
        await until(partial(on_record, yard, foundation))
        hook, error, _ = (await yard.failures(foundation))[0]
        assert (hook, IN_A_SLOT[mode] in error) == ("provide_shop_fragments", True), error


async def test_its_own_page_and_operation_say_so_plainly(yard: Yard) -> None:
    foundation = await yard.foundation("raises")
    merchant, owner = await yard.guest(foundation, "merchant"), yard.caller(foundation, "owner")
    page = await merchant.get("/portal/probe/page")
    assert page.status_code == HTTPStatus.INTERNAL_SERVER_ERROR
    assert "재능 나눔 기능이 지금 이 일을 하지 못했어요" in page.text
    assert 'class="bar"' in page.text  # the portal's own frame
    answer = await owner.get("/api/v1/probe/things")
    assert (answer.status_code, answer.json()["code"]) == (HTTPStatus.INTERNAL_SERVER_ERROR, "plugins.failed")

    async def both() -> bool:
        return len(await yard.failures(foundation)) == 2

    await until(both)
    assert [hook for hook, _, _ in await yard.failures(foundation)] == ["page GET /portal/probe/page", "api GET /api/v1/probe/things"]
    assert "rascal.was.here" not in await yard.sentences(foundation)


async def test_everyone_else_works(yard: Yard) -> None:
    foundation, other = await yard.foundation("hangs"), await yard.foundation()
    merchant, neighbour = await yard.guest(foundation, "merchant"), await yard.guest(other, "merchant")
    assert "일손 구하기" not in (await merchant.get("/portal")).text
    assert "일손 구하기" in (await neighbour.get("/portal")).text
    assert (await merchant.get("/portal/coupons/campaigns")).status_code == HTTPStatus.OK
