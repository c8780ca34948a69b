"""어디서 쓰고 있나요: one's own sessions, ended one by one or all; and a foundation that is suspended."""

import re
from http import HTTPStatus
from uuid import uuid4

import pytest

from tests.support.application import Site
from tests.support.faces import SESSION, Guest, Town, new_town, sentence

PHONE = "010-1111-0003"
SAMSUNG = (
    "Mozilla/5.0 (Linux; Android 14; SM-A155) AppleWebKit/537.36 (KHTML, like Gecko) SamsungBrowser/27.0 Chrome/125.0 Mobile Safari/537.36"
)
FACES = [("merchant", "/portal/sessions"), ("customer", "/sessions")]


def ends(page: str) -> list[str]:
    """The commands of a list, the browser in use first."""
    return re.findall(r'action="(\S+/[0-9a-f-]{36}/end)"', page)


async def inside(guest: Guest, path: str) -> bool:
    answer = await guest.get(path)
    assert answer.status_code == HTTPStatus.OK or answer.headers["location"].startswith("/sign-in")
    return answer.status_code == HTTPStatus.OK


async def test_a_device_is_told_in_plain_words(town: Town) -> None:
    guest = town.guest()
    await town.ask_code(guest, PHONE)
    await guest.post("/sign-in/code", {"code": await town.code_sent()}, headers={"User-Agent": SAMSUNG})
    told = sentence(await guest.get("/portal/sessions"))
    assert "안드로이드 휴대전화 삼성 인터넷" in told
    assert "지금 이 화면이에요" in told
    assert "/portal/sessions" in (await guest.get("/portal/help")).text


@pytest.mark.parametrize(("who", "path"), FACES)
async def test_one_is_ended_and_the_others_stay(town: Town, who: str, path: str) -> None:
    lost, here = await town.signed_in(who, process=1), await town.signed_in(who)
    first, second = ends((await here.get(path)).text)
    for _ in range(2):  # two taps
        assert (await here.post(second)).headers["location"] == path
    assert (await inside(here, path), await inside(lost, path)) == (True, False)
    assert (await here.post(first)).headers["location"] == "/"
    assert not await inside(here, path)


@pytest.mark.parametrize(("who", "path"), FACES)
async def test_all_are_ended(town: Town, who: str, path: str) -> None:
    guests = [await town.signed_in(who, process=process) for process in (0, 1, 0)]
    assert (await guests[0].post(f"{path}/end")).status_code == HTTPStatus.SEE_OTHER
    assert [await inside(guest, path) for guest in guests] == [False] * 3
    rows = await town.site.admin.fetch(
        "select sentence, params from core.audit_entry where tenant_id = $1 and sentence like 'identity.%'", town.foundation.id
    )
    assert [row["sentence"] for row in rows] == ["identity.audit.sessions_ended"]


async def test_another_persons_session_is_not_there(town: Town, site: Site) -> None:
    merchant, colleague = await town.signed_in("merchant"), await town.signed_in("other merchant")
    stranger = await (await new_town(site)).signed_in("merchant")
    [mine] = ends((await merchant.get("/portal/sessions")).text)
    for guest in (colleague, stranger):
        refused, never = await guest.post(mine), await guest.post(f"/portal/sessions/{uuid4()}/end")
        assert (refused.status_code, refused.content) == (HTTPStatus.NOT_FOUND, never.content)
    assert await inside(merchant, "/portal/sessions")


async def test_a_suspended_foundation_lets_nobody_in_at_the_next_request(town: Town) -> None:
    guests = [await town.signed_in("merchant", process=process) for process in (0, 1)]
    api = [town.site.caller(town.foundation, "merchant", process=process) for process in (0, 1)]
    for guest, caller in zip(guests, api, strict=True):
        assert await inside(guest, "/portal")
        assert (await caller.get("/api/v1/coupons/campaigns")).status_code == HTTPStatus.OK
    await town.site.admin.execute("update core.tenant set status = 'suspended' where id = $1", town.foundation.id)
    # Both processes still remember the foundation by its host; no session and no token holds all the same.
    for guest, caller in zip(guests, api, strict=True):
        assert (await guest.get("/portal")).status_code in {HTTPStatus.SEE_OTHER, HTTPStatus.NOT_FOUND}
        assert (await caller.get("/api/v1/coupons/campaigns")).status_code in {HTTPStatus.UNAUTHORIZED, HTTPStatus.NOT_FOUND}
    assert all(SESSION in guest.cookies for guest in guests)
