"""Signing in: six digits, five tries, five minutes, one device."""

from http import HTTPStatus

import pytest

from tests.support.application import Site
from tests.support.faces import DEVICE, SESSION, Guest, Town, new_town, sentence

PHONE = "010-3333-0001"
WRONG = HTTPStatus.UNPROCESSABLE_ENTITY


async def asked(town: Town, phone: str = PHONE) -> tuple[Guest, str]:
    """Somebody who has just been sent a code, and the code."""
    guest = town.guest()
    answer = await town.ask_code(guest, phone)
    assert (answer.status_code, answer.headers["location"]) == (HTTPStatus.SEE_OTHER, "/sign-in/code?next=%2F")
    return guest, await town.code_sent()


def other(code: str) -> str:
    """A code that is not the one."""
    return f"{(int(code) + 1) % 1_000_000:06d}"


async def signs_in(guest: Guest, code: str) -> bool:
    """Whether a code lets the guest in; a refusal must be a page with a sentence and must set no session."""
    answer = await guest.post("/sign-in/code", {"code": code, "next": "/"})
    if answer.status_code == HTTPStatus.SEE_OTHER:
        return SESSION in guest.cookies
    assert (answer.status_code, SESSION in guest.cookies) == (WRONG, False)
    assert "번호" in sentence(answer)
    return False


async def test_the_right_code_lets_in(town: Town) -> None:
    guest, code = await asked(town)
    page = await guest.get("/sign-in/code")
    assert "010-3333-0001" in page.text
    assert "/dev/outbox" not in page.text
    assert await signs_in(guest, code)


async def test_five_tries_are_counted_down_and_the_sixth_is_lost(town: Town) -> None:
    guest, code = await asked(town)
    for left in (4, 3, 2, 1):
        answer = await guest.post("/sign-in/code", {"code": other(code), "next": "/"})
        assert answer.status_code == WRONG
        assert f"{left}번 더" in sentence(answer)
    fifth = await guest.post("/sign-in/code", {"code": other(code), "next": "/"})
    assert "다섯 번 틀려" in sentence(fifth)
    assert not await signs_in(guest, code)


async def test_the_fifth_try_may_be_right(town: Town) -> None:
    guest, code = await asked(town)
    for _ in range(4):
        assert not await signs_in(guest, other(code))
    assert await signs_in(guest, code)


async def test_tries_are_counted_by_all_processes(town: Town) -> None:
    guest, code = await asked(town)
    elsewhere = town.guest(process=1)
    elsewhere.cookies = guest.cookies
    for turn in range(5):
        assert not await signs_in((guest, elsewhere)[turn % 2], other(code))
    assert not await signs_in(elsewhere, code)


async def test_a_code_ends_after_five_minutes(town: Town) -> None:
    guest, code = await asked(town)
    lasts = "select extract(epoch from expires_at - created_at)::int from core.sign_in_code where tenant_id = $1"
    assert await town.site.admin.fetchval(lasts, town.foundation.id) == 300
    await town.site.admin.execute("update core.sign_in_code set expires_at = now() where tenant_id = $1", town.foundation.id)
    answer = await guest.post("/sign-in/code", {"code": code, "next": "/"})
    assert answer.status_code == WRONG
    assert "시간이 지났습니다" in sentence(answer)
    assert (await guest.get("/sign-in/code")).headers["location"] == "/sign-in?next=%2F"


async def test_a_code_is_good_once(town: Town) -> None:
    guest, code = await asked(town)
    assert await signs_in(guest, code)
    del guest.cookies[SESSION]
    assert not await signs_in(guest, code)


async def test_a_new_code_ends_the_one_before(town: Town) -> None:
    guest, first = await asked(town)
    await town.ask_code(guest, PHONE)
    second = await town.code_sent()
    assert first == second or not await signs_in(guest, first)
    assert await signs_in(guest, second)


async def test_a_code_is_good_for_the_device_that_asked(town: Town) -> None:
    guest, code = await asked(town)
    stranger = town.guest()
    assert not await signs_in(stranger, code)
    _, theirs = await asked(town, "010-3333-0002")
    assert theirs == code or not await signs_in(guest, theirs)
    assert await signs_in(guest, code)


async def test_another_foundations_code_is_worthless(town: Town, site: Site) -> None:
    guest, code = await asked(town)
    neighbour = (await new_town(site)).guest()
    neighbour.cookies = dict(guest.cookies)
    assert not await signs_in(neighbour, code)
    assert await signs_in(guest, code)


@pytest.mark.parametrize(
    "written", ["01033330001", "010-3333-0001", "010 3333 0001", "010.3333.0001", "+82 10-3333-0001", "+82(10)33330001", "821033330001"]
)
async def test_a_number_is_one_person_however_it_is_written(town: Town, written: str) -> None:
    assert await signs_in(*await asked(town))
    known = await people(town)
    guest, code = await asked(town, written)
    assert "010-3333-0001" in (await guest.get("/sign-in/code")).text
    assert await signs_in(guest, code)
    assert await people(town) == known


async def people(town: Town) -> int:
    """How many the foundation knows."""
    return int(await town.site.admin.fetchval("select count(*) from core.person where tenant_id = $1", town.foundation.id))


@pytest.mark.parametrize(
    "written",
    [
        *("02-123-4567", "031-755-4214", "1588-0000", "+1 202 555 0143", "+81 90 1234 5678", "010-123", "010123456789", ""),
        "공일공일이삼사오육칠팔",
        "".join(chr(ord(digit) + 0xFEE0) for digit in "01033330001"),  # full width
    ],
)
async def test_what_is_no_mobile_number_gets_a_sentence_and_no_code(settled: Town, written: str) -> None:
    guest = settled.guest()
    answer = await settled.ask_code(guest, written)
    assert answer.status_code == WRONG
    assert "휴대전화 번호가 아닙니다" in sentence(answer)
    assert DEVICE not in guest.cookies


@pytest.mark.parametrize("code", ["", "12345", "1234567", "가나다라마바", "😀", "' or 1=1 --", "1" * 200, "\0"])
async def test_what_is_no_code_is_a_wrong_one(town: Town, code: str) -> None:
    guest, right = await asked(town)
    assert not await signs_in(guest, code)
    assert await signs_in(guest, right)
