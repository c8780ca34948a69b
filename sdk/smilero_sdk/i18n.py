"""Catalogues: every sentence that a person reads, by a stable key, Korean first.

A catalogue is a folder `locale/` with `ko.po`, `en.po`, … beside the code that speaks. The msgid is the key
(`coupons.sold_out`), the msgstr a `str.format` pattern. Korean particles follow the word before them:
`{name:은/는}` writes 모란시장은 or 중앙로는.
"""

import string
from collections.abc import Iterable, Mapping
from importlib import import_module
from pathlib import Path

from babel.messages.pofile import read_po

LANGUAGES = ("ko", "en", "zh", "vi", "uk")
DEFAULT_LANGUAGE = "ko"

_HANGUL_FIRST, _HANGUL_LAST, _FINALS = 0xAC00, 0xD7A3, 28
_RIEUL = 8
_DIGIT_FINALS = {"0": True, "1": True, "3": True, "6": True, "7": True, "8": True}
_RIEUL_DIGITS = frozenset("178")
_CLOSING = ")]}\"' \u201d\u2019"


def with_particle(word: str, pair: str) -> str:
    """Append the particle of `pair` (`은/는`, `이/가`, `을/를`, `과/와`, `으로/로`) that fits the end of `word`.

    The first form follows a final consonant, the second a vowel; `으로/로` counts ㄹ as a vowel (한글 맞춤법 제11항).
    """
    after_consonant, after_vowel = pair.split("/")
    last = word.rstrip(_CLOSING)[-1:]
    point = ord(last) if last else 0
    if _HANGUL_FIRST <= point <= _HANGUL_LAST:
        final = (point - _HANGUL_FIRST) % _FINALS
        consonant, rieul = final != 0, final == _RIEUL
    else:
        consonant, rieul = _DIGIT_FINALS.get(last, False), last in _RIEUL_DIGITS
    if rieul and after_consonant == "으로":
        consonant = False
    return word + (after_consonant if consonant else after_vowel)


class _Formatter(string.Formatter):
    def format_field(self, value: object, format_spec: str) -> str:
        if "/" in format_spec:
            return with_particle(str(value), format_spec)
        if isinstance(value, int) and not isinstance(value, bool) and not format_spec:
            return f"{value:,}"
        return str(super().format_field(value, format_spec))

    def get_value(self, key: int | str, args: object, kwargs: Mapping[str, object]) -> object:  # noqa: ARG002 - string.Formatter's signature
        return kwargs.get(str(key), f"{{{key}}}")


_FORMATTER = _Formatter()


class Catalogue:
    """All sentences of the installed packages, by language and key."""

    def __init__(self) -> None:
        self._sentences: dict[str, dict[str, str]] = {language: {} for language in LANGUAGES}

    @classmethod
    def of(cls, packages: Iterable[str]) -> "Catalogue":
        """The catalogue of the named import packages, with every `locale/*.po` below each."""
        catalogue = cls()
        for package in packages:
            # A package without `__init__.py` may have several folders.
            for folder in import_module(package).__path__:
                catalogue.add_folder(Path(folder))
        return catalogue

    def add_folder(self, folder: Path) -> None:
        """Read every `locale/<language>.po` below `folder`. Raises ValueError on a key that is already another's."""
        for path in sorted(folder.rglob("locale/*.po")):
            if path.stem not in self._sentences:
                msg = f"{path.name}: not one of {', '.join(LANGUAGES)}"
                raise ValueError(msg)
            with path.open("rb") as source:
                messages = read_po(source, locale=path.stem, abort_invalid=True)
            for message in messages:
                if message.id and message.string:
                    self._add(path.stem, str(message.id), str(message.string))

    def _add(self, language: str, key: str, sentence: str) -> None:
        known = self._sentences[language].setdefault(key, sentence)
        if known != sentence:
            msg = f"{key} ({language}) is in two catalogues"
            raise ValueError(msg)

    def keys(self, language: str = DEFAULT_LANGUAGE) -> frozenset[str]:
        """Every key that `language` has a sentence for."""
        return frozenset(self._sentences[language])

    def text(self, language: str, key: str, /, **params: object) -> str:
        """The sentence of `key`; what `language` lacks comes from English, then Korean, then the key itself."""
        for candidate in (language, "en" if language != DEFAULT_LANGUAGE else DEFAULT_LANGUAGE, DEFAULT_LANGUAGE):
            sentence = self._sentences.get(candidate, {}).get(key)
            if sentence is not None:
                return _FORMATTER.vformat(sentence, (), params)
        return key
