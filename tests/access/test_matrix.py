"""Every address as every role at our host, the foreign one and the platform's own, and the foreign foundation's ids in our requests.

A refusal counts only beside its positive control: the same request, by one who may, is carried out in the same test.
"""

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from http import HTTPStatus
from typing import Any

import pytest

from tests.access.requests import outside, request_for
from tests.access.rights import RIGHTS, ROLES
from tests.access.scene import PLATFORM, Answer, Ask, Scene, reads, send, unknown
from tests.access.subjects import Subject, in_production, subjects
from tests.conftest import LookedAt
from tests.support.application import Site

pytestmark = pytest.mark.suite("A2")

POSITIONS = ("own", "foreign", "none")
# As many as there were when this was last written: it only grows.
_LENGTH = re.compile(r"(?m)^content-length: \d+$")
_COUNTING = re.compile(r'data-undo="\d+"|<strong>\d+</strong>')
FLOOR = 233 * len(ROLES) * len(POSITIONS)

# Addresses at which an id names no object of a foundation, or at which one that is gone is as good as done.
NO_OBJECT: Mapping[str, str] = {
    "GET /coupons/r/{code}": "leads to the till with whatever it holds, and looks nothing up",
    "POST /oauth/revoke": "a token that is nobody's is as good as revoked (RFC 7009, section 2.2)",
    "POST /console/work/letters/{letter_id}/again": "a letter that is gone is done: a second tap is no error",
    "POST /console/work/letters/{letter_id}/discard": "a letter that is gone is done: a second tap is no error",
}

# Fields that name an object and are not called as the parameter of a path is that takes it.
FIELDS: Mapping[str, str] = {"market": "market_id", "subject": "invitation_id", "row": "shop_id", "rows": "shop_id"}

# What is typed here is a secret that is tried, and tries are counted: it names nothing.
TRIED = frozenset(
    {"POST /sign-in/code", "POST /sign-in/factor", "POST /sign-in/factor/recovery", "POST /sign-in/factor/app", "POST /console/screens"}
)

KEYS = "core.idempotency"

each_subject = pytest.mark.parametrize("name", subjects())


def test_every_address_has_its_rights_written_down(looked_at: LookedAt) -> None:
    assert RIGHTS.keys() == subjects().keys(), RIGHTS.keys() ^ subjects().keys()
    cells = [f"{name} {who} {where}" for name in subjects() for who in ROLES for where in POSITIONS]
    looked_at("routes", list(subjects()))
    looked_at("routes with a positive control", [name for name, one in RIGHTS.items() if one.may])
    assert all(one.may for one in RIGHTS.values())
    looked_at("cells of routes by roles by positions", cells)
    assert len(cells) >= FLOOR
    assert NO_OBJECT.keys() <= subjects().keys()


def test_only_the_demo_has_its_pages() -> None:
    assert {name.partition(" ")[2].split("/")[1] for name in subjects().keys() - in_production()} == {"dev"}


@each_subject
async def test_own(site: Site, scenes: tuple[Scene, Scene], name: str) -> None:
    """Each role with our own objects at our own host: carried out, or refused and nothing written."""
    ours, theirs = scenes
    subject, rights = subjects()[name], RIGHTS[name]
    asks = {who: await request_for(subject, ours, who) for who in ROLES}
    before = await written(site)
    for who in [one for one in ROLES if one not in rights.may]:
        for ask in (asks[who], *spoilt(subject, asks[who])):
            answer = await at(ours, subject, ask, who)
            assert answer.outcome == refusal(subject, who), (who, ask, answer)
            assert not reads(answer, ours, ask), who
            assert not reads(answer, theirs, ask), who
    assert await written(site) == before
    for who in rights.may:
        answer = await at(ours, subject, asks[who], who)
        assert answer.outcome == "done", (who, asks[who], answer)
        assert not reads(answer, theirs, asks[who]), who


@each_subject
async def test_foreign_objects(site: Site, scenes: tuple[Scene, Scene], name: str) -> None:
    """The foreign foundation's ids in path, query and body of our own request: like what never was, and nothing written."""
    ours, theirs = scenes
    subject, rights = subjects()[name], RIGHTS[name]
    if not list(twins(subject, await request_for(subject, ours, "owner"), ours, theirs)):
        return
    asks = {who: await request_for(subject, ours, who) for who in ROLES}
    before = await written(site)
    for who in ROLES:
        for kind, one, other in twins(subject, asks[who], ours, theirs):
            known, never = await at(ours, subject, one, who), await at(ours, subject, other, who)
            assert not reads(known, theirs, one), (who, one, known)
            assert same(known, never, one, other), (who, one, known, never)
            if who not in rights.may:
                assert known.outcome == refusal(subject, who), (who, one, known)
            elif kind != "query" and name not in NO_OBJECT:
                assert known.outcome == absent(subject, who), (who, one, known)
    if name not in NO_OBJECT:
        # A refusal of the business itself is kept under its key, so that the same request is told the same again.
        assert {**await written(site), KEYS: 0} == {**before, KEYS: 0}


