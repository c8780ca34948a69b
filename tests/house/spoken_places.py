"""Words that stand where a person reads them and are not in a catalogue: in templates, scripts, styles and Python."""

import ast
import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

from smilero_sdk.i18n import LANGUAGES
from tests.house.tree import package_folders, shipped_python

# Letters of a language that code is not written in: Hangul, Chinese, Cyrillic, Vietnamese.
FOREIGN = re.compile("[\u1100-\u11ff\u3130-\u318f\uac00-\ud7a3\u3400-\u9fff\u0400-\u04ff\u1ea0-\u1ef9\u0110\u0111\u01a0\u01a1\u01af\u01b0]")
# What a person would take for words: a capital with small letters behind it, or three words in a row.
WORDS = re.compile(r"(?:^|[^A-Za-z])[A-Z][a-z]+|[A-Za-z]{2,} [A-Za-z]{2,} [A-Za-z]{2,}")
_LETTERS = re.compile(r"[^\W\d_]{2}")
_TEMPLATES = frozenset({".html", ".jinja", ".txt", ".typ", ".xml"})
# Attributes that are read out or shown.
_SHOWN = frozenset({"aria-label", "aria-description", "aria-roledescription", "alt", "title", "placeholder", "label", "summary"})
_COMMENT = re.compile(r"\{#.*?#\}|<!--.*?-->", re.DOTALL)
# Blocks that are filled with a word of the machine: a class, an attribute.
_UNSEEN_BLOCK = re.compile(r"\{%-? *block (?:tone|script|band_class) *-?%\}.*?\{%-? *endblock[^%]*%\}", re.DOTALL)
_JINJA = re.compile(r"\{\{.*?\}\}|\{%.*?%\}", re.DOTALL)
_NO_WORDS = re.compile(r"\{%-?\s*(?:extends|from|import|include)\b")
_STRING = re.compile(r"\"((?:[^\"\\]|\\.)*)\"|'((?:[^'\\]|\\.)*)'")
_SCRIPT_STRING = re.compile(r"\"((?:[^\"\\\n]|\\.)*)\"|'((?:[^'\\\n]|\\.)*)'|`((?:[^`\\]|\\.)*)`")
_SCRIPT_COMMENT = re.compile(r"/\*.*?\*/|(?:^|(?<=[\s;{}]))//[^\n]*", re.DOTALL)
# What a script says to its author only.
_TO_AUTHORS = re.compile(r"(?:new \w*Error|console\.\w+)\s*\([^)]*\)|setTimeout\([^)]*\)")
_CONTENT = re.compile(r"content:\s*([\"'])(.*?)\1")
# Fields of what is shown: their values come from a catalogue.
_FIELDS = frozenset(
    {"title", "label", "text", "message", "lead", "heading", "placeholder", "help", "question", "note", "hint", "caption", "alt", "button"}
)
# A shell's help and the API's document are written for those who type and program; standards fix what OAuth says.
_FOR_PROGRAMMERS = ("web/smilero_web/cli/", "web/smilero_web/api/", "tenants/smilero_tenants/oauth/", "sdk/smilero_sdk/testing/")
# Grammars and places that read Korean, and words for the demo.
_READERS = ("sdk/smilero_sdk/i18n.py", "sdk/smilero_sdk/finding.py", "core/smilero_core/registry/", "tenants/smilero_tenants/markets/")
_DATA = frozenset({"data", "demo", "locale"})


def everywhere(root: Path) -> Iterator[str]:
    """Each place and its words."""
    for folder in package_folders(root):
        for path in sorted(folder.rglob("templates/**/*")):
            if path.suffix in _TEMPLATES and path.is_file():
                yield from (f"{path.relative_to(root)}: {word}" for word in in_template(path.read_text(encoding="utf-8")))
    for path in sorted((root / "web" / "frontend").glob("scripts/*.js")):
        yield from (f"{path.relative_to(root)}: {word}" for word in in_script(path.read_text(encoding="utf-8")))
    for path in sorted((root / "web" / "frontend").glob("styles/*.css")):
        yield from (f"{path.relative_to(root)}: {word}" for word in in_style(path.read_text(encoding="utf-8")))
    for path in shipped_python(root):
        name = str(path.relative_to(root))
        if not name.startswith(_READERS) and _DATA.isdisjoint(path.relative_to(root).parts):
            shown = not name.startswith(_FOR_PROGRAMMERS)
            yield from (f"{name}: {word}" for word in in_python(path.read_text(encoding="utf-8"), shown=shown))


