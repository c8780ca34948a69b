"""Catalogues: every sentence that a person reads, by a stable key, Korean first.

A catalogue is a folder `locale/` with `ko.po`, `en.po`, … beside the code that speaks. The msgid is the key
(`coupons.sold_out`), the msgstr a `str.format` pattern. Korean particles follow the word before them:
`{name:은/는}` writes 모란시장은 or 중앙로는.

A sentence that a figure changes has gettext's plural forms, `msgid_plural` being the key again: the value `count` chooses among
them by the rule of the file's language.
"""

import logging
import re
import string
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from gettext import c2py
from importlib import import_module
from pathlib import Path

from babel.core import Locale
from babel.messages.pofile import read_po

log = logging.getLogger(__name__)

LANGUAGES = ("ko", "en", "zh", "vi", "uk")
DEFAULT_LANGUAGE = "ko"

# What the value is called that chooses a plural form.
COUNT = "count"

_HANGUL_FIRST, _HANGUL_LAST, _FINALS = 0xAC00, 0xD7A3, 28
_RIEUL = 8
_DIGIT_FINALS = {"0": True, "1": True, "3": True, "6": True, "7": True, "8": True}
_RIEUL_DIGITS = frozenset("178")
# What is not spoken at the end of a word, first up to a closing bracket, then with it; “%” and “+” are: 퍼센트, 플러스.
_PICTURES, _MARKS = re.compile(r"[^\w)\]%+]+$"), re.compile(r"[^\w%+]+$")
# What stands in brackets behind a word is a remark on it: the particle goes with the word (국립국어원, 괄호 뒤의 조사).
_REMARK = re.compile(r"(?<=\S)\s*(?:\([^()]*\)|\[[^\[\]]*\])$")
# Letters whose Korean name ends in a consonant: 엘, 엠, 엔, 아르/알.
_LETTER_FINALS, _LETTER_RIEULS = frozenset("LMNR"), frozenset("LR")
# Words of Latin letters as Korean mostly writes them (외래어 표기법): 스마일, 타임, 킹, 컵, 헛.
_WORD_FINAL = re.compile(r"(?:[lmn]e?|ng|(?:(?<![aeiou])[aeiou]|oo)(?:ck|[kptb]))$")
_WORD_RIEUL = re.compile(r"le?$")
_SPELLED = 3


def with_particle(word: str, pair: str) -> str:
    """Append the particle of `pair` (`은/는`, `이/가`, `을/를`, `과/와`, `으로/로`) that fits the end of `word`.

    The first form follows a final consonant, the second a vowel; `으로/로` counts ㄹ as a vowel (한글 맞춤법 제11항). Remarks in
    brackets, closing marks and pictures are not spoken. Latin letters are spelled in short words of capitals, else read as a word.
    """
    after_consonant, after_vowel = pair.split("/")
    consonant, rieul = _ending(word)
    if rieul and after_consonant == "으로":
        consonant = False
    return word + (after_consonant if consonant else after_vowel)


def _ending(word: str) -> tuple[bool, bool]:
    """Whether a word is spoken with a consonant at its end, and whether that is ㄹ."""
    said = _MARKS.sub("", _REMARK.sub("", _PICTURES.sub("", word)))
    last = said[-1:]
    if _HANGUL_FIRST <= (ord(last) if last else 0) <= _HANGUL_LAST:
        final = (ord(last) - _HANGUL_FIRST) % _FINALS
        return final != 0, final == _RIEUL
    if last.isascii() and last.isalpha():
        return _latin_ending(re.split(r"[^A-Za-z]", said)[-1])
    return _DIGIT_FINALS.get(last, False), last in _RIEUL_DIGITS


def _latin_ending(word: str) -> tuple[bool, bool]:
    if word.isupper() and len(word) <= _SPELLED:
        return word[-1] in _LETTER_FINALS, word[-1] in _LETTER_RIEULS
    small = word.lower()
    return bool(_WORD_FINAL.search(small)), bool(_WORD_RIEUL.search(small))


def in_language(words: Mapping[str, str], language: str) -> str:
    """Of words by language, such as a manifest's title, those of `language`; lacking them English, then Korean, as a sentence does."""
    return words.get(language) or (words.get("en") if language != DEFAULT_LANGUAGE else None) or words[DEFAULT_LANGUAGE]


class _Formatter(string.Formatter):
    def __init__(self, language: str) -> None:
        self._thousands = str(Locale.parse(language).number_symbols["latn"]["group"])

    def format_field(self, value: object, format_spec: str) -> str:
        if "/" in format_spec:
            return with_particle(str(value), format_spec)
        if isinstance(value, int) and not isinstance(value, bool) and not format_spec:
            return f"{value:,}".replace(",", self._thousands)
        return str(super().format_field(value, format_spec))

    def get_value(self, key: int | str, args: object, kwargs: Mapping[str, object]) -> object:  # noqa: ARG002 - string.Formatter's signature
        return kwargs.get(str(key), f"{{{key}}}")


_FORMATTERS = {language: _Formatter(language) for language in LANGUAGES}


@dataclass(frozen=True)
class _Sentence:
    """Its forms, and which of them a figure wants (Unicode's plural rules, as the file's head says them)."""

    forms: tuple[str, ...]
    choose: Callable[[int], int]

    def of(self, params: Mapping[str, object]) -> str:
        count = params.get(COUNT)
        if len(self.forms) == 1 or not isinstance(count, int):
            return self.forms[-1]
        return self.forms[min(self.choose(abs(count)), len(self.forms) - 1)]


class Catalogue:
    """All sentences of the installed packages, by language and key."""

    def __init__(self) -> None:
        self._sentences: dict[str, dict[str, _Sentence]] = {language: {} for language in LANGUAGES}

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
            choose = c2py(messages.plural_expr)
            for message in messages:
                key = message.id[0] if isinstance(message.id, tuple | list) else message.id
                forms = (message.string,) if isinstance(message.string, str) else tuple(message.string or ())
                if key and forms and all(forms):
                    self._add(path.stem, str(key), _Sentence(forms, choose))

    def _add(self, language: str, key: str, sentence: _Sentence) -> None:
        known = self._sentences[language].setdefault(key, sentence)
        if known.forms != sentence.forms:
            msg = f"{key} ({language}) is in two catalogues"
            raise ValueError(msg)

    def keys(self, language: str = DEFAULT_LANGUAGE) -> frozenset[str]:
        """Every key that `language` has a sentence for."""
        return frozenset(self._sentences[language])

    def text(self, language: str, key: str, /, **params: object) -> str:
        """The sentence of `key`; what `language` lacks, or has in a form that cannot be filled, comes from English, then Korean.

        What no language has is the key itself.
        """
        for candidate in (language, "en" if language != DEFAULT_LANGUAGE else DEFAULT_LANGUAGE, DEFAULT_LANGUAGE):
            sentence = self._sentences.get(candidate, {}).get(key)
            if sentence is None:
                continue
            try:
                return _FORMATTERS[candidate].vformat(sentence.of(params), (), params)
            except (ValueError, LookupError, AttributeError, TypeError):
                if candidate == DEFAULT_LANGUAGE:
                    raise
                log.exception("%s (%s) cannot be filled", key, candidate)
        return key
