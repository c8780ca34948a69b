"""Every catalogue in every language: the same sentences, with the same values, marks and plural forms as the Korean."""

import re
import string
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from gettext import c2py
from pathlib import Path

import pytest
from babel.messages.pofile import read_po

from smilero_sdk.i18n import LANGUAGES
from tests.conftest import LookedAt
from tests.house.catalogues import HANGUL
from tests.house.tree import ROOT, package_folders

# Catalogues that only those read who run or extend the service, at a shell (docs/decisions/0006-catalogues-by-key.md).
AT_A_SHELL = {
    "core/smilero_core/embedded": ("ko", "en"),
    "web/smilero_web/cli": ("ko", "en"),
    "web/smilero_web/scaffold": ("ko", "en"),
    # Names of the foundations on which a plugin's tests run.
    "web/smilero_web/testhost": ("ko",),
}
# Korean words that the scaffold writes into a new plugin.
KOREAN_ALONE = frozenset({"scaffold.title", "scaffold.about", "scaffold.owner"})
# Commands to type.
COMMANDS = frozenset({"scaffold.next"})
# A five-day market's days are a word in Korean and dates elsewhere; both values are given.
OTHER_VALUES = frozenset({"registry.open.five_day", "registry.open.daily_and_five_day"})
# Words of the national file, of our own columns, and letters to search by, which stay Korean in a sentence of another language.
QUOTED = re.compile("창원시|상설장|5일장|매일|4일[+]9일|시장명|시장|가-12|2층 117호|ㅃㅈ|구글 OTP")
# The form that each count must choose (CLDR, “Language Plural Rules”).
FORMS = {
    "en": {0: 1, 1: 0, 2: 1, 11: 1, 21: 1, 100: 1},
    "uk": {0: 2, 1: 0, 2: 1, 4: 1, 5: 2, 11: 2, 12: 2, 14: 2, 21: 0, 22: 1, 25: 2, 100: 2, 101: 0, 111: 2, 112: 2, 1_000: 2},
}
# A figure and the word that it counts, in a sentence of one form.
COUNTED = {
    "en": re.compile(r"\{count\}(?:</\w+>)? (?:[a-z]+ )?[a-z]+s\b(?<!\bis)(?<!\bwas)(?<!\bhas)(?<!\bcustomers)"),
    "uk": re.compile(r"\{count\}(?:</\w+>)? (?!год\b|хв\b|з\b|до\b)[\u0430-\u044f\u0456\u0457\u0454\u0491\u2019]{2,}"),
}
LETTERS = {"zh": re.compile("[\u4e00-\u9fff]"), "uk": re.compile("[\u0400-\u04ff]"), "ko": HANGUL}
# What has no letters of its own language: a name of at most two words, as of a product or device.
_NAME = re.compile(r"^[\W\d]*(?:[A-Za-z]+[\W\d]*){0,2}$")


@dataclass(frozen=True)
class Entry:
    """A sentence in one language: its forms, one where figures do not change it."""

    forms: tuple[str, ...]
    plural: bool


@dataclass(frozen=True)
class File:
    """A catalogue in one language; `rule` is the head's own, None where it says none."""

    entries: Mapping[str, Entry]
    rule: str | None


def read(path: Path) -> File:
    text = path.read_text(encoding="utf-8")
    rule = re.search(r"Plural-Forms: nplurals=\d+; plural=(.*?);?\\n", text)
    with path.open("rb") as source:
        messages = [message for message in read_po(source, locale=path.stem, abort_invalid=True) if message.id]
    entries = {}
    for message in messages:
        plural = not isinstance(message.id, str)
        forms = (str(message.string),) if isinstance(message.string, str) else tuple(message.string or ())
        entries[message.id[0] if plural else str(message.id)] = Entry(forms, plural)
    return File(entries, rule[1] if rule else None)