def in_template(source: str) -> list[str]:
    """Words between tags and in attributes that are shown, and strings that are given to a macro."""
    said = _COMMENT.sub("", _UNSEEN_BLOCK.sub("", source))
    literals = [
        text
        for part in _JINJA.findall(said)
        if not _NO_WORDS.match(part)
        for found in _STRING.findall(part)
        if (text := found[0] or found[1]) and (FOREIGN.search(text) or WORDS.search(text))
    ]
    reader = _Reader()
    # What a template fills in may be anything; in its place a sign that is no word.
    reader.feed(_JINJA.sub("\u2060", said))
    reader.close()
    return literals + reader.found


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self._code = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._code += tag in {"script", "style"}
        shown = _SHOWN | ({"value"} if dict(attrs).get("type") in {"submit", "button", "reset"} else set())
        self.found += [f"{name}={value}" for name, value in attrs if name in shown and value and _LETTERS.search(value)]

    def handle_endtag(self, tag: str) -> None:
        self._code -= tag in {"script", "style"}

    def handle_data(self, data: str) -> None:
        # Places that a script fills, `{name}`, and attributes that a condition adds are no words.
        plain = re.sub(r"\{\w+\}|[a-z-]+=\"[^\"]*\"", "", data)
        if not self._code and _LETTERS.search(plain):
            self.found.append(" ".join(plain.split()))


def in_script(source: str) -> list[str]:
    """Strings of a script that a person would read."""
    said = _TO_AUTHORS.sub("", _SCRIPT_COMMENT.sub("", source))
    strings = (next(filter(None, found), "") for found in _SCRIPT_STRING.findall(said))
    return [
        text for text in strings if FOREIGN.search(text) or re.search(r"[A-Z][a-z]+ [a-z]+|[a-z]{2,} [a-z]{2,} [a-z]{2,} [a-z]{2,}", text)
    ]


def in_style(source: str) -> list[str]:
    """Words that a style writes onto a page."""
    return [text for _, text in _CONTENT.findall(source) if _LETTERS.search(text)]


def in_python(source: str, *, shown: bool) -> list[str]:
    """Foreign letters outside of words by language; and with `shown`, English ones where a page takes its words from."""
    tree = ast.parse(source)
    by_language = {id(part) for node in ast.walk(tree) if isinstance(node, ast.Dict) for part in _in_languages(node)}
    docstrings = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    found = [f"{one.lineno} {text}" for one, text in _strings(tree) if id(one) not in by_language | docstrings and FOREIGN.search(text)]
    if shown:
        told = (value for node in ast.walk(tree) for value in _told(node) if id(value) not in by_language)
        found += [f"{one.lineno} {text}" for value in told for one, text in _strings(value) if _worded(text)]
    return found


def _in_languages(words: ast.Dict) -> Iterator[ast.expr]:
    """The values of a mapping by language, such as a manifest's title."""
    keys = [key.value for key in words.keys if isinstance(key, ast.Constant)]
    if keys and len(keys) == len(words.keys) and set(keys) <= set(LANGUAGES):
        yield from words.values
        yield words


def _told(node: ast.AST) -> Iterator[ast.expr]:
    """What is given to a page, a message or a table as its words."""
    match node:
        case ast.Dict():
            yield from (
                value for key, value in zip(node.keys, node.values, strict=True) if isinstance(key, ast.Constant) and key.value in _FIELDS
            )
        case ast.Call(func=ast.Name(id=name) | ast.Attribute(attr=name)):
            yield from (word.value for word in node.keywords if word.arg in _FIELDS)
            if name in {"writerow", "writerows", "HTMLResponse", "PlainTextResponse", "send_text"}:
                yield from node.args[:1]
        case _:
            return


def _worded(text: str) -> bool:
    """Whether it has words; names of columns are none."""
    return bool(WORDS.search(text)) and not re.fullmatch(r"(?=.*_)[a-z0-9_ ]+", text)


def _strings(node: ast.AST) -> Iterator[tuple[ast.Constant, str]]:
    yield from ((one, one.value) for one in ast.walk(node) if isinstance(one, ast.Constant) and isinstance(one.value, str))
