"""Every page that says why not: what happened, what to do, whom to call, in the frame of its face."""

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path
from uuid import uuid4

import pytest
from httpx2 import Response

from smilero_core.db.session import Session
from smilero_core.plugins.gate import switch
from smilero_sdk.errors import Problem
from smilero_sdk.i18n import LANGUAGES
from smilero_sdk.pages import Face
from smilero_tenants.faces.frames import face_path
from smilero_web.error_pages import Asked, error_page
from smilero_web.runtime import Parts, assemble
from smilero_web.settings import WebSettings
from tests.pages.eyes import LEAST, SMALL, Window
from tests.pages.raising import BROKEN, RAISING, RESTING, raising
from tests.support.album import serving_albums
from tests.support.application import Site
from tests.support.faces import Guest, Town, new_town, sentence
from tests.support.waiting import until

PHONE = "031-755-4214"
WHO = {Face.CONSOLE: "owner", Face.PORTAL: "merchant", Face.PUBLIC: "customer"}
# How each frame is known.
FRAMES = {Face.CONSOLE: 'class="desk"', Face.PORTAL: 'class="portal ', Face.PUBLIC: 'class="top"'}
# What happened, in words that no other status has.
HAPPENED = {
    400: "보내신 것을 받지 못했어요",
    401: "먼저 들어와 주세요",
    403: "볼 수 없는 화면이에요",
    404: "찾는 화면이 없어요",
    405: "여기서는 할 수 없는 일이에요",
    409: "이미 끝났거나 바뀐 일이에요",
    410: "이미 끝났거나 바뀐 일이에요",
    413: "보내신 것을 받지 못했어요",
    415: "보내신 것을 받지 못했어요",
    422: "보내신 것을 받지 못했어요",
    429: "조금 쉬었다 해 주세요",
    500: "잠시 문제가 생겼어요",
    503: "지금은 열 수 없어요",
    RESTING: "잠시 쉬고 있어요",
    BROKEN: "잠깐 멈췄어요",
}
ASKED = re.compile(r"주세요|말씀해|눌러")
HANGUL = re.compile("[\uac00-\ud7a3]")


@dataclass(frozen=True)
class Faults:
    """A foundation with the plugin that raises, and its guests by face."""

    town: Town
    url: str
    guests: dict[Face, Guest]


@pytest.fixture(scope="module")
async def faults(site: Site, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Faults]:
    async with _running(site, tmp_path_factory.mktemp("errors")) as made:
        yield made


@pytest.fixture(scope="module")
def parts(tmp_path_factory: pytest.TempPathFactory) -> Parts:
    return assemble(WebSettings(data_dir=tmp_path_factory.mktemp("parts")))


@asynccontextmanager
async def _running(site: Site, folder: Path) -> AsyncIterator[Faults]:
    async with serving_albums(site.settings, folder, redis_url=site.redis_url, beside=[raising()]) as (url, _):
        yield await _foundation(site, url)


async def _foundation(site: Site, url: str) -> Faults:
    town = await new_town(site)
    async with site.database.unit(town.foundation.id) as unit:
        await switch(Session(unit), RAISING, enabled=True)
    guests = {face: await town.signed_in(who) for face, who in WHO.items()}
    for guest in guests.values():
        guest.url = url
    return Faults(town, url, guests)


def lacking(answer: Response, face: Face) -> list[str]:
    """What an error page does not say."""
    said = sentence(answer)
    wanted = {
        "a page": answer.headers["content-type"].startswith("text/html"),
        "one heading": len(re.findall(r"<h1[ >]", answer.text)) == 1,
        "what to do": bool(ASKED.search(said)),
        "a way on": 'class="button primary"' in answer.text,
        "whom to call": f'href="tel:{PHONE.replace("-", "")}"' in answer.text.partition("<main")[2].partition("</main>")[0],
        "its face's frame": FRAMES[face] in answer.text,
    }
    return [what for what, there in wanted.items() if not there]


@pytest.mark.parametrize("status", HAPPENED)
@pytest.mark.parametrize("face", Face)
async def test_an_error_page_says_what_happened_what_to_do_and_whom_to_call(
    site: Site, faults: Faults, eyes: Window, face: Face, status: int
) -> None:
    # A plugin that breaks too often is put to rest: each time at a foundation of its own.
    asked = await _foundation(site, faults.url) if status == BROKEN else faults
    answer = await asked.guests[face].get(face_path(face, RAISING, f"/now/{status}"))
    assert answer.status_code == {RESTING: 503, BROKEN: 500}.get(status, status)
    assert HAPPENED[status] in answer.text
    assert lacking(answer, face) == []
    assert await shown(eyes, faults, answer, face) == []


@pytest.mark.parametrize("face", Face)
@pytest.mark.parametrize("status", [status for status in HAPPENED if status not in {RESTING, BROKEN}])
async def test_it_is_said_in_five_languages(site: Site, faults: Faults, face: Face, status: int) -> None:
    name = await site.admin.fetchval("select name from core.tenant where id = $1", faults.town.foundation.id)
    guest, home = faults.guests[face], face_path(face, RAISING, f"/now/{status}")
    said = {}
    for language in LANGUAGES:
        answer = await guest.get(home, headers={"Accept-Language": language})
        assert (answer.status_code, answer.headers["content-language"]) == (status, language)
        assert f'<html lang="{language}"' in answer.text
        assert f'href="tel:{PHONE.replace("-", "")}"' in answer.text
        # The foundation's own name stays as it is.
        said[language] = sentence(answer).replace(name, "")
    assert len(set(said.values())) == len(LANGUAGES)
    assert {language: HANGUL.findall(words) for language, words in said.items() if language != "ko" and HANGUL.search(words)} == {}


