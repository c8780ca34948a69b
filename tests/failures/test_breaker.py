"""A plugin that fails again and again rests, is tried again, and says so (check F2)."""

from datetime import UTC, datetime, timedelta
from functools import partial
from http import HTTPStatus

import pytest

from smilero_core.plugins.breaker import CALM, FAILURES, FIRST_REST, LONGEST_REST, State, next_rest
from smilero_core.plugins.failure_log import KEPT
from tests.failures.conftest import Yard
from tests.support.faces import Guest
from tests.support.foundations import Foundation
from tests.support.waiting import until

pytestmark = pytest.mark.suite("F2")

NOW = datetime(2026, 11, 24, 3, 0, tzinfo=UTC)
HOOK = "provide_home"


async def calls(yard: Yard, foundation: Foundation) -> int:
    return len([line for line in yard.noted(foundation) if HOOK in line])


async def count(yard: Yard, foundation: Foundation) -> int:
    return len(await yard.failures(foundation))


async def fail(yard: Yard, foundation: Foundation, times: int) -> None:
    """Open the home page on alternating processes until so many more failures are on record."""
    for number in range(times):
        before = await count(yard, foundation)
        merchant = await yard.guest(foundation, "merchant", process=number % 2)
        assert (await merchant.get("/portal")).status_code == HTTPStatus.OK

        async def more(before: int = before) -> bool:
            return await count(yard, foundation) > before

        await until(more)


async def rests(yard: Yard, foundation: Foundation, seconds: int) -> bool:
    row = await yard.site.admin.fetchrow(
        "select rest_seconds, rests_until > now() as resting from core.plugin_activation where tenant_id = $1 and plugin = 'probe'",
        foundation.id,
    )
    assert row is not None
    return bool((row["rest_seconds"], row["resting"]) == (seconds, True))


async def known(yard: Yard, foundation: Foundation, status: int, processes: int = 2) -> None:
    """So many processes have heard what the database says."""
    for process in range(processes):
        merchant = await yard.guest(foundation, "merchant", process=process)

        async def says(guest: Guest = merchant) -> bool:
            return bool((await guest.get("/portal/probe/page")).status_code == status)

        await until(says)


async def over(yard: Yard, foundation: Foundation) -> None:
    """The rest is over."""
    sql = "update core.plugin_activation set rests_until = now() - interval '1 second' where tenant_id = $1 and plugin = 'probe'"
    await yard.site.admin.execute(sql, foundation.id)


async def test_it_rests_after_three_failures_on_all_processes_and_recovers(yard: Yard) -> None:
    foundation = await yard.foundation("raises")
    await fail(yard, foundation, FAILURES - 1)
    assert not await rests(yard, foundation, 60)
    await fail(yard, foundation, 1)
    assert await rests(yard, foundation, 60)

    await known(yard, foundation, HTTPStatus.SERVICE_UNAVAILABLE)
    before = await calls(yard, foundation)
    for process in range(2):
        merchant = await yard.guest(foundation, "merchant", process=process)
        home = await merchant.get("/portal")
        assert "재능 나눔 기능이 잠시 쉬고 있어요" in home.text
        assert "이웃 인사" in home.text
        page = await merchant.get("/portal/probe/page")
        assert "잠시 쉬고 있어요" in page.text
        assert page.headers["Retry-After"] == "60"
        answer = await yard.caller(foundation, "owner", process).get("/api/v1/probe/things")
        assert answer.json()["code"] == "plugins.resting"
        listed = await (await yard.guest(foundation, "staff", process=process)).get("/console/plugins")
        assert "세 번 멈춰 잠시 쉬게 했습니다. 다른 기능은 괜찮습니다." in listed.text
    assert await calls(yard, foundation) == before

    # On probation one failure is enough, and the rest is longer.
    await over(yard, foundation)
    await known(yard, foundation, HTTPStatus.INTERNAL_SERVER_ERROR, processes=1)
    await until(partial(rests, yard, foundation, 120))

    # And one answer as it should be makes it well.
    await yard.choose(foundation.id, "")
    await over(yard, foundation)
    await known(yard, foundation, HTTPStatus.OK)

    async def well() -> bool:
        sql = "select rests_until is null from core.plugin_activation where tenant_id = $1 and plugin = 'probe'"
        return bool(await yard.site.admin.fetchval(sql, foundation.id))

    await until(well)
    assert "일손 구하기" in (await (await yard.guest(foundation, "merchant")).get("/portal")).text


async def test_staff_end_a_rest_and_it_is_on_record(yard: Yard) -> None:
    foundation = await yard.foundation("raises")
    await fail(yard, foundation, FAILURES)
    await yard.choose(foundation.id, "")
    merchant, staff = await yard.guest(foundation, "merchant"), await yard.guest(foundation, "staff")
    trouble = "/console/plugins/probe/trouble"
    page = await staff.get(trouble)
    assert "지금 다시 켜 보기" in page.text
    assert "LookupError" in page.text
    assert (await merchant.post(trouble, key="1")).status_code == HTTPStatus.FORBIDDEN
    assert (await staff.post(trouble, key="1")).status_code == HTTPStatus.SEE_OTHER
    assert "plugins.audit.retried" in await yard.sentences(foundation)
    assert "지금 다시 켜 보기" not in (await staff.get(trouble)).text
    assert "일손 구하기" in (await merchant.get("/portal")).text
    assert (await staff.get("/console/plugins/nothing/trouble")).status_code == HTTPStatus.NOT_FOUND


async def test_a_flood_is_kept_small(yard: Yard) -> None:
    foundation = await yard.foundation("raises")
    await yard.site.admin.execute(
        """insert into core.plugin_failure (tenant_id, id, plugin, hook, error, trace, failed_at)
           select $1, gen_random_uuid(), 'probe', 'job x', 'old', '', now() - interval '1 hour' from generate_series(1, 500)""",
        foundation.id,
    )
    merchant = await yard.guest(foundation, "merchant")
    await merchant.get("/portal")

    async def trimmed() -> bool:
        return await count(yard, foundation) == KEPT

    await until(trimmed)
    assert "LookupError" in (await yard.failures(foundation))[-1][1]


@pytest.mark.parametrize(
    ("state", "failures", "rest"),
    [
        (State(None, timedelta(0), None), FAILURES - 1, None),
        (State(None, timedelta(0), None), FAILURES, FIRST_REST),
        (State(NOW + FIRST_REST, FIRST_REST, None), 99, None),
        (State(NOW, FIRST_REST, None), 1, FIRST_REST * 2),
        (State(NOW, LONGEST_REST, None), 1, LONGEST_REST),
        (State(None, FIRST_REST * 2, NOW - timedelta(minutes=1)), FAILURES, FIRST_REST * 4),
        (State(None, FIRST_REST * 2, NOW - CALM), FAILURES, FIRST_REST),
    ],
    ids=["too few", "enough", "rests already", "on probation", "no longer than that", "a relapse", "long well"],
)
def test_how_long_it_rests(state: State, failures: int, rest: timedelta | None) -> None:
    assert next_rest(state, failures, NOW) == rest
