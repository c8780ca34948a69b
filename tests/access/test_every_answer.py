"""What every answer must carry, whoever asks for whatever, errors too (check B5).

Its headers, its cookies as of one host alone, and pages without anything inline or from elsewhere.
"""

import re
from collections.abc import AsyncIterator, Iterator, Mapping
from dataclasses import dataclass, replace
from html.parser import HTMLParser
from http.cookies import Morsel, SimpleCookie
from uuid import uuid4

import pytest

from tests.access.requests import request_for
from tests.access.rights import ROLES
from tests.access.scene import PLATFORM, Answer, Ask, Scene, send
from tests.access.subjects import subjects
from tests.conftest import LookedAt
from tests.support.application import Site
from tests.support.web import running_server

pytestmark = pytest.mark.suite("B5")

# As many as there were when this was last written: they only grow.
ANSWERS_FLOOR, PAGES_FLOOR, COOKIES_FLOOR = 1_420, 740, 40

HTML = "text/html"
# What may be kept by a browser, since it is nobody's alone.
PUBLIC = (
    *("GET /static/", "GET /look.css", "GET /files/", "GET /pictures/", "GET /sitemap", "GET /robots.txt"),
    *("GET /portal/worker.js", "GET /portal/app.webmanifest", "GET /portal/icon-"),
)
# Where a page's own address is: nothing else loads, submits or runs anything.
ADDRESSES = frozenset({"src", "href", "action", "formaction", "data", "poster", "srcset", "xlink:href", "ping", "background", "manifest"})
LOADED = frozenset({"script", "link", "img", "source", "audio", "video", "use", "image", "track", "input", "form", "button"})
NEVER = frozenset({"style", "iframe", "frame", "object", "embed", "applet", "base", "portal", "template"})
OWN_ADDRESS = re.compile(r"(/(?!/)|#|\?|$)[^\\]*")
LEADS_OUT = re.compile(r"(https?://[^\\]+|tel:[+0-9]*|mailto:\S+|sms:\S*)")


@dataclass(frozen=True)
class Seen:
    """An answer, and to what."""

    to: str
    answer: Answer

    @property
    def is_page(self) -> bool:
        """Whether a browser shows it as one."""
        return self.answer.headers.get("content-type", "").startswith(HTML)


class Markup(HTMLParser):
    """Finds what the content security policy forbids, or would if it were looser."""

    def __init__(self) -> None:
        super().__init__()
        self.faults: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Judge an element."""
        told = {name: value or "" for name, value in attrs}
        self.faults += [f"<{tag}>" for _ in [0] if tag in NEVER]
        self.faults += [f"<{tag} {name}>" for name in told if re.match(r"on|style$|srcdoc$|hx-on|data-hx-on|hx-vals$|hx-vars$", name)]
        self.faults += [f"<{tag} {name}={value}>" for name, value in told.items() if re.search(r"\bjs:|javascript:", value)]
        if tag == "script" and not told.get("src") and told.get("type") != "application/ld+json":
            self.faults.append("<script> without a source")
        if tag == "meta" and "http-equiv" in told:
            self.faults.append(f"<meta http-equiv={told['http-equiv']}>")
        # A page's own address, and those of its languages, are told and not loaded.
        place = "a" if tag == "link" and told.get("rel") in {"canonical", "alternate"} else tag
        self.faults += [f"<{tag} {name}={told[name]}>" for name in ADDRESSES & told.keys() if not _may_lead(place, told[name])]


def _may_lead(tag: str, address: str) -> bool:
    return bool(OWN_ADDRESS.fullmatch(address) or (tag not in LOADED and LEADS_OUT.fullmatch(address)))


def faults_of(page: str) -> list[str]:
    """What of a page's source is inline, or from elsewhere."""
    markup = Markup()
    markup.feed(page)
    markup.close()
    return markup.faults


