"""Whose host a request is for: by its one Host header alone, whatever else it says, and nobody's is nobody's (check B5)."""

import asyncio
from urllib.parse import urlsplit

import pytest

from tests.access.scene import PLATFORM, Scene
from tests.conftest import LookedAt

pytestmark = pytest.mark.suite("B5")

OURS, THEIRS, NOBODY, PLATFORMS, BROKEN = "ours", "theirs", "nobody", "the platform", "refused"
# {ours} and {theirs} are two foundations' hosts. The request's line, then its headers.
ASKED = {
    "GET / HTTP/1.1|Host: {ours}": OURS,
    "GET / HTTP/1.1|Host: {ours}:8000": OURS,
    "GET / HTTP/1.1|Host: {OURS}": OURS,
    "GET / HTTP/1.1|Host: {ours}.": OURS,
    "GET / HTTP/1.1|Host: {ours}|X-Forwarded-Host: {theirs}": OURS,
    "GET / HTTP/1.1|Host: {ours}|X-Forwarded-For: 203.0.113.9|X-Forwarded-Host: evil.example|X-Forwarded-Port: 1": OURS,
    "GET / HTTP/1.1|Host: {ours}|X-Host: {theirs}|X-Original-Host: {theirs}|X-HTTP-Host-Override: {theirs}": OURS,
    "GET / HTTP/1.1|Host: {ours}|Forwarded: for=203.0.113.9;host={theirs};proto=https": OURS,
    "GET / HTTP/1.1|Host: {ours}|X-Original-URL: http://{theirs}/|X-Rewrite-URL: /console": OURS,
    "GET http://evil.example/ HTTP/1.1|Host: {ours}": OURS,
    "GET http://{theirs}/ HTTP/1.1|Host: {ours}": OURS,
    "GET / HTTP/1.1|Host: localhost": PLATFORMS,
    "GET / HTTP/1.1|Host: localhost|X-Forwarded-Host: {ours}": PLATFORMS,
    "GET / HTTP/1.1|Host: evil.example": NOBODY,
    "GET / HTTP/1.1|Host: evil.example|X-Forwarded-Host: {ours}": NOBODY,
    "GET http://{ours}/ HTTP/1.1|Host: evil.example": NOBODY,
    "GET / HTTP/1.1|Host: {ours}|Host: {theirs}": NOBODY,
    "GET / HTTP/1.1|Host: {ours}|Host: {ours}": NOBODY,
    "GET / HTTP/1.1|Host: {ours}, {theirs}": NOBODY,
    "GET / HTTP/1.1|Host: {ours}@evil.example": NOBODY,
    "GET / HTTP/1.1|Host: evil.example@{ours}": NOBODY,
    "GET / HTTP/1.1|Host: {ours}.evil.example": NOBODY,
    "GET / HTTP/1.1|Host: evil.{ours}": NOBODY,
    "GET / HTTP/1.1|Host: evil-{ours}": NOBODY,
    "GET / HTTP/1.1|Host: {ours}:99999": NOBODY,
    "GET / HTTP/1.1|Host: {ours}:80:80": NOBODY,
    "GET / HTTP/1.1|Host: {ours}/console": NOBODY,
    "GET / HTTP/1.1|Host: {ours}#": NOBODY,
    "GET / HTTP/1.1|Host: {ours} ..": NOBODY,
    "GET / HTTP/1.1|Host: ..{ours}": NOBODY,
    "GET / HTTP/1.1|Host: [::1]": NOBODY,
    "GET / HTTP/1.1|Host: 127.0.0.1": NOBODY,
    "GET / HTTP/1.1|Host: %": NOBODY,
    "GET / HTTP/1.1|Host:": NOBODY,
    "GET / HTTP/1.0": NOBODY,
    "GET / HTTP/1.1|Host: " + "a" * 10_000: NOBODY,
    "GET / HTTP/1.1|Host: \uff53eongnam.localhost": NOBODY,
}


async def told(ours: Scene, request: str) -> str:
    """What the server answers to a request as it is written."""
    place = urlsplit(ours.site.servers[0].url)
    reader, writer = await asyncio.open_connection(place.hostname, place.port)
    try:
        writer.write(request.replace("|", "\r\n").encode() + b"\r\nConnection: close\r\n\r\n")
        async with asyncio.timeout(30):
            return (await reader.read()).decode(errors="replace")
    finally:
        writer.close()
        await writer.wait_closed()


@pytest.mark.parametrize("asked", ASKED)
async def test_whose_a_request_is(scenes: tuple[Scene, Scene], asked: str) -> None:
    ours, theirs = scenes
    known = {"ours": ours.foundation.host, "OURS": ours.foundation.host.upper(), "theirs": theirs.foundation.host}
    answer = await told(ours, asked.replace("%", "%%").format_map(known).replace("%%", "%"))
    status = int(answer.split(" ", 2)[1])
    assert (ours.mark in answer, theirs.mark in answer) == (ASKED[asked] == OURS, ASKED[asked] == THEIRS), answer
    assert status == {OURS: 200, PLATFORMS: 200, NOBODY: 404}[ASKED[asked]], answer
    # What a cache before us would keep for others, or a person would follow.
    assert "evil.example" not in answer.partition("\r\n\r\n")[0]
    assert "//evil.example" not in answer


async def test_a_link_that_is_sent_leads_to_the_host_that_was_asked(scenes: tuple[Scene, Scene]) -> None:
    ours, _ = scenes
    await ours.forget_limits()
    guest = ours.town.guest()
    forged = dict.fromkeys(("X-Forwarded-Host", "X-Host", "X-Forwarded-Server", "Forwarded"), "evil.example")
    await guest.post("/sign-in", {"phone": ours.new_phone(), "next": "/"}, headers={**forged, "X-Forwarded-Proto": "https"})
    message = await ours.town.message_sent()
    assert f"http://{ours.foundation.host}/sign-in/link/" in message
    assert "evil" not in message


def test_as_many_as_before(looked_at: LookedAt) -> None:
    looked_at("ways to name a host", list(ASKED))
    assert PLATFORM in "".join(ASKED)
