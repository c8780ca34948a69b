"""Every list has an empty state that says what to do first: read from the pages of a foundation and a shop that are new."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from html.parser import HTMLParser

import pytest

from tests.conftest import LookedAt
from tests.pages.every_page import EMPTY, FULL, is_there_when_empty, pages, sights
from tests.pages.stand import Stand

# As many as there were when this was last written: they only grow.
LISTS_FLOOR = 20

_ITEMS = {"ul": "li", "ol": "li", "tbody": "tr", "dl": "dt"}
_STATES = frozenset({"empty", "nothing"})
_ACTIONS = frozenset({"a", "button", "form"})
# What asks somebody to do something, in plain Korean.
_ASKED = re.compile(r"세요|하실 일")

# Lists that are not a foundation's.
ELSEWHERE: Mapping[str, str] = {"GET /dev/design": "parts of pages, each with a sample", "GET /portal/kept": "the phone's own list"}

THERE = sorted(name for name, page in pages().items() if is_there_when_empty(page) and name not in ELSEWHERE)


@dataclass
class Open:
    """An element whose end is awaited."""

    tag: str
    classes: frozenset[str]
    items: int = 0
    actions: int = 0
    words: list[str] = field(default_factory=list)


class Lists(HTMLParser):
    """The lists and the empty states of a page's main part.

    Attributes:
        lists: of each, how it is called and how many items it has.
        states: of each empty state, its words and whether there is something to tap.
    """

    _VOID = frozenset({"area", "br", "col", "hr", "img", "input", "link", "meta", "source", "track", "wbr"})

    def __init__(self, page: str) -> None:
        super().__init__()
        self.lists: list[tuple[str, int]] = []
        self.states: list[tuple[str, bool]] = []
        self._open: list[Open] = []
        self.feed(page.partition("<main")[2].partition("</main>")[0].partition(">")[2])
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        for one in self._open:
            one.actions += tag in _ACTIONS
        for one in reversed(self._open):
            if one.tag in _ITEMS:
                one.items += _ITEMS[one.tag] == tag
                break
        if tag not in self._VOID:
            self._open.append(Open(tag, frozenset((dict(attrs).get("class") or "").split())))

    def handle_data(self, data: str) -> None:
        for one in self._open:
            one.words.append(data)

    def handle_endtag(self, tag: str) -> None:
        while any(one.tag == tag for one in self._open):
            one = self._open.pop()
            if one.tag in _ITEMS:
                self.lists.append((f"{one.tag} {' '.join(sorted(one.classes))}".strip(), one.items))
            if one.classes & _STATES:
                self.states.append((" ".join("".join(one.words).split()), one.actions > 0))
            if one.tag == tag:
                break


def faults_of(full: Lists, empty: Lists) -> Iterator[str]:
    """What is wrong with a page without data, beside the same page with it."""
    yield from (f"an empty {name}" for name, items in empty.lists if not items)
    yield from (f"says not what to do first: {words}" for words, action in empty.states if not action and not _ASKED.search(words))
    if full.lists and not empty.lists and not empty.states:
        yield "has a list with data, and says nothing without"


async def read(stand: Stand, name: str, data: str) -> Lists:
    sight = next(one for one in sights(pages()[name], everybody=False) if one.data == data)
    opened = await stand.open(sight)
    cookies = "; ".join(f"{key}={value}" for key, value in opened.cookies.items())
    headers = {"Host": opened.host, "Accept-Language": "ko", **({"Cookie": cookies} if cookies else {})}
    port = stand.scene.demo_url.rpartition(":")[2]
    answer = await stand.scene.site.http.get(opened.url.replace(f"{opened.host}:{port}", f"127.0.0.1:{port}"), headers=headers)
    assert answer.status_code == 200, (name, data, answer.status_code, answer.headers)
    return Lists(answer.text)


@pytest.mark.parametrize("name", THERE)
async def test_a_list_without_rows_says_what_to_do_first(stand: Stand, name: str) -> None:
    assert list(faults_of(await read(stand, name, FULL), await read(stand, name, EMPTY))) == []


async def test_there_are_as_many_lists_as_before(stand: Stand, looked_at: LookedAt) -> None:
    with_lists = [name for name in THERE if (await read(stand, name, FULL)).lists]
    looked_at("pages with lists", with_lists)
    said = [name for name in THERE if (await read(stand, name, EMPTY)).states]
    looked_at("empty states", said)
    assert len(with_lists) >= LISTS_FLOOR


def test_the_judge_of_lists_finds_each_fault() -> None:
    row = Lists("<main><table><tbody><tr><td>x</td></tr></tbody></table></main>")
    bare = Lists("<main><table><tbody></tbody></table></main>")
    dumb = Lists('<main><div class="empty"><p>none</p></div></main>')
    good = Lists('<main><div class="empty"><p>none</p><a href="/">add</a></div></main>')
    asking = Lists('<main><div class="nothing"><p>하나 올려 주세요</p></div></main>')
    assert list(faults_of(row, bare)) == ["an empty tbody"]
    assert list(faults_of(row, dumb)) == ["says not what to do first: none"]
    assert list(faults_of(row, Lists("<main><p>x</p></main>"))) == ["has a list with data, and says nothing without"]
    assert not list(faults_of(row, good))
    assert not list(faults_of(row, asking))
    assert not list(faults_of(row, row))
