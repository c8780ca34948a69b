"""The code itself: one a browser, once, for ten minutes, at one foundation, and few tries."""

import asyncio
from http import HTTPStatus

import pytest
from asyncpg import CheckViolationError

from tests.looking.showings import HERS, PAGE, THEIRS, Looking, ask_for_help, asked, code_of, give, log, looking
from tests.support.faces import Town, new_town, sentence

WRONG = "맞는 번호가 아니거나 시간이 지났습니다"


async def rows(town: Town) -> int:
    return int(await town.site.admin.fetchval("select count(*) from core.showing where tenant_id = $1", town.foundation.id))


async def test_two_taps_make_one_code(town: Town) -> None:
    merchant = await town.signed_in("merchant")
    answers = await asyncio.gather(*(merchant.post(HERS, {"from": PAGE}) for _ in range(4)))
    assert {answer.headers.get("location") for answer in answers} == {HERS}
    code = await code_of(merchant)
    assert await ask_for_help(merchant) == code
    assert await rows(town) == 1
    assert await log(town) == [("code", "merchant", "")]
    # In another browser of hers it is another, and each opens its own.
    assert await ask_for_help(await town.signed_in("merchant")) != code
    assert await rows(town) == 2


async def test_of_two_who_give_it_at_once_one_has_it(town: Town) -> None:
    merchant = await town.signed_in("merchant")
    desks = [await town.signed_in(who, process=number % 2) for number, who in enumerate(("staff", "owner", "staff", "owner"))]
    code = await ask_for_help(merchant)
    answers = await asyncio.gather(*(give(desk, code) for desk in desks))
    assert sorted(answer.status_code for answer in answers) == [HTTPStatus.SEE_OTHER, *[HTTPStatus.UNPROCESSABLE_ENTITY] * 3]
    assert len([entry for entry in await log(town) if entry[0] == "asked"]) == 1
    showing = await town.site.admin.fetchval("select id from core.showing where tenant_id = $1", town.foundation.id)
    await Looking(town, merchant, desks[0], showing).allow()
    seen = [(await desk.get("/portal")).status_code for desk in desks]
    assert sorted(seen) == [HTTPStatus.OK, *[HTTPStatus.FORBIDDEN] * 3]


async def test_it_is_good_once(town: Town) -> None:
    merchant, staff, owner = await town.signed_in("merchant"), await town.signed_in("staff"), await town.signed_in("owner")
    code = await ask_for_help(merchant)
    assert (await give(staff, code)).status_code == HTTPStatus.SEE_OTHER
    for desk in (owner, staff):
        assert WRONG in sentence(await give(desk, code))


async def test_it_is_good_for_ten_minutes(town: Town) -> None:
    merchant, staff = await town.signed_in("merchant"), await town.signed_in("staff")
    code = await ask_for_help(merchant)
    row = await town.site.admin.fetchrow("select created_at, until from core.showing where tenant_id = $1", town.foundation.id)
    assert row is not None
    assert (row["until"] - row["created_at"]).total_seconds() == 600
    late = "update core.showing set created_at = now() - interval '10 minutes', until = now() where tenant_id = $1"
    await town.site.admin.execute(late, town.foundation.id)
    assert WRONG in sentence(await give(staff, code))
    assert "보여 주기가 끝났어요" in sentence(await merchant.get(HERS))
    # And so is the wait for her answer.
    both = await asked(town)
    await town.site.admin.execute(late, town.foundation.id)
    assert (await both.allow()).headers["location"] == HERS
    assert (await both.staff.get(PAGE)).status_code == HTTPStatus.FORBIDDEN


async def test_another_foundations_code_opens_nothing(town: Town) -> None:
    neighbour = await new_town(town.site)
    code = await ask_for_help(await neighbour.signed_in("merchant"))
    assert WRONG in sentence(await give(await town.signed_in("staff"), code))
    assert (await give(await neighbour.signed_in("staff"), code)).status_code == HTTPStatus.SEE_OTHER


@pytest.mark.parametrize("code", ["", "12345", "1234567", "abcdef", "\uff11\uff12\uff13\uff14\uff15\uff16", "123456' or true --"])
async def test_what_is_no_code_is_refused(town: Town, code: str) -> None:
    await ask_for_help(await town.signed_in("merchant"))
    answer = await give(await town.signed_in("staff"), code)
    assert answer.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert WRONG in sentence(answer)


