"""Commands that another site's page sends with somebody's cookie: refused at every address, and nothing written (check B5)."""

from dataclasses import replace
from http import HTTPStatus

import pytest

from tests.access.requests import request_for
from tests.access.rights import RIGHTS, ROLES
from tests.access.scene import Ask, Scene
from tests.access.subjects import subjects
from tests.access.test_matrix import at, refusal, written
from tests.conftest import LookedAt
from tests.support.application import Site
from tests.support.faces import SESSION

pytestmark = pytest.mark.suite("B5")

# As many as there were when this was last written: they only grow.
COMMANDS_FLOOR, PAGES_FLOOR = 34, 74

SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
# A webhook is signed, and carries no cookie.
SIGNED = "/webhooks/"

# Commands that come from elsewhere by their nature, and where that is tried.
FROM_ELSEWHERE = {
    "POST /arrive": "from another foundation's page, whose Origin the ticket names: tests/links",
    "POST /oauth/token": "from a program, with its secret or its code and no cookie: tests/oauth",
    "POST /oauth/revoke": "from a program, as above",
}
# Looks that do something, once, and what they are bound to.
ONCE = {"GET /arrive": "by the single-use ticket in a cookie that only POST /arrive sets"}
COMMANDS = {
    name: one
    for name, one in subjects().items()
    if one.method not in SAFE and not one.path.startswith(("/api/", SIGNED)) and name not in FROM_ELSEWHERE
}
OPERATIONS = {name: one for name, one in subjects().items() if one.method not in SAFE and one.is_api}
PAGES = {name: one for name, one in subjects().items() if one.method in SAFE and name not in ONCE}


def test_they_are_as_many_as_before(looked_at: LookedAt) -> None:
    looked_at("commands of the faces", list(COMMANDS))
    looked_at("commands of the API", list(OPERATIONS))
    looked_at("pages that must write nothing", list(PAGES))
    assert len(COMMANDS) >= COMMANDS_FLOOR
    assert len(PAGES) >= PAGES_FLOOR


def forged(host: str, neighbour: str) -> list[dict[str, str]]:
    """What a browser says of a request that is not the site's own; an empty header is not sent."""
    sites = [{"Sec-Fetch-Site": site} for site in ("cross-site", "same-site", "none", "SAME-ORIGIN", "same-origin, cross-site")]
    # The newer word holds, whatever the older one says.
    sites += [{"Sec-Fetch-Site": "cross-site", "Origin": f"http://{host}"}]
    origins = [
        *("", "null", "http://[", "file://", f"//{host}.example", "https://evil.example", f"http://evil.example/{host}"),
        *(f"http://{neighbour}", "http://localhost", f"http://{host}.evil.example", f"http://evil.example#{host}", f"http://evil@{host}"),
        *(f"http://{host}:81", f"http://evil.example http://{host}"),
    ]
    return sites + [{"Sec-Fetch-Site": "", "Origin": origin} for origin in origins]


@pytest.mark.parametrize("name", COMMANDS)
async def test_no_other_site_commands(site: Site, scenes: tuple[Scene, Scene], name: str) -> None:
    ours, theirs = scenes
    subject, who = COMMANDS[name], _someone(name)
    ask = await request_for(subject, ours, who)
    before = await written(site)
    for told in forged(ours.foundation.host, theirs.foundation.host):
        answer = await at(ours, subject, replace(ask, headers={**ask.headers, **told}), who)
        assert answer.status == HTTPStatus.FORBIDDEN, (told, answer)
        assert not answer.cookies
        assert "<h1" in answer.text
    assert await written(site) == before
    # A browser that knows only the older word is let in by it.
    known = replace(ask, headers={**ask.headers, "Sec-Fetch-Site": "", "Origin": f"http://{ours.foundation.host}"})
    assert (await at(ours, subject, known, who)).outcome == "done"


@pytest.mark.parametrize("name", OPERATIONS)
async def test_the_api_knows_nobody_by_a_cookie(site: Site, scenes: tuple[Scene, Scene], name: str) -> None:
    ours, _ = scenes
    subject, who = OPERATIONS[name], min(RIGHTS[name].may - {"anonymous"})
    asks = [await request_for(subject, ours, who) for _ in range(2)]
    before = await written(site)
    for session in ours.sessions.values():
        with_cookie = replace(asks[0], headers={**asks[0].headers, "Cookie": f"{SESSION}={session}"})
        assert (await at(ours, subject, with_cookie, "anonymous")).outcome == refusal(subject, "anonymous")
    assert await written(site) == before
    assert (await at(ours, subject, asks[1], who)).outcome == "done"


@pytest.mark.parametrize("name", PAGES)
async def test_looking_writes_nothing(site: Site, scenes: tuple[Scene, Scene], name: str) -> None:
    """A page of another site may make a browser open any address of ours."""
    ours, _ = scenes
    asks = {who: await request_for(PAGES[name], ours, who) for who in ROLES}
    before = await written(site)
    for who, ask in asks.items():
        answer = await at(ours, PAGES[name], _from_elsewhere(ask), who)
        assert answer.status < HTTPStatus.INTERNAL_SERVER_ERROR, (who, answer)
    assert await written(site) == before


def _from_elsewhere(ask: Ask) -> Ask:
    return replace(ask, headers={**ask.headers, "Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate"})


def _someone(name: str) -> str:
    """One who may; with a cookie where there is one, since that is what is abused."""
    return min(RIGHTS[name].may - {"anonymous", "operator"}) if RIGHTS[name].may - {"anonymous", "operator"} else "anonymous"
