"""Addresses that somebody else chose lead nobody out of the foundation's host (check B5)."""

import re
from dataclasses import replace
from html import unescape
from http import HTTPStatus
from urllib.parse import unquote, urljoin, urlsplit

import pytest

from tests.access.requests import request_for
from tests.access.rights import RIGHTS
from tests.access.scene import Answer, Ask, Scene
from tests.access.subjects import subjects
from tests.access.test_matrix import at
from tests.conftest import LookedAt
from tests.support.faces import Guest

pytestmark = pytest.mark.suite("B5")

EVIL = "evil.example"
# Names that sites give to where they lead on; ours has one of them, and a page that takes another is covered unasked.
NAMES = ("next", "back", "url", "return", "return_to", "redirect", "continue", "to", "path")
OUTSIDE = (
    *(f"//{EVIL}", f"/\\{EVIL}", f"\\\\{EVIL}", f"\\/{EVIL}", f"///{EVIL}", f"////{EVIL}", f"/\\/{EVIL}"),
    *(f"https:{EVIL}", f"https:/{EVIL}", f"https://{EVIL}", f"hTTps://{EVIL}", f"http:\\\\{EVIL}", f"//{EVIL}:80/portal"),
    *(f"/\t/{EVIL}", f"\t//{EVIL}", f"/\n/{EVIL}", f"/\r\n/{EVIL}", f" //{EVIL}", f"/ /{EVIL}", f"\0//{EVIL}", f"/\x0b/{EVIL}"),
    *(f"/%2f%2f{EVIL}", f"%2f%2f{EVIL}", f"/%5c{EVIL}", f"/%09/{EVIL}", f"/.//{EVIL}", f"/..//{EVIL}", f"/portal/..//{EVIL}"),
    *(
        f"\uff0f\uff0f{EVIL}",
        f"/\u2215/{EVIL}",
        f"/\u2044{EVIL}",
        f"\u3002//{EVIL}",
        f"/\u200b/{EVIL}",
        f"\ufeff//{EVIL}",
        f"/\u2028/{EVIL}",
    ),
    *(f"//user@{EVIL}", f"//localhost@{EVIL}", f"https://seongnam.localhost@{EVIL}/", f"https://seongnam.localhost.{EVIL}/"),
    *(
        f"javascript:location='//{EVIL}'",
        f"data:text/html,{EVIL}",
        f"/portal\r\nLocation: https://{EVIL}",
        f"/portal\r\nSet-Cookie: {EVIL}=1",
    ),
    *(f"//{EVIL}/" + "x" * 50_000, f"/{'../' * 5_000}/{EVIL}", f"?next=//{EVIL}", f"#//{EVIL}", f"//[{EVIL}", f"//{EVIL}%00"),
)
A_FEW, FLOOR = 6, 91
WITHOUT_PAGES = ("/api/", "/webhooks/", "/static/")

LEADING = {name: one for name, one in subjects().items() if not one.path.startswith(WITHOUT_PAGES)}


def leads(base: str, address: str) -> str:
    """The host to which a browser goes from an address (WHATWG URL §4.4): white space and controls fall out, `\\` is `/`."""
    plain = re.sub(r"[\t\n\r]", "", address.strip("".join(map(chr, range(33))))).replace("\\", "/")
    if re.match(r"https?:", plain, re.IGNORECASE):
        scheme, _, rest = plain.partition(":")
        plain = f"{scheme}://{rest.lstrip('/')}"
    elif re.match(r"//+", plain):
        plain = "//" + plain.lstrip("/")
    return urlsplit(urljoin(base, plain)).hostname or ""


def ways_out(ours: Scene, answer: Answer) -> list[str]:
    """Whatever in an answer a browser follows, or takes along to follow later, that is not ours."""
    base = f"http://{ours.foundation.host}/portal"
    told = [answer.headers.get("location", ""), answer.headers.get("refresh", ""), answer.headers.get("hx-redirect", "")]
    told += [unescape(found) for found in re.findall(r"""\s(?:href|action|src|formaction|hx-\w+)=["']([^"']*)["']""", answer.text)]
    told += [unescape(found) for found in re.findall(r"""name=["'](?:next|back|path)["'] value=["']([^"']*)["']""", answer.text)]
    inner = [value for address in told for value in re.findall(r"[?&](?:next|back)=([^&]*)", address)]
    return [one for one in (*told, *inner) if EVIL in leads(base, one) or "\n" in one]


