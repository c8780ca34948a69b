"""왜 필요한가요: the asker says it on the phone, with the page's own form, and whoever confirms reads it."""

import re
from html import unescape
from http import HTTPStatus
from uuid import uuid4

from httpx2 import Response

from tests.support.approvals import Two, two
from tests.support.faces import Guest, Town, sentence


def form_of(page: Response, action: str) -> dict[str, str]:
    """The fields of a form of a page as they stand there."""
    found = re.search(rf'<form[^>]*action="{re.escape(action)}"[^>]*>(.*?)</form>', page.text, re.DOTALL)
    assert found, action
    fields = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', found[1]))
    written = re.search(r'<textarea[^>]*name="(\w+)"[^>]*>\n(.*?)</textarea>', found[1], re.DOTALL)
    assert written
    return fields | {written[1]: unescape(written[2])}


async def say(guest: Guest, held: str, why: str) -> Response:
    """Fill the form in and send it."""
    here = f"/portal/approvals/{held}"
    fields = form_of(await guest.get(here), f"{here}/why")
    return await guest.post(f"{here}/why", fields | {"why": why})


async def why(office: Two, held: str) -> str:
    return str((await office.row(held))["why"])


async def test_she_says_why_and_whoever_confirms_reads_it(town: Town) -> None:
    office = await two(town)
    merchant, staff = await town.signed_in("merchant"), await town.signed_in("staff", process=1)
    answer = await office.ask(merchant)
    here = answer.headers["location"]
    held = here.rpartition("/")[2]
    page = await merchant.get(here)
    assert "왜 필요한가요?" in sentence(page)
    assert 'data-voice="why"' in page.text
    assert form_of(page, f"{here}/why")["why"] == ""
    for said in ("설 대목이라 손님이 많아요", "설 대목 <b>큰</b> 행사"):
        assert (await say(merchant, held, said)).headers["location"] == here
        page = await merchant.get(here)
        assert "이렇게 적어 두었어요" in sentence(page)
        assert form_of(page, f"{here}/why")["why"] == said
        assert sentence(await staff.get(f"/console/approvals/{held}")).count("설 대목") == 1
    await staff.post(f"/console/approvals/{held}/refuse", {"why": "예산"}, key=str(uuid4()))
    # Decided: it stands, and is written no more.
    page = await merchant.get(here)
    assert f"{here}/why" not in page.text
    assert "까닭: 설 대목" in sentence(page)
    await merchant.post(f"{here}/why", {"why": "다른 말"})
    assert await why(office, held) == "설 대목 <b>큰</b> 행사"


async def test_nobody_else_writes_it_and_it_is_never_long(town: Town) -> None:
    office = await two(town)
    held = await office.asked()
    for who, face in (("other merchant", "portal"), ("staff", "console"), ("owner", "console"), ("clerk", "portal")):
        answer = await (await town.signed_in(who)).post(f"/{face}/approvals/{held}/why", {"why": "내 말"})
        assert answer.status_code == HTTPStatus.NOT_FOUND, who
    assert await why(office, held) == ""
    await say(await town.signed_in("merchant"), held, "가" * 5_000)
    assert await why(office, held) == "가" * 200