@each_subject
async def test_foreign_host(site: Site, scenes: tuple[Scene, Scene], name: str) -> None:
    """Our people at the foreign foundation's host, with its own objects: nobody there."""
    ours, theirs = scenes
    subject, rights = subjects()[name], RIGHTS[name]
    asks = {who: await request_for(subject, theirs, "anonymous") for who in ROLES}
    before = await written(site)
    for who in ROLES:
        ask = asks[who]
        answer = await at(ours, subject, ask, who, host=theirs.foundation.host)
        assert not reads(answer, ours, ask), who
        token = subject.is_api and who != "anonymous"
        if token or "anonymous" not in rights.may:
            assert answer.outcome == "who", (who, answer)
            assert not reads(answer, theirs, ask), who
        else:
            assert answer.outcome == "done", (who, answer)
    if "anonymous" not in rights.may:
        assert await written(site) == before


@each_subject
async def test_no_foundation(site: Site, scenes: tuple[Scene, Scene], name: str) -> None:
    """The platform's own host: nothing of any foundation's is there."""
    ours, theirs = scenes
    subject, rights = subjects()[name], RIGHTS[name]
    ask = await request_for(subject, ours, "owner")
    before = await written(site)
    for who in ROLES:
        answer = await at(ours, subject, ask, who, host=PLATFORM)
        assert answer.outcome == ("done" if rights.any_host or rights.platform else "nothing"), (who, answer)
        assert not reads(answer, ours, ask), who
        assert not reads(answer, theirs, ask), who
    assert await written(site) == before


async def at(ours: Scene, subject: Subject, ask: Ask, who: str, *, host: str | None = None) -> Answer:
    """Our role's request to a host, ours unless another is named."""
    known = ours.credentials(who, api=subject.is_api)
    # A request may bring a session of its own, for one that is going to be ended.
    credentials = {} if "Cookie" in ask.headers and "Cookie" in known else known
    return await send(ours, ask, (subject.method, subject.path), host=host or ours.foundation.host, credentials=credentials)


def refusal(subject: Subject, who: str) -> str:
    """What a role is told that may not: who it is, it is asked; whom we know is not let in, or hears of nothing."""
    if who in RIGHTS[subject.name].hidden:
        return "nothing"
    return "who" if who in {"operator", "anonymous"} else "forbidden"


def absent(subject: Subject, who: str) -> str:
    """What is told of an object that is not there. A link that is nobody's here is gone, and to whoever is in the second tap on one.

    A program that is none here is told as RFC 6749 says it.
    """
    if subject.path == "/oauth/token":
        return str(int(HTTPStatus.BAD_REQUEST))
    if not subject.path.endswith("/{token}"):
        return "nothing"
    onward = subject.name == "POST /sign-in/link/{token}" and who not in {"operator", "anonymous"}
    return "done" if onward else str(int(HTTPStatus.GONE))


def spoilt(subject: Subject, ask: Ask) -> Iterator[Ask]:
    """The same request with a body that nobody could read: permission is asked first."""
    if subject.is_api and ask.body is not None:
        yield replace(ask, body=None, content=b"{", headers={**ask.headers, "Content-Type": "application/json"})


def twins(subject: Subject, ask: Ask, ours: Scene, theirs: Scene) -> Iterator[tuple[str, Ask, Ask]]:
    """For each id in a request: the request with the foreign foundation's, and with one that never was. Nothing else differs."""
    known = {**ours.ids, **theirs.ids}
    for part in ("ids", "query", "body", "form") if subject.name not in TRIED else ():
        held: Mapping[str, object] = getattr(ask, part) or {}
        for name in objects(held if part != "ids" else _in_path(subject, held)):
            takes = FIELDS.get(name, name)
            foreign_id = theirs.tokens[subject.path] if name == "token" else theirs.ids[takes]
            one, other = (_with(ask, part, {**held, name: value}) for value in (foreign_id, unknown(takes, known)))
            yield part, one, other
    if ask.content is not None and not ask.headers.get("Content-Type", "").startswith("multipart/"):
        told = json.loads(ask.content)
        for name in objects(told):
            foreign, never = (outside(ours, {**told, name: value}) for value in (theirs.ids[name], unknown(name, known)))
            yield "content", foreign, never


def _with(ask: Ask, part: str, values: Mapping[str, object]) -> Ask:
    changed: dict[str, Any] = {part: values}
    return replace(ask, **changed)


def objects(names: Iterable[str]) -> list[str]:
    """Those that name an object of a foundation."""
    return [name for name in names if name.endswith("_id") or name in {"code", "token", *FIELDS}]


def _in_path(subject: Subject, ids: Mapping[str, object]) -> list[str]:
    return [name for name in ids if f"{{{name}}}" in subject.path]


def same(one: Answer, other: Answer, first: Ask, second: Ask) -> bool:
    """Whether two answers are the same but for the id that was sent."""
    differing = {*first.values} ^ {*second.values}
    told = []
    for answer in (one, other):
        text = f"{answer.status}\n{answer.everything}"
        for value in differing:
            text = text.replace(value, "…")
        # A page that repeats its own address is packed into a few bytes more or less, and what can be taken back has a second less.
        told.append(_COUNTING.sub("", _LENGTH.sub("", text)))
    return told[0] == told[1]


async def written(site: Site) -> Mapping[str, int]:
    """How many rows each table has."""
    tables = await site.admin.fetch(
        """select format('%I.%I', schemaname, tablename) as name from pg_tables
           where schemaname = 'core' or schemaname like 'plugin\\_%' order by 1"""
    )
    counts = " union all ".join(f"select '{one['name']}', count(*) from {one['name']}" for one in tables)  # noqa: S608 - names of the catalogue
    return {str(row[0]): int(row[1]) for row in await site.admin.fetch(counts)}