def test_a_browser_s_reading_of_an_address() -> None:
    base = "http://ours.example/portal"
    outside = [
        leads(base, one) for one in (f"//{EVIL}", f"/\\{EVIL}", f"https:{EVIL}", f"/\t/{EVIL}", f" //{EVIL}", f"///{EVIL}", f"//u@{EVIL}")
    ]
    assert outside == [EVIL] * 7
    assert {leads(base, one) for one in ("/x", "x", f"/%2f%2f{EVIL}", f"/.//{EVIL}", f"?next=//{EVIL}", "")} == {"ours.example"}


def test_they_are_as_many_as_before(looked_at: LookedAt) -> None:
    looked_at("addresses of pages", list(LEADING))
    looked_at("ways to write an address outside", [one[:60] for one in OUTSIDE])
    assert len(LEADING) >= FLOOR


@pytest.mark.parametrize("name", LEADING)
async def test_no_address_leads_out(scenes: tuple[Scene, Scene], name: str, *, full: bool) -> None:
    ours, _ = scenes
    subject = LEADING[name]
    who = min(RIGHTS[name].may - {"operator"})
    for visitor in {who, "anonymous"}:
        ask = await request_for(subject, ours, visitor)
        for outside in OUTSIDE if full else OUTSIDE[:: len(OUTSIDE) // A_FEW]:
            for asked in _with(ask, outside):
                answer = await at(ours, subject, asked, visitor)
                assert not ways_out(ours, answer), (visitor, outside, answer)
                assert answer.status < HTTPStatus.INTERNAL_SERVER_ERROR, (visitor, outside, answer)


def _with(ask: Ask, outside: str) -> list[Ask]:
    """The same request with the address in each place that might be read."""
    given = dict.fromkeys(NAMES, outside[:1500])
    referrer = outside.encode("ascii", "ignore").decode()[:2_000]
    plain = re.sub(r"[\x00-\x1f]", "", referrer).strip()
    asks = [replace(ask, query={**ask.query, **given}), replace(ask, headers={**ask.headers, "Referer": plain})]
    return [*asks, replace(ask, form={**ask.form, **given})] if ask.form is not None else asks


@pytest.mark.parametrize("outside", OUTSIDE)
async def test_signing_in_leads_on_inside(scenes: tuple[Scene, Scene], outside: str) -> None:
    """The whole way, by code and by link: what was asked for at its beginning is followed at its end."""
    ours, _ = scenes
    guest = ours.town.guest()
    await ours.forget_limits()
    first = await guest.get("/sign-in", params={"next": outside[:6_000]})
    second = await guest.post("/sign-in", {"phone": ours.new_phone(), "next": outside})
    third = await guest.get("/sign-in/code", params={"next": outside[:6_000]})
    code = await ours.town.code_sent()
    other = replace_cookies(guest)
    fourth = await guest.post("/sign-in/code", {"code": code, "next": outside})
    assert fourth.status_code == HTTPStatus.SEE_OTHER
    await ours.forget_limits()
    await other.post("/sign-in", {"phone": ours.new_phone(), "next": outside})
    link = await newest_link(ours)
    fifth = await other.post(link)
    assert fifth.status_code == HTTPStatus.SEE_OTHER
    for answer in (first, second, third, fourth, fifth):
        came = Answer(answer.status_code, dict(answer.headers), answer.text)
        assert not ways_out(ours, came)
        assert len(came.headers.get("location", "")) < 4_000


def replace_cookies(guest: Guest) -> Guest:
    """Another browser at the same place."""
    return Guest(guest.http, guest.url, guest.host)


async def newest_link(ours: Scene) -> str:
    """The path of the link that was sent last."""
    message = await ours.town.message_sent()
    found = re.search(r"(/sign-in/link/\S+)", message)
    assert found, message
    return found[1]


async def test_an_address_inside_is_followed(scenes: tuple[Scene, Scene]) -> None:
    ours, _ = scenes
    for inside in ("/sessions", "/coupons/claims?x=1", "/portal", "/storefront/떡집"):
        guest = ours.town.guest()
        await ours.forget_limits()
        await guest.post("/sign-in", {"phone": ours.new_phone(), "next": inside})
        answer = await guest.post("/sign-in/code", {"code": await ours.town.code_sent(), "next": inside})
        assert unquote(answer.headers["location"]) == inside
        assert leads(f"http://{ours.foundation.host}", answer.headers["location"]) == ours.foundation.host
