"""What the code says to people, and what the catalogues have for it."""

import ast
import re
import string
from collections.abc import Collection, Iterator
from pathlib import Path
from typing import NamedTuple

from babel.messages.pofile import read_po

from tests.house.tree import package_folders, shipped_python

HANGUL = re.compile("[\u1100-\u11ff\u3130-\u318f\uac00-\ud7a3]")
_TEMPLATES = frozenset({".html", ".jinja", ".txt", ".typ", ".xml"})
_TEMPLATE_KEY = re.compile(r"""\bt\(\s*["']([^"']+)["'](\s*~)?""")
_TEMPLATE_COMMENT = re.compile(r"\{#.*?#\}|<!--.*?-->", re.DOTALL)
# Folders of words that are data, not speech: a market's own names, the demo's word stock.
_DATA_FOLDERS = frozenset({"data", "demo", "locale"})


class Spoken(NamedTuple):
    """A key that the code says, where, and the names of the values it gives; None where they cannot be told.

    A key that ends in `*` is one of several, completed as the template runs.
    """

    key: str
    where: str
    values: frozenset[str] | None

    def known(self, keys: Collection[str]) -> bool:
        """Whether a sentence stands behind it."""
        return any(key.startswith(self.key[:-1]) for key in keys) if self.key.endswith("*") else self.key in keys


def spoken(root: Path) -> list[Spoken]:
    """Every `Problem("…")` and `t("…")` of the Python code, every `t("…")` of the templates."""
    found = [said for path in shipped_python(root) for said in _in_python(path, root)]
    for path in _templates(root):
        keys = _TEMPLATE_KEY.findall(path.read_text(encoding="utf-8"))
        found += [Spoken(f"{key}*" if more else key, str(path.relative_to(root)), None) for key, more in keys]
    return found


def _in_python(path: Path, root: Path) -> Iterator[Spoken]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        match node:
            case ast.Call(
                func=ast.Name(id="Problem" | "t" as function) | ast.Attribute(attr="Problem" as function),
                args=[ast.Constant(value=str(key)), *_],
                keywords=keywords,
            ):
                names = frozenset(word.arg for word in keywords if word.arg)
                told = function == "Problem" and len(names) == len(keywords)
                yield Spoken(key, f"{path.relative_to(root)}:{node.lineno}", names - {"headers"} if told else None)


def _templates(root: Path) -> list[Path]:
    return [
        path
        for folder in package_folders(root)
        for path in sorted(folder.rglob("templates/**/*"))
        if path.suffix in _TEMPLATES and path.is_file()
    ]


def sentences(root: Path) -> dict[str, dict[str, str]]:
    """Every sentence by language and key."""
    found: dict[str, dict[str, str]] = {"ko": {}}
    for folder in package_folders(root):
        for path in sorted(folder.rglob("locale/*.po")):
            with path.open("rb") as source:
                messages = [message for message in read_po(source, locale=path.stem) if message.id]
            for message in messages:
                # Of plural forms the last is the one for many.
                key = message.id if isinstance(message.id, str) else message.id[0]
                text = message.string if isinstance(message.string, str) else (message.string or ("",))[-1]
                if text:
                    found.setdefault(path.stem, {})[key] = text
    return found


def fields(sentence: str) -> frozenset[str]:
    """The names of the values that a sentence shows."""
    return frozenset(name for _, name, _, _ in string.Formatter().parse(sentence) if name)


def korean_in_code(root: Path) -> list[str]:
    """Where Korean stands in the code for people to read. Comments and docstrings may cite it."""
    in_python = [where for path in shipped_python(root) if not _is_data(path, root) for where in _korean_strings(path, root)]
    in_templates = [
        str(path.relative_to(root))
        for path in _templates(root)
        if HANGUL.search(_TEMPLATE_COMMENT.sub("", path.read_text(encoding="utf-8")))
    ]
    return in_python + in_templates


def _is_data(path: Path, root: Path) -> bool:
    return not _DATA_FOLDERS.isdisjoint(path.relative_to(root).parts)


def _korean_strings(path: Path, root: Path) -> Iterator[str]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    allowed = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    allowed |= {id(text) for node in ast.walk(tree) if isinstance(node, ast.Dict) for text in _in_korean(node)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in allowed and HANGUL.search(node.value):
            yield f"{path.relative_to(root)}:{node.lineno} {node.value}"


def _in_korean(words: ast.Dict) -> Iterator[ast.expr]:
    """The Korean of a mapping by language, such as a manifest's title."""
    for language, text in zip(words.keys, words.values, strict=True):
        if isinstance(language, ast.Constant) and language.value == "ko":
            yield text
