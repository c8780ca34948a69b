"""Markup that a template makes by hand although a macro of the application draws it.

What is drawn in one place looks the same, is large enough and is heard the same on every page; a copy of it is forgotten when that place
is mended. The page `/dev/design` of the demo shows every macro with its call.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from html.parser import HTMLParser
from pathlib import Path

# An element that is never written by hand, and the macros that draw it.
ELEMENTS: Mapping[str, str] = {
    "button": "send and press of ui/actions.html, answer of ui/tasks.html, switch and flip of ui/table.html",
    "input": "field, choice and narrow of ui/form.html, the macros of ui/fields.html, hidden of ui/tasks.html",
    "select": "pick and narrow_by of ui/form.html",
    "option": "option of ui/form.html",
    "textarea": "paragraph of ui/form.html, written_long of ui/fields.html",
    "table": "table of ui/table.html",
    "tr": "line of ui/table.html",
    "th": "head of ui/table.html",
    "td": "cell of ui/table.html",
    "svg": "icon of ui/parts.html",
}

# The class by which a macro's drawing is known, and that macro.
CLASSES: Mapping[str, str] = {
    "acting": "the frame ui/base.html",
    "agree": "tick of ui/fields.html",
    "alarm": "alarm and lost of ui/tasks.html",
    "amount": "amount of ui/fields.html",
    "answer": "answer of ui/tasks.html",
    "back": "back of ui/actions.html",
    "badge": "badge of ui/parts.html",
    "big-switch": "big_switch of ui/tasks.html",
    "button": "button, send and press of ui/actions.html",
    "chip": "chip of ui/parts.html",
    "choice": "pick and narrow_by of ui/form.html",
    "choice-line": "choice of ui/form.html",
    "choices": "answers of ui/form.html",
    "digits": "digits of ui/keypad.html",
    "empty": "empty of ui/parts.html",
    "entry": "field, paragraph, pick, answers and entry of ui/form.html",
    "entry-error": "notes of ui/form.html",
    "entry-help": "notes of ui/form.html",
    "entry-limits": "entry of ui/form.html",
    "fact": "fact of ui/parts.html",
    "faults": "summary of ui/form.html",
    "fold": "fold of ui/parts.html",
    "good": "good of ui/parts.html",
    "good-news": "told of ui/form.html",
    "grants": "grants of ui/parts.html",
    "hits": "hits of ui/parts.html",
    "keypad": "keypad of ui/keypad.html",
    "letter": "letter of ui/parts.html",
    "link": "call_link of ui/actions.html",
    "mark": "mark of ui/parts.html",
    "mine": "mine of ui/actions.html",
    "nothing": "nothing of ui/table.html",
    "notice": "notice_bar of ui/parts.html",
    "other": "way_on of ui/actions.html",
    "pager": "pager of ui/table.html",
    "passkey": "passkey_form of ui/passkey.html",
    "phone-number": "phone_number of ui/fields.html",
    "photo-field": "photo_field of ui/files.html",
    "pill": "listen of ui/voice.html",
    "qr": "picture_code of ui/tasks.html",
    "quiet-link": "quiet of ui/actions.html",
    "row": "row and still of ui/parts.html",
    "seal": "seal of ui/parts.html",
    "search": "search of ui/actions.html",
    "sentence": "sentence of ui/parts.html",
    "share": "share of ui/tasks.html",
    "state": "state of ui/table.html",
    "steps": "steps of ui/tasks.html",
    "switch": "switch and flip of ui/table.html",
    "switch-line": "switch and flip of ui/table.html",
    "table": "table of ui/table.html",
    "ticks": "ticks of ui/fields.html",
    "tile": "tile of ui/actions.html",
    "token": "to_copy of ui/parts.html",
    "undo": "undo_bar of ui/bottom.html",
    "use": "use of ui/parts.html",
    "written": "written and written_long of ui/fields.html",
}

_COMMENT = re.compile(r"\{#.*?#\}", re.DOTALL)
_STATEMENT = re.compile(r"\{%.*?%\}", re.DOTALL)
_EXPRESSION = re.compile(r"\{\{.*?\}\}", re.DOTALL)


@dataclass(frozen=True)
class Found:
    """An element written by hand, in which line, and what draws it."""

    line: int
    what: str
    instead: str

    def __str__(self) -> str:
        return f"line {self.line}: {self.what} is drawn by {self.instead}"


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[Found] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        line = self.getpos()[0]
        classes = (dict(attrs).get("class") or "").split()
        known = next((name for name in classes if name in CLASSES), None)
        if known is not None:
            self.found.append(Found(line, f'<{tag} class="{known}">', CLASSES[known]))
        elif tag in ELEMENTS:
            self.found.append(Found(line, f"<{tag}>", ELEMENTS[tag]))


def handmade(template: str) -> list[Found]:
    """What a template's own text draws by hand, in the order of its lines; what it calls counts as nothing."""
    reader = _Reader()
    for pattern, instead in ((_COMMENT, ""), (_STATEMENT, ""), (_EXPRESSION, " ")):
        template = _without(template, pattern, instead)
    reader.feed(template)
    reader.close()
    return reader.found


def _without(template: str, pattern: re.Pattern[str], instead: str) -> str:
    """The same text on the same lines, with something else for each match."""
    return pattern.sub(lambda one: instead + "\n" * one[0].count("\n"), template)


def handmade_below(folder: Path) -> Iterator[str]:
    """The same for every template below a folder: its name, line, what, and what draws it."""
    for path in sorted(folder.rglob("*.html*")):
        for found in handmade(path.read_text(encoding="utf-8")):
            yield f"{path.relative_to(folder)}, {found}"