@pytest.mark.parametrize(
    ("language", "seconds", "said"),
    [
        ("ko", 1, "1분 뒤에"),
        ("ko", 170, "3분 뒤에"),
        ("ko", 3_600, "1시간 뒤에"),
        ("ko", 7_201, "3시간 뒤에"),
        ("en", 60, "in 1 minute."),
        ("en", 61, "in 2 minutes."),
        ("uk", 60, "через 1 хвилину."),
        ("uk", 120, "через 2 хвилини."),
        ("uk", 300, "через 5 хвилин."),
        ("vi", 300, "sau 5 phút."),
        ("zh", 7_200, "2 小时后"),
    ],
)
def test_who_must_wait_is_told_how_long(parts: Parts, language: str, seconds: int, said: str) -> None:
    problem = Problem("limits.reached", HTTPStatus.TOO_MANY_REQUESTS, headers={"Retry-After": str(seconds)}, minutes=3)
    assert said in error_page(parts, problem, Asked("/sign-in", None), language)


async def test_an_error_of_ours_has_a_number_that_is_in_the_log(faults: Faults, caplog: pytest.LogCaptureFixture) -> None:
    answer = await faults.guests[Face.PORTAL].get(face_path(Face.PORTAL, RAISING, "/now/500"))
    found = re.search(r"<b>(\d{3}-\d{3})</b>", answer.text)
    assert found
    other = re.search(r"<b>(\d{3}-\d{3})</b>", (await faults.guests[Face.PORTAL].get(face_path(Face.PORTAL, RAISING, "/now/500"))).text)
    assert other
    assert other[1] != found[1]
    assert any(found[1] in record.getMessage() for record in caplog.records)
    for status in (404, 409, 503):
        told = await faults.guests[Face.PORTAL].get(face_path(Face.PORTAL, RAISING, f"/now/{status}"))
        assert not re.search(r"<b>\d{3}-\d{3}</b>", told.text)


@pytest.mark.parametrize("language", LANGUAGES)
async def test_a_host_that_is_nobodys_says_so(site: Site, language: str) -> None:
    guest = Guest(site.http, site.servers[0].url, f"nobody-{uuid4().hex[:8]}.localhost")
    answer = await guest.get("/", headers={"Accept-Language": language})
    assert answer.status_code == HTTPStatus.NOT_FOUND
    assert f'<html lang="{language}"' in answer.text
    assert 'href="tel:' not in answer.text
    assert '<meta name="robots" content="noindex">' in answer.text
    assert language == "ko" or not HANGUL.search(sentence(answer))


@pytest.mark.parametrize("face", Face)
async def test_a_refusal_says_the_same(faults: Faults, eyes: Window, face: Face) -> None:
    answer = await faults.guests[face].post(face_path(face, RAISING, "/refused"), key=str(uuid4()))
    assert answer.status_code == HTTPStatus.CONFLICT
    assert "안 됐어요" in answer.text
    # A customer's task stands in the frame of a task.
    assert lacking(answer, Face.PORTAL if face is Face.PUBLIC else face) == []
    assert await shown(eyes, faults, answer, face) == []


@pytest.mark.parametrize("face", Face)
@pytest.mark.parametrize(("method", "path", "status"), [("GET", "/nothing", 404), ("DELETE", "", 405), ("POST", "/nothing", 413)])
async def test_what_the_application_itself_refuses_says_the_same(faults: Faults, face: Face, method: str, path: str, status: int) -> None:
    home = {Face.CONSOLE: "/console", Face.PORTAL: "/portal", Face.PUBLIC: "/sign-in"}[face]
    content = b"x" * 1_100_000 if status == HTTPStatus.REQUEST_ENTITY_TOO_LARGE else b""
    told = {"Sec-Fetch-Site": "same-origin"}
    answer = await faults.guests[face].ask(method, f"{home}{path}", content=content, headers=told)
    assert answer.status_code == status
    assert HAPPENED[status] in answer.text
    assert lacking(answer, face) == []


async def test_a_foundation_that_was_suspended_says_what_to_do(site: Site, eyes: Window, faults: Faults) -> None:
    """Nothing is told of it, not even its number; so in words."""
    town = await new_town(site)
    guest = town.guest()
    await site.admin.execute("update core.tenant set status = 'suspended' where id = $1", town.foundation.id)

    async def answered() -> bool:
        return (await guest.get("/")).status_code == HTTPStatus.NOT_FOUND

    await until(answered)
    for path in ("/", "/portal", "/console", "/sign-in"):
        answer = await guest.get(path)
        said = sentence(answer)
        assert "이 주소에는 시장이 없어요" in said
        assert "다시 살펴봐 주세요" in said
        assert "재단에 전화로" in said
        assert await shown(eyes, faults, answer, Face.PUBLIC) == []


async def shown(eyes: Window, faults: Faults, answer: Response, face: Face) -> list[str]:
    """What the eyes see on an answer that a browser is given."""
    url = f"http://{faults.town.foundation.host}:{faults.url.rpartition(':')[2]}/shown"
    await eyes.page.route(url, lambda route: route.fulfill(status=200, content_type="text/html; charset=utf-8", body=answer.text))
    await eyes.page.goto(url)
    found = await eyes.seen(SMALL, LEAST[face])
    await eyes.page.unroute(url)
    return list(found)
