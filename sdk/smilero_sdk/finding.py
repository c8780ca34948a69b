"""Finding by a part of a name, as Korean is typed: spaces and case aside, and initial consonants for their syllables."""

import re
import unicodedata

# The initial consonants in the order of Unicode's syllables (Unicode 3.12), each the first of 588.
_INITIALS = "ㄱㄲㄴㄷㄸㄹㅁㅂㅃㅅㅆㅇㅈㅉㅊㅋㅌㅍㅎ"
_FIRST, _EACH = 0xAC00, 588
# What a keyboard makes of two consonants typed one after the other.
_PAIRS = str.maketrans(
    {
        "ㄳ": "ㄱㅅ",
        "ㄵ": "ㄴㅈ",
        "ㄶ": "ㄴㅎ",
        "ㄺ": "ㄹㄱ",
        "ㄻ": "ㄹㅁ",
        "ㄼ": "ㄹㅂ",
        "ㄽ": "ㄹㅅ",
        "ㄾ": "ㄹㅌ",
        "ㄿ": "ㄹㅍ",
        "ㅀ": "ㄹㅎ",
        "ㅄ": "ㅂㅅ",
    }
    # As Unicode's own initial consonants (U+1100…), which some keyboards send alone.
    | {chr(0x1100 + place): letter for place, letter in enumerate(_INITIALS)}
)

WHOLE, BEGINS, WITHIN = 100, 80, 60


def pattern(text: str) -> str:
    """What is typed as a regular expression for Python and PostgreSQL, to be asked of `flat` text; empty for nothing.

    A lone consonant stands for every syllable that begins with it: `ㅃㅈ` finds 빵집, and so does `빵ㅈ`.
    """
    return "".join(map(_letter, flat(text).translate(_PAIRS)))


def flat(text: str) -> str:
    """A text without spaces, in lower case and NFC; in SQL: `replace(lower(name), ' ', '')`."""
    return "".join(letter for letter in unicodedata.normalize("NFC", text).lower() if not letter.isspace() and letter != "\0")


def weight(text: str, name: str) -> int:
    """How well a name fits what is typed, for `SearchHit.weight`: wholly, from its beginning, somewhere, or not at all (0)."""
    asked, name = pattern(text), flat(name)
    if not asked:
        return 0
    if re.fullmatch(asked, name):
        return WHOLE
    return BEGINS if re.match(asked, name) else WITHIN if re.search(asked, name) else 0


def _letter(letter: str) -> str:
    place = _INITIALS.find(letter)
    if place < 0:
        return re.escape(letter)
    first = _FIRST + place * _EACH
    return f"[{letter}{chr(first)}-{chr(first + _EACH - 1)}]"