def catalogues(root: Path) -> dict[str, dict[str, File]]:
    """By folder and language."""
    found: dict[str, dict[str, File]] = {}
    for package in package_folders(root):
        for path in sorted(package.rglob("locale/*.po")):
            found.setdefault(str(path.parents[1].relative_to(root)), {})[path.stem] = read(path)
    return found


def lacking(folder: str, files: Mapping[str, File]) -> Iterator[str]:
    """Languages and keys that are not there, or are there and nowhere else."""
    korean = files["ko"].entries.keys()
    for language in AT_A_SHELL.get(folder, LANGUAGES):
        if language not in files:
            yield f"{folder}: no {language}"
            continue
        known = files[language].entries.keys()
        yield from (f"{folder} {language}: {key} is missing" for key in korean - known - KOREAN_ALONE)
        yield from (f"{folder} {language}: {key} is not in the Korean" for key in known - korean)


def unlike(files: Mapping[str, File]) -> Iterator[str]:
    """Sentences with other values or marks than the Korean has, or with a particle that only Korean has."""
    for language, key, entry in every(files):
        korean = files["ko"].entries[key].forms[0]
        for form in entry.forms:
            if key not in OTHER_VALUES and values(form) != values(korean):
                yield f"{language} {key} has other values: {form}"
            if marks(form) != marks(korean):
                yield f"{language} {key} has other marks: {form}"
            if any("/" in (spec or "") for _, _, spec, _ in string.Formatter().parse(form)):
                yield f"{language} {key} has a particle: {form}"


def values(sentence: str) -> frozenset[str]:
    return frozenset(name for _, name, _, _ in string.Formatter().parse(sentence) if name)


def marks(sentence: str) -> Counter[str]:
    return Counter(re.findall(r"</?[a-z][^>]*>", sentence))


def every(files: Mapping[str, File]) -> Iterator[tuple[str, str, Entry]]:
    """What stands in another language than Korean and is Korean too."""
    for language, file in files.items():
        yield from ((language, key, entry) for key, entry in file.entries.items() if language != "ko" and key in files["ko"].entries)


def misformed(language: str, file: File) -> Iterator[str]:
    """Wrong plural forms."""
    plurals = {key: entry for key, entry in file.entries.items() if entry.plural}
    wanted = FORMS.get(language)
    if wanted is None:
        yield from (f"{key} has forms, and {language} has none" for key in plurals)
        return
    if plurals and file.rule is None:
        yield "says no rule for its forms"
    elif plurals and file.rule:
        choose = c2py(file.rule)
        yield from (f"{count} takes form {choose(count)}" for count, form in wanted.items() if choose(count) != form)
    for key, entry in plurals.items():
        if len(entry.forms) != max(wanted.values()) + 1 or not all(entry.forms):
            yield f"{key} has {len(entry.forms)} forms"
        elif len(set(entry.forms)) == 1:
            yield f"{key} has one form, written more than once"
    yield from (
        f"{key} counts in one form: {one.forms[0]}" for key, one in file.entries.items() if not one.plural and counts(language, one)
    )


def counts(language: str, entry: Entry) -> bool:
    return bool(COUNTED[language].search(entry.forms[0]))


def foreign(language: str, file: File) -> Iterator[str]:
    """Sentences that are still Korean, or have no letter of their language."""
    for key, entry in file.entries.items():
        for form in entry.forms:
            if language != "ko" and HANGUL.search(QUOTED.sub("", form)):
                yield f"{key} is Korean: {form}"
            if (
                key not in COMMANDS
                and language in LETTERS
                and not LETTERS[language].search(form)
                and not _NAME.match(re.sub(r"<[^>]*>|\{[^}]*\}", "", form))
            ):
                yield f"{key} is not in {language}: {form}"


def test_every_language_has_every_sentence(looked_at: LookedAt) -> None:
    found = catalogues(ROOT)
    looked_at("catalogues", [f"{folder} {language}" for folder, files in found.items() for language in files])
    assert AT_A_SHELL.keys() <= found.keys()
    assert [fault for folder, files in found.items() for fault in lacking(folder, files)] == []


