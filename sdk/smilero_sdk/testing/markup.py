"""What a page lacks for people who do not see it, told from its HTML alone: what needs no browser (WCAG 2.2, KWCAG 2.2)."""

from collections import Counter
from dataclasses import dataclass, field
from html.parser import HTMLParser
from itertools import pairwise

_VOID = frozenset({"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"})
_CONTROLS = frozenset({"input", "select", "textarea"})
_UNLABELLED = frozenset({"hidden", "submit", "button", "reset", "image"})
_HEADINGS = {f"h{level}": level for level in range(1, 7)}
_NAMED = ("a", "button", "summary")
_SILENT = frozenset({"script", "style", "template", "svg"})


@dataclass
class Element:
    """An element with the text below it, as a screen reader says it."""

    tag: str
    attributes: dict[str, str]
    children: list["Element"] = field(default_factory=list)
    words: list[str] = field(default_factory=list)
    hidden: bool = False

    def text(self) -> str:
        """What is read out."""
        return " ".join(" ".join(self.words).split())


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.all: list[Element] = []
        self._open: list[Element] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        attributes = {name: value or "" for name, value in attrs}
        inside = bool(self._open) and self._open[-1].hidden
        hidden = inside or tag in _SILENT or attributes.get("aria-hidden") == "true" or "hidden" in attributes
        element = Element(tag, attributes, hidden=hidden)
        if self._open:
            self._open[-1].children.append(element)
        self.all.append(element)
        self._open.append(element)
        if not hidden:
            self._say(attributes.get("aria-label") or (attributes.get("alt", "") if tag == "img" else ""))
        if tag in _VOID:
            self._open.pop()

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        self.handle_endtag(tag)

    def handle_endtag(self, tag: str) -> None:
        for index in range(len(self._open) - 1, -1, -1):
            if self._open[index].tag == tag:
                del self._open[index:]
                return

    def handle_data(self, data: str) -> None:
        if self._open and not self._open[-1].hidden:
            self._say(data)

    def _say(self, words: str) -> None:
        if words.strip():
            for element in self._open:
                element.words.append(words)


def page_faults(html: str) -> list[str]:
    """What is wrong with a page: language, title, headings, names of links, buttons and fields, pictures, ids; empty when nothing is."""
    reader = _Reader()
    reader.feed(html)
    shown = [element for element in reader.all if not element.hidden]
    return [*_frame(reader.all), *_headings(shown), *_names(shown), *_fields(shown), *_ids(reader.all)]


def _frame(every: list[Element]) -> list[str]:
    root = next((element for element in every if element.tag == "html"), None)
    faults = [] if root and root.attributes.get("lang") else ["html has no lang"]
    titles = [element for element in every if element.tag == "title"]
    if not any(title.text() for title in titles):
        faults.append("the page has no title")
    if sum(element.tag == "main" for element in every) != 1:
        faults.append("the page has not one main part")
    viewport = next((element.attributes.get("content", "") for element in every if element.attributes.get("name") == "viewport"), "")
    if "user-scalable=no" in viewport or "maximum-scale=1" in viewport:
        faults.append("the page cannot be enlarged")
    return faults


def _headings(shown: list[Element]) -> list[str]:
    found = [(element, _HEADINGS[element.tag]) for element in shown if element.tag in _HEADINGS]
    faults = [f"{element.tag} says nothing" for element, _ in found if not element.text()]
    if sum(level == 1 for _, level in found) != 1:
        faults.append(f"the page has {sum(level == 1 for _, level in found)} first headings")
    levels = [level for _, level in found]
    faults += [f"a heading jumps from {before} to {after}" for before, after in pairwise(levels) if after > before + 1]
    return faults


def _names(shown: list[Element]) -> list[str]:
    faults = [f"{element.tag} has no words: {element.attributes}" for element in shown if element.tag in _NAMED and not element.text()]
    faults += [
        f"img has no alt: {element.attributes.get('src')}" for element in shown if element.tag == "img" and "alt" not in element.attributes
    ]
    faults += [
        f"{element.attributes.get('type')} has no value"
        for element in shown
        if element.tag == "input"
        and element.attributes.get("type") in {"submit", "button", "reset"}
        and not element.attributes.get("value")
    ]
    return faults


def _fields(shown: list[Element]) -> list[str]:
    labelled = {element.attributes["for"] for element in shown if element.tag == "label" and "for" in element.attributes and element.text()}
    inside = {id(below) for element in shown if element.tag == "label" and element.text() for below in _below(element)}
    return [
        f"{element.tag} {element.attributes.get('name', '')!r} has no label"
        for element in shown
        if element.tag in _CONTROLS
        and element.attributes.get("type") not in _UNLABELLED
        and element.attributes.get("id") not in labelled
        and id(element) not in inside
        and not (element.attributes.get("aria-label") or element.attributes.get("aria-labelledby"))
    ]


def _below(element: Element) -> list[Element]:
    return [below for child in element.children for below in (child, *_below(child))]


def _ids(every: list[Element]) -> list[str]:
    counted = Counter(element.attributes["id"] for element in every if element.attributes.get("id"))
    return [f"the id {name!r} is there {count} times" for name, count in counted.items() if count > 1]