async def _asked(ours: Scene, theirs: Scene) -> AsyncIterator[Seen]:
    """Every address as everybody, at our host, a foreign one, the platform's and nobody's; and what no address is."""
    own, foreign = ours.foundation.host, theirs.foundation.host
    for name, subject in subjects().items():
        for who in ROLES:
            credentials = ours.credentials(who, api=subject.is_api)
            ask = await request_for(subject, ours, who)
            mine = {} if "Cookie" in ask.headers else credentials
            yield Seen(f"{name} as {who}", await send(ours, ask, (subject.method, subject.path), host=own, credentials=mine))
        for host in (foreign, PLATFORM, "nobody.example"):
            ask = await request_for(subject, ours, "anonymous")
            yield Seen(f"{name} at {host}", await send(ours, ask, (subject.method, subject.path), host=host, credentials={}))
    for path in ("/nothing", "/api/v1/nothing", "/static/nothing", "/files/nothing", "/portal/%00", "/webhooks/no/thing", "/dev/nothing"):
        for method in ("GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "TRACE", "PATCH"):
            for host in (own, PLATFORM, "nobody.example"):
                yield Seen(f"{method} {path} at {host}", await send(ours, Ask(), (method, path), host=host, credentials={}))
    large = Ask(content=b"x" * 1_100_000, headers={"Content-Type": "application/x-www-form-urlencoded"})
    for path in ("/sign-in", "/api/v1/coupons/campaigns"):
        yield Seen(f"too much to {path}", await send(ours, large, ("POST", path), host=own, credentials={}))
        forged = Ask(headers={"Sec-Fetch-Site": "cross-site"})
        yield Seen(f"forged to {path}", await send(ours, forged, ("POST", path), host=own, credentials={}))


@pytest.fixture(scope="module")
async def seen(scenes: tuple[Scene, Scene]) -> list[Seen]:
    """All answers, asked for once."""
    return [one async for one in _asked(*scenes)]


def faults_of_headers(one: Seen) -> Iterator[str]:
    """What an answer's headers lack, or have too much of."""
    headers = one.answer.headers
    wanted = {
        "x-content-type-options": "nosniff",
        "x-frame-options": "DENY",
        "referrer-policy": "strict-origin-when-cross-origin",
        "cross-origin-opener-policy": "same-origin",
        "cross-origin-resource-policy": "same-origin",
        "permissions-policy": "camera=(self), microphone=(self), geolocation=(self), interest-cohort=()",
    }
    # To a provider outside nothing at all is told of where somebody comes from.
    if headers.get("referrer-policy") == "no-referrer":
        del wanted["referrer-policy"]
    yield from (f"{name}: {headers.get(name)}" for name, value in wanted.items() if headers.get(name) != value)
    yield from (f"{name} is told" for name in ("server", "x-powered-by", "access-control-allow-origin") if name in headers)
    # A page that asks about a program names the program's origin beside its own (decision 26).
    leads_on = to_another_host(one) is not None or one.to.startswith(("GET /oauth/authorize", "POST /oauth/authorize"))
    policy = policy_faults(headers.get("content-security-policy", ""))
    yield from (fault for fault in policy if not (leads_on and fault.startswith("form-action ")))
    if "no-store" not in headers.get("cache-control", "") and not one.to.startswith(PUBLIC):
        yield f"may be kept: {headers.get('cache-control')}"
    if one.answer.cookies and "no-store" not in headers.get("cache-control", ""):
        yield "a cookie that may be kept"
    if "text" in one.answer.text and "content-type" not in headers:
        yield "of no kind"


def policy_faults(policy: str) -> Iterator[str]:
    """What a content security policy (W3C CSP 3) allows that ours must not, or leaves out."""
    told = {name: values for name, *values in (part.split() for part in policy.split(";") if part.strip())}
    if told.get("default-src") not in (["'self'"], ["'none'"]):
        yield f"default-src {told.get('default-src')}"
    for name in ("frame-ancestors", "object-src", "base-uri"):
        if told.get(name, told.get("default-src") if name == "object-src" else None) != ["'none'"]:
            yield f"{name} {told.get(name)}"
    if told.get("form-action") not in (["'self'"], ["'none'"]):
        yield f"form-action {told.get('form-action')}"
    loose = {
        "'unsafe-inline'",
        "'unsafe-eval'",
        "'unsafe-hashes'",
        "'strict-dynamic'",
        "'wasm-unsafe-eval'",
        "blob:",
        "data:",
        "*",
        "http:",
        "https:",
    }
    yield from (f"{name} {value}" for name, values in told.items() for value in values if value in loose)


def test_every_answer_has_its_headers(seen: list[Seen], looked_at: LookedAt) -> None:
    faults = {one.to: found for one in seen if (found := list(faults_of_headers(one)))}
    looked_at("answers", [one.to for one in seen])
    looked_at("kinds of status", {one.answer.status for one in seen})
    assert not faults
    assert len(seen) >= ANSWERS_FLOOR


def test_no_page_has_anything_inline_or_from_elsewhere(seen: list[Seen], looked_at: LookedAt) -> None:
    pages = [one for one in seen if one.is_page and one.answer.text]
    looked_at("pages", [one.to for one in pages])
    looked_at("error pages", [one.to for one in pages if one.answer.status >= 400])
    faults = {one.to: set(faults_of(one.answer.text)) - {to_another_host(one)} for one in pages}
    assert not {to: found for to, found in faults.items() if found}
    assert len(pages) >= PAGES_FLOOR


def to_another_host(one: Seen) -> str | None:
    """The one form that leads from a foundation's page to another foundation, which the page's own policy names (decision 22)."""
    named = re.search(r"form-action (http://[a-z0-9.:]+)(?:;|$)", one.answer.headers.get("content-security-policy", ""))
    return f"<form action={named[1]}/arrive>" if named and one.to.startswith("POST /switch/") else None


def test_the_judge_of_pages_finds_each_fault() -> None:
    for bad in (
        "<p style='x'>",
        "<p onclick=x>",
        "<style></style>",
        "<script>x</script>",
        "<script type=application/json+ld>x</script>",
        "<script src=//evil></script>",
        "<script src='blob:x'></script>",
        "<img src=https://evil/x.png>",
        "<img src=data:image/png;base64,>",
        "<a href=javascript:x>",
        "<a href='/\\evil'>",
        "<a href='//evil'>",
        "<form action=https://evil>",
        "<base href=/>",
        "<iframe src=/>",
        "<meta http-equiv=refresh content=0>",
        "<p hx-on:click=x>",
        "<p hx-get='js:x'>",
        "<svg><use xlink:href='https://evil#x'/></svg>",
        "<link rel=stylesheet href=https://evil/x.css>",
        "<link rel='canonical stylesheet' href=https://evil/x.css>",
    ):
        assert faults_of(bad), bad
    for good in (
        "<a href=https://www.facebook.com/>",
        "<a href=tel:031>",
        "<script src=/x.js></script>",
        "<link rel=canonical href=https://seongnam.example/>",
        "<script type=application/ld+json>{}</script>",
        "<a href='?page=2'>",
        "<a href='#main'>",
    ):
        assert not faults_of(good), good


def cookies(seen: list[Seen]) -> Iterator[tuple[str, str, Morsel[str]]]:
    """Each cookie of each answer."""
    for one in seen:
        for line in one.answer.cookies:
            yield from ((one.to, name, morsel) for name, morsel in SimpleCookie(line).items())


def cookie_faults(name: str, morsel: Mapping[str, object]) -> Iterator[str]:
    """What of a cookie is not as of one host alone (RFC 6265bis §4.1.3.2)."""
    if not name.startswith("__Host-"):
        yield "a name that any host may set"
    yield from (f"not {word}" for word in ("secure", "httponly") if not morsel[word])
    if str(morsel["samesite"]).lower() not in {"lax", "strict"}:
        yield f"SameSite={morsel['samesite']}"
    if morsel["domain"] or morsel["path"] != "/":
        yield f"for {morsel['domain']} {morsel['path']}"


def test_every_cookie_is_of_this_host_alone(seen: list[Seen], looked_at: LookedAt) -> None:
    found = list(cookies(seen))
    looked_at("cookies", [f"{name}: {to}" for to, name, _ in found])
    assert not {f"{name}: {to}": faults for to, name, one in found if (faults := list(cookie_faults(name, one)))}
    assert {name for _, name, _ in found} >= {"__Host-session", "__Host-device"}
    assert len(found) >= COOKIES_FLOOR


async def test_only_over_tls_a_browser_is_told_to_stay_there(site: Site, scenes: tuple[Scene, Scene], seen: list[Seen]) -> None:
    """And only a proxy that we were told of says which it is."""
    ours, _ = scenes
    asked = Ask(headers={"X-Forwarded-Proto": "https", "X-Forwarded-For": "203.0.113.5", "X-Request": str(uuid4())})
    assert not [one.to for one in seen if "strict-transport-security" in one.answer.headers]
    known = ours.foundation.host
    alone = await send(ours, asked, ("GET", "/"), host=known, credentials={})
    assert "strict-transport-security" not in alone.headers
    async with running_server(site.settings, site.redis_url, SMILERO_PROXIES="127.0.0.1, ::1") as behind:
        there = replace(ours, site=replace(site, servers=(behind, behind)))
        for path in ("/", "/nothing", "/api/v1/nothing", "/static/nothing", "/look.css"):
            answer = await send(there, asked, ("GET", path), host=known, credentials={})
            assert answer.headers["strict-transport-security"] == "max-age=31536000", path
            answer = await send(there, Ask(), ("GET", path), host=known, credentials={})
            assert "strict-transport-security" not in answer.headers
