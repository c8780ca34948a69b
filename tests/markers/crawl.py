"""Every answer that the people of two foundations get, read for what is the other's and for what is their own."""

import io
import json
import re
import zipfile
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field, replace
from html import unescape
from http import HTTPStatus

from tests.access.requests import request_for
from tests.access.rights import RIGHTS, ROLES
from tests.access.scene import Answer, Ask, Scene, reads, send
from tests.access.subjects import Subject, subjects
from tests.access.test_matrix import at, twins
from tests.access.test_words import Place, with_text

_LINK = re.compile(r"""\s(?:href|src|hx-get)=["'](/(?!/|static/)[^"'#]*|\?[^"'#]*)""")
# Pages that were found by following others, for each role: enough for every second page of a list.
A_FEW, MANY, PAGES = 30, 300, 3

# What a foundation tells everybody of itself, where people choose with which of them they link their account.
TOLD = {"/switch/links": "core.tenant.name"}
# Switches a provider off that is needed on.
_ENDS = frozenset({"POST /console/logins/{provider_id}"})


@dataclass
class Crawl:
    """What was read.

    Attributes:
        answers: what each was to.
        foreign: what somebody could read of the foundation that is not his.
        own: the columns whose marker somebody of its foundation read, by the foundation's mark.
        kinds: of the answers, by what makes them special.
    """

    answers: list[str] = field(default_factory=list)
    foreign: dict[str, list[str]] = field(default_factory=dict)
    own: dict[str, set[str]] = field(default_factory=dict)
    kinds: dict[str, list[str]] = field(default_factory=dict)

    def read(self, what: str, answer: Answer, ask: Ask, whose: Scene, other: Scene) -> None:
        """Read an answer by somebody of a foundation."""
        told = TOLD.get(what.split(maxsplit=2)[1])
        if told:
            answer = replace(answer, text=answer.text.replace(f"{other.mark}.{told}.", ""))
        text = opened(answer)
        self.answers.append(what)
        self.kinds.setdefault(kind_of(answer), []).append(what)
        if found := [*reads(answer, other, ask), *(["its mark"] if other.mark.lower() in text.lower() else [])]:
            self.foreign[what] = found
        self.own.setdefault(whose.mark, set()).update(markers_in(text, whose.mark))


def markers_in(text: str, mark: str) -> set[str]:
    """The columns whose marker stands in a text."""
    return set(re.findall(rf"{mark}\.(\w+\.\w+\.\w+)\.", text, re.IGNORECASE))


def kind_of(answer: Answer) -> str:
    """What is read otherwise than a page."""
    if answer.content.startswith(b"PK"):
        return "archives"
    return answer.headers.get("content-type", "nothing").partition(";")[0]


def opened(answer: Answer) -> str:
    """All that can be read: a page as it is shown too, JSON without its escapes, each file of an archive."""
    texts = [answer.everything, unescape(answer.text)]
    if answer.content.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
            texts += [name + archive.read(name).decode(errors="replace") for name in archive.namelist()]
    if "json" in answer.headers.get("content-type", ""):
        texts.append(json.dumps(json.loads(answer.text), ensure_ascii=False))
    return "\n".join(texts)


async def fill(scene: Scene) -> None:
    """Do everything once that somebody may, so that every table has rows."""
    for name, subject in subjects().items():
        if subject.method == "POST" and name not in _ENDS:
            who = min(RIGHTS[name].may - {"operator", "anonymous"})
            answer = await at(scene, subject, await request_for(subject, scene, who), who)
            assert answer.outcome == "done", (name, answer)


@dataclass
class Round:
    """Everybody of both foundations, in turn, so that what one is shown might be kept for the other."""

    scenes: tuple[Scene, Scene]
    full: bool
    crawl: Crawl = field(default_factory=Crawl)

    async def walked(self) -> Crawl:
        """All answers."""
        ways: dict[tuple[str, str], list[str]] = {}
        for name, subject in subjects().items():
            for who in ROLES:
                for whose, other in self._both():
                    if self.full:
                        # At the other's host with its own objects: whoever it is, he is nobody there, and brings nothing along.
                        ask = await request_for(subject, other, "anonymous")
                        answer = await at(whose, subject, ask, who, host=other.foundation.host)
                        self.crawl.read(f"{name} as {who} of {whose.mark} at the other's host", answer, ask, other, whose)
                    async for what, answer, ask in self._asked(whose, other, subject, who):
                        self.crawl.read(f"{name} {what} as {who} of {whose.mark}", answer, ask, whose, other)
                        if subject.method == "GET" and not subject.is_api:
                            ways.setdefault((whose.mark, who), []).extend(links(answer, subject.path))
        for who in ROLES:
            for whose, other in self._both():
                await self._followed(whose, other, who, ways.get((whose.mark, who), []))
        return self.crawl

    def _both(self) -> Iterator[tuple[Scene, Scene]]:
        yield self.scenes
        yield self.scenes[1], self.scenes[0]

    async def _asked(self, whose: Scene, other: Scene, subject: Subject, who: str) -> AsyncIterator[tuple[str, Answer, Ask]]:
        ask = await request_for(subject, whose, who)
        answer = await at(whose, subject, ask, who)
        yield "own", answer, ask
        if subject.operation is not None and answer.status < HTTPStatus.BAD_REQUEST:
            async for further, following in self._further(whose, subject, ask, who):
                yield "further", further, following
        if "q" in ask.query or "q" in (ask.form or {}):
            # All but the last letter of the mark, which the page says again, so that what is found is told from it.
            for sought in (whose, other):
                part = "query" if "q" in ask.query else "form"
                asked = with_text(ask, Place(part, "q"), sought.mark[:-1])
                yield f"for {sought.mark}", await at(whose, subject, asked, who), asked
        if self.full:
            for kind, foreign, _ in twins(subject, await request_for(subject, whose, who), whose, other):
                yield f"foreign {kind}", await at(whose, subject, foreign, who), foreign

    async def _further(self, whose: Scene, subject: Subject, ask: Ask, who: str) -> AsyncIterator[tuple[Answer, Ask]]:
        """The pages of a list of the API, few rows each."""
        query = subject.operation.operation.query if subject.operation else None
        if query is None or "cursor" not in query.model_fields:
            return
        following = replace(ask, query={**ask.query, "limit": "2"})
        for _ in range(MANY if self.full else PAGES):
            answer = await at(whose, subject, following, who)
            yield answer, following
            cursor = json.loads(answer.text)["next_cursor"]
            if cursor is None:
                return
            following = replace(following, query={**following.query, "cursor": cursor})

    async def _followed(self, whose: Scene, other: Scene, who: str, ways: list[str]) -> None:
        """Follow links from page to page, as far as they lead."""
        waiting, known = list(dict.fromkeys(ways)), set[str]()
        while waiting and len(known) < (MANY if self.full else A_FEW):
            path = waiting.pop(0)
            if path in known:
                continue
            known.add(path)
            address = path.replace("{", "%7B").replace("}", "%7D")
            answer = await send(
                whose, Ask(), ("GET", address), host=whose.foundation.host, credentials=whose.credentials(who, api="/api/" in path)
            )
            self.crawl.read(f"GET {path} followed as {who} of {whose.mark}", answer, Ask(), whose, other)
            waiting += links(answer, path.partition("?")[0])


def links(answer: Answer, path: str) -> list[str]:
    """Where a page leads inside."""
    if not answer.headers.get("content-type", "").startswith("text/html"):
        return []
    found = [unescape(one) for one in _LINK.findall(answer.text)]
    return [path + one if one.startswith("?") else one for one in found if "{" not in path]