def test_every_language_shows_the_same_values_and_marks(looked_at: LookedAt) -> None:
    found = catalogues(ROOT)
    looked_at("sentences in other languages", [key for files in found.values() for _, key, _ in every(files)])
    assert [f"{folder} {fault}" for folder, files in found.items() for fault in unlike(files)] == []


def test_figures_choose_the_right_form(looked_at: LookedAt) -> None:
    files = [(folder, language, file) for folder, found in catalogues(ROOT).items() for language, file in found.items()]
    looked_at("counted", [key for _, _, file in files for key, entry in file.entries.items() if entry.plural])
    assert [f"{folder} {language}: {fault}" for folder, language, file in files for fault in misformed(language, file)] == []


def test_every_sentence_is_in_its_own_language(looked_at: LookedAt) -> None:
    files = [(folder, language, file) for folder, found in catalogues(ROOT).items() for language, file in found.items()]
    looked_at("sentences", [key for _, _, file in files for key in file.entries])
    assert [f"{folder} {language}: {fault}" for folder, language, file in files for fault in foreign(language, file)] == []


KOREAN = 'msgid "a"\nmsgstr "{name:은/는} <b>{count}</b>개"\n\nmsgid "b"\nmsgstr "나"\n'
PLURAL = 'msgid ""\nmsgstr ""\n"Content-Type: text/plain; charset=UTF-8\\n"\n"Plural-Forms: nplurals={number}; plural={rule};\\n"\n\n'
RULE = "(n%10==1 && n%100!=11 ? 0 : n%10>=2 && n%10<=4 && (n%100<10 || n%100>=20) ? 1 : 2)"
THREE = (
    'msgid "a"\nmsgid_plural "a"\nmsgstr[0] "{name}: <b>{count}</b> ринок"\n'
    'msgstr[1] "{name}: <b>{count}</b> ринки"\nmsgstr[2] "{name}: <b>{count}</b> ринків"\n'
)
B = '\nmsgid "b"\nmsgstr "Так"\n'
GOOD = PLURAL.format(number=3, rule=RULE) + THREE + B


@pytest.mark.parametrize(
    ("written", "fault"),
    [
        (GOOD, None),
        (GOOD.removesuffix(B), "b is missing"),
        (GOOD + '\nmsgid "c"\nmsgstr "Ще"\n', "c is not in the Korean"),
        (GOOD.replace("{name}: <b>{count}</b> ринки", "<b>{count}</b> ринки"), "a has other values"),
        (GOOD.replace("<b>{count}</b> ринків", "{count} ринків"), "a has other marks"),
        (GOOD.replace("{name}: <b>{count}</b> ринки", "{name:은/는} <b>{count}</b> ринки"), "a has a particle"),
        (GOOD.replace(RULE, "(n != 1 ? 2 : 0)"), "2 takes form 2"),
        (THREE + B, "says no rule"),
        (GOOD.replace("ринки", "ринок").replace("ринків", "ринок"), "a has one form"),
        ('msgid "a"\nmsgstr "{name}: <b>{count}</b> ринків"\n' + B, "a counts in one form"),
        (GOOD.replace("Так", "나"), "b is Korean"),
        (GOOD.replace("Так", "Yes, it is"), "b is not in uk"),
        (GOOD.replace("Так", "Samsung Internet"), None),
    ],
)
def test_each_fault_is_found(tmp_path: Path, written: str, fault: str | None) -> None:
    folder = tmp_path / "web" / "smilero_web" / "locale"
    folder.mkdir(parents=True)
    (folder / "ko.po").write_text(KOREAN, encoding="utf-8")
    (folder / "uk.po").write_text(written, encoding="utf-8")
    ((name, files),) = catalogues(tmp_path).items()
    found = [one for one in lacking(name, files) if " uk: " in one]
    found += [*unlike(files), *misformed("uk", files["uk"]), *foreign("uk", files["uk"])]
    if fault is None:
        assert found == []
    else:
        assert [one for one in found if fault in one], found
