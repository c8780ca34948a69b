"""The link beside the code: one tap, on the device that asked, once, for five minutes."""

import asyncio
import re
from http import HTTPStatus

import pytest

from smilero_core.messaging.channels import NoChannel
from smilero_core.messaging.security import SecurityMessages
from tests.support.application import Site
from tests.support.faces import DEVICE, SESSION, Guest, Town, new_town, sentence

PHONE = "010-1111-0003"  # the cast's merchant
_LINK = re.compile(r"https?://[^/\s]+(/sign-in/link/\S+)")


async def asked(town: Town, path: str = "/") -> tuple[Guest, str]:
    """Somebody who gave a number, and the link that went to it."""
    guest = town.guest()
    await guest.post("/sign-in", {"phone": PHONE, "next": path})
    messages = await SecurityMessages(town.site.database, town.vault, NoChannel()).latest(town.foundation.id, 1)
    found = _LINK.search(messages[0].body)
    assert found
    return guest, found[1]


async def test_one_tap_signs_in_and_goes_where_she_was_going(town: Town) -> None:
    guest, link = await asked(town, "/portal/shops")
    assert "들어갈까요" in sentence(await guest.get(link))
    answer = await guest.post(link)
    assert (answer.status_code, answer.headers["location"]) == (HTTPStatus.SEE_OTHER, "/portal/shops")
    assert (await guest.get("/portal")).status_code == HTTPStatus.OK


async def test_nothing_happens_until_the_button(town: Town) -> None:
    guest, link = await asked(town)
    robot = town.guest()
    for looking in (robot, guest):
        for method in ("GET", "HEAD"):
            await looking.ask(method, link)
        assert SESSION not in looking.cookies
    assert (await guest.post(link)).headers["location"] == "/portal"


@pytest.mark.parametrize("device", [None, "", "another"])
async def test_opened_elsewhere_it_says_so_and_lives_on(town: Town, device: str | None) -> None:
    guest, link = await asked(town)
    other = town.guest()
    if device is not None:
        other.cookies[DEVICE] = device
    for answer in (await other.get(link), await other.post(link)):
        assert answer.status_code == HTTPStatus.FORBIDDEN
        assert "번호를 적은 휴대전화에서 열어 주세요" in sentence(answer)
    assert SESSION not in other.cookies
    assert (await guest.post(link)).status_code == HTTPStatus.SEE_OTHER


async def test_two_taps_open_one_session(town: Town) -> None:
    guest, link = await asked(town)
    twin = town.guest(process=1)
    twin.cookies = dict(guest.cookies)
    answers = await asyncio.gather(guest.post(link), twin.post(link))
    assert sorted(answer.status_code for answer in answers) == [HTTPStatus.SEE_OTHER, HTTPStatus.GONE]
    count = await town.site.admin.fetchval("select count(*) from core.session where tenant_id = $1", town.foundation.id)
    assert count == 1
    inside = guest if guest.cookies.get(SESSION) else twin
    assert (await inside.post(link)).headers["location"] == "/portal"


async def test_link_and_code_are_used_up_together(town: Town) -> None:
    guest, link = await asked(town)
    code = await town.code_sent()
    assert (await guest.post(link)).status_code == HTTPStatus.SEE_OTHER
    guest.cookies.pop(SESSION)
    assert (await guest.post("/sign-in/code", {"code": code})).status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    again, other_link = await asked(town)
    assert (await again.post("/sign-in/code", {"code": await town.code_sent()})).status_code == HTTPStatus.SEE_OTHER
    again.cookies.pop(SESSION)
    assert (await again.post(other_link)).status_code == HTTPStatus.GONE


@pytest.mark.parametrize("how", ["expired", "asked again", "tried five times", "never was"])
async def test_a_link_that_is_not_good_says_so(town: Town, how: str) -> None:
    guest, link = await asked(town)
    match how:
        case "expired":
            await town.site.admin.execute("update core.sign_in_code set expires_at = now() where tenant_id = $1", town.foundation.id)
        case "asked again":
            await guest.post("/sign-in", {"phone": PHONE})
        case "tried five times":
            wrong = "000000" if await town.code_sent() != "000000" else "111111"
            for _ in range(5):
                await guest.post("/sign-in/code", {"code": wrong})
        case _:
            link = "/sign-in/link/" + "a" * 22
    for answer in (await guest.get(link), await guest.post(link)):
        assert answer.status_code == HTTPStatus.GONE
        assert "이제 쓸 수 없는 주소예요" in sentence(answer)
    assert SESSION not in guest.cookies


async def test_a_link_is_worthless_at_another_foundation(town: Town, site: Site) -> None:
    guest, link = await asked(town)
    elsewhere = (await new_town(site)).guest()
    elsewhere.cookies = dict(guest.cookies)
    assert (await elsewhere.post(link)).status_code == HTTPStatus.GONE


async def test_the_link_is_kept_as_a_hash(town: Town) -> None:
    _, link = await asked(town)
    rows = await town.site.admin.fetch("select * from core.sign_in_code where tenant_id = $1", town.foundation.id)
    assert link.rpartition("/")[2] not in str([dict(row) for row in rows])
