"""Any text in any place where text may come: never a failure of ours, and what is kept is kept as it is read (check B5).

Decomposed Hangul as some machines send it, pictures, writing from right to left, marks of markup, what no text is, and far too much.
"""

import re
import unicodedata
from collections.abc import AsyncIterator, Iterator, Mapping
from dataclasses import dataclass, replace
from http import HTTPStatus
from typing import Any
from urllib.parse import quote

import pytest
from pydantic import BaseModel

from tests.access.requests import request_for
from tests.access.rights import RIGHTS
from tests.access.scene import Answer, Ask, Scene
from tests.access.subjects import Subject, subjects
from tests.access.test_every_answer import faults_of
from tests.access.test_matrix import at
from tests.conftest import LookedAt
from tests.support.application import Site

pytestmark = pytest.mark.suite("B5")

# As many as there were when this was last written: they only grow.
PLACES_FLOOR, COLUMNS_FLOOR = 150, 4

MARK = "zqWord"
DECOMPOSED = unicodedata.normalize("NFD", "한글 떡집")
ALL: Mapping[str, str] = {
    "decomposed": f"{MARK} {DECOMPOSED}",
    "markup": f"{MARK} <b>'\"&</b>",
    "pictures": f"{MARK} 👩🏽‍🌾🇰🇷",
    "right to left": f"{MARK} \u202e\u0645\u0631\u200f",
    "control": f"{MARK} \x07\x1b",
    "nothing seen": "\u200b\u3164\ufeff",
    "lines": f"{MARK}\r\n\r\nX: y",
    "zero": f"{MARK}\0",
    "much": "가" * 10_000,
    "a number": "9" * 400,
}
# What can be kept, in one that is short enough for a name; and what cannot.
KEPT = {"kept": f"{MARK} {DECOMPOSED} <b>'\"&</b> 👩🏽‍🌾 \u202e\u0645"}
FEW = {**KEPT, "zero": ALL["zero"], "much": ALL["much"]}
# As they stand in an address: no UTF-8 (RFC 3629 §3), half a pair, nothing, no escape at all.
UNREADABLE = ("%ff%fe", "%ed%a0%80", "%00", "%zz")


@dataclass(frozen=True)
class Place:
    """Where a text may come.

    Attributes:
        part: of the request.
    """

    part: str
    name: str


def places(subject: Subject, ask: Ask) -> Iterator[Place]:
    """Every field of a request, and one that is not ours."""
    declared = subject.operation.operation if subject.operation else None
    query = declared.query if declared else None
    body = declared.body if declared else None
    yield from (Place("ids", name) for name in re.findall(r"\{(\w+)\}", subject.path))
    yield from (Place("query", name) for name in dict.fromkeys((*ask.query, *_fields(query), "q", "page", "cursor")))
    yield from (Place("form", name) for name in (*(ask.form or {}), *(["unknown"] if ask.form is not None else [])))
    yield from (Place("body", name) for name in (_fields(body) if ask.body is not None else ()))


def _fields(model: type[BaseModel] | None) -> tuple[str, ...]:
    return (*model.model_fields, "unknown") if model else ()


def with_text(ask: Ask, place: Place, text: str) -> Ask:
    """The request with the text in that place."""
    held: Mapping[str, object] = getattr(ask, place.part) or {}
    put = quote(text[:5_000], safe="") if place.part == "ids" else text[:6_000] if place.part == "query" else text
    changed: dict[str, Any] = {place.part: {**held, place.name: put}}
    return replace(ask, **changed)


async def tried(ours: Scene, name: str, texts: Mapping[str, str]) -> AsyncIterator[tuple[str, Answer]]:
    """Each text in each place of a request by one who may."""
    subject, who = subjects()[name], min(RIGHTS[name].may - {"operator"})
    ask = await request_for(subject, ours, who)
    for place in places(subject, ask):
        for kind, text in texts.items():
            yield f"{place.part} {place.name} {kind}", await at(ours, subject, with_text(ask, place, text), who)
        for text in UNREADABLE if place.part == "ids" else ():
            unread = replace(ask, ids={**ask.ids, place.name: text})
            yield f"{place.part} {place.name} {text}", await at(ours, subject, unread, who)
    # What was switched meanwhile is as it was.
    await at(ours, subject, ask, who)


@pytest.mark.parametrize("name", subjects())
async def test_no_text_makes_us_fail(scenes: tuple[Scene, Scene], name: str, *, full: bool) -> None:
    answers = [one async for one in tried(scenes[0], name, ALL if full else FEW)]
    assert not [(what, answer) for what, answer in answers if answer.status >= HTTPStatus.INTERNAL_SERVER_ERROR]


async def test_every_place_is_tried(scenes: tuple[Scene, Scene], looked_at: LookedAt) -> None:
    found = []
    for name, subject in subjects().items():
        ask = await request_for(subject, scenes[0], min(RIGHTS[name].may - {"operator"}))
        found += [f"{name}: {place.part} {place.name}" for place in places(subject, ask)]
    looked_at("places where text may come", found)
    assert len(found) >= PLACES_FLOOR


async def test_what_is_kept_is_composed_and_shown_as_text(site: Site, scenes: tuple[Scene, Scene], looked_at: LookedAt) -> None:
    ours, _ = scenes
    writing = [name for name, one in subjects().items() if one.method == "POST"]
    for name in writing:
        assert [one async for one in tried(ours, name, KEPT) if one[1].status < HTTPStatus.INTERNAL_SERVER_ERROR]
    kept = {column: values for column in await columns(site) if (values := await holding(site, column))}
    looked_at("columns that keep what somebody wrote", list(kept))
    loose = {column: value for column, values in kept.items() for value in values if value != unicodedata.normalize("NFC", value)}
    assert not loose
    assert len(kept) >= COLUMNS_FLOOR, kept.keys()
    shown = [one async for one in _pages(ours)]
    looked_at("pages that show it", [name for name, text in shown if MARK in text])
    for name, text in shown:
        assert not re.search(rf"<b>'|{MARK} <", text), name
        assert not faults_of(text), name
    assert any("&lt;b&gt;" in text for _, text in shown)


async def _pages(ours: Scene) -> AsyncIterator[tuple[str, str]]:
    for name, subject in subjects().items():
        if subject.method == "GET" and not subject.is_api:
            who = min(RIGHTS[name].may - {"operator"})
            answer = await at(ours, subject, await request_for(subject, ours, who), who)
            if answer.headers.get("content-type", "").startswith("text/html"):
                yield name, answer.text


async def columns(site: Site) -> list[tuple[str, str]]:
    """Every column that holds text, with its table."""
    rows = await site.admin.fetch(
        """select format('%I.%I', table_schema, table_name) as held, format('%I', column_name) as name from information_schema.columns
           where (table_schema = 'core' or table_schema like 'plugin\\_%') and data_type in ('text', 'jsonb', 'ARRAY', 'character varying')
           order by 1, 2"""
    )
    return [(row["held"], row["name"]) for row in rows]


async def holding(site: Site, column: tuple[str, str]) -> list[str]:
    """What of a column has the mark."""
    table, name = column
    found = await site.admin.fetch(f"select {name}::text as value from {table} where {name}::text like '%{MARK}%'")  # noqa: S608 - names of the catalogue
    return [str(row["value"]) for row in found]