async def test_tries_are_counted_for_the_browser_and_for_the_foundation(town: Town) -> None:
    code = await ask_for_help(await town.signed_in("merchant"))
    wrong = f"{(int(code) + 1) % 1_000_000:06d}"
    for _ in range(3):
        desk = await town.signed_in("staff")
        answers = [await give(desk, wrong) for _ in range(10)]
        assert {answer.status_code for answer in answers} == {HTTPStatus.UNPROCESSABLE_ENTITY}
        answer = await give(desk, code)
        assert answer.status_code == HTTPStatus.TOO_MANY_REQUESTS
        assert "Retry-After" in answer.headers
    # A new browser does not help who has guessed thirty times.
    assert (await give(await town.signed_in("owner"), code)).status_code == HTTPStatus.TOO_MANY_REQUESTS
    assert [entry[0] for entry in await log(town)] == ["code"]


async def test_codes_are_not_made_without_end(town: Town) -> None:
    merchant = await town.signed_in("merchant")
    answers = [await merchant.post(HERS, {"from": PAGE}) for _ in range(21)]
    assert [answer.status_code for answer in answers] == [HTTPStatus.SEE_OTHER] * 20 + [HTTPStatus.TOO_MANY_REQUESTS]


async def test_a_second_code_ends_what_the_browser_was_shown(town: Town) -> None:
    both = await looking(town)
    other = await town.signed_in("other merchant")
    assert (await give(both.staff, await ask_for_help(other, "/portal"))).status_code == HTTPStatus.SEE_OTHER
    assert (await both.staff.get(PAGE)).status_code == HTTPStatus.FORBIDDEN
    assert "보는 중" not in (await both.merchant.get("/portal")).text
    assert await town.site.admin.fetchval("select ended_at is not null from core.showing where id = $1", both.id)


async def test_whoever_has_left_meanwhile_is_shown_nothing(town: Town) -> None:
    both = await asked(town)
    await both.staff.post("/sign-out")
    assert (await both.allow()).headers["location"] == HERS
    assert "보여 주기가 끝났어요" in sentence(await both.merchant.get(HERS))
    assert [entry[0] for entry in await log(town)] == ["code", "asked"]


async def test_nobody_answers_or_ends_anothers(town: Town) -> None:
    both = await asked(town)
    other = await town.signed_in("other merchant")
    for what in ("allow", "end"):
        assert (await other.post(f"{HERS}/{both.id}/{what}")).status_code == HTTPStatus.NOT_FOUND
    neighbour = await new_town(town.site)
    assert (await (await neighbour.signed_in("merchant")).post(f"{HERS}/{both.id}/allow")).status_code == HTTPStatus.NOT_FOUND
    assert (await both.allow()).headers["location"] == PAGE
    assert (await both.allow()).headers["location"] == HERS  # a second tap
    assert [entry[0] for entry in await log(town)] == ["code", "asked", "allowed"]


async def test_nobody_looks_at_oneself(town: Town) -> None:
    """Staff who sells in the market as well."""
    await town.site.admin.execute(
        """insert into core.membership (tenant_id, id, person_id, role, shop_id) values ($1, gen_random_uuid(), $2, 'merchant', $3)""",
        *(town.foundation.id, town.foundation.people["staff"], town.foundation.shop),
    )
    staff = await town.signed_in("staff")
    assert WRONG in sentence(await give(staff, await ask_for_help(staff, "/portal")))
    both = await asked(town)
    # The own portal is there until she allows it, and not again until it is said to be over.
    assert "보는 중" not in (await both.staff.get("/portal")).text
    await both.allow()
    assert "merchant 님의 화면을 보는 중" in (await both.staff.get("/portal")).text
    await both.stop()
    assert (await both.staff.get("/portal")).headers["location"] == THEIRS
    await both.staff.post(f"{THEIRS}/end")
    assert (await both.staff.get("/portal")).status_code == HTTPStatus.OK


LONGER = (
    "update core.showing set until = until + interval '1 second' where id = $1",
    "update core.showing set staff_id = null where id = $1",
    "update core.showing set staff_id = merchant_id where id = $1",
)


@pytest.mark.parametrize("sql", LONGER)
async def test_the_database_lets_nobody_write_more(town: Town, sql: str) -> None:
    both = await looking(town)
    with pytest.raises(CheckViolationError):
        await town.site.admin.execute(sql, both.id)
