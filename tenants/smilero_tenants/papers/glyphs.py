"""Which letters a font has, so that paper shows no box in the place of one that it has not."""

import struct
import unicodedata
from functools import cache
from pathlib import Path

# In the place of a letter that the font has not, where it must be seen that one is missing.
GAP = "\N{WHITE SQUARE}"
_WHOLE_UNICODE = 12


@cache
def letters(font: Path) -> frozenset[int]:
    """The code points that an OpenType font has, by its table `cmap`, subtable format 12 (OpenType 1.9.1). LookupError without one."""
    data = font.read_bytes()
    tables = dict(_table(data, 12 + 16 * number) for number in range(struct.unpack_from(">H", data, 4)[0]))
    start = tables[b"cmap"]
    for number in range(struct.unpack_from(">H", data, start + 2)[0]):
        place = start + struct.unpack_from(">I", data, start + 4 + 8 * number + 4)[0]
        if struct.unpack_from(">H", data, place)[0] == _WHOLE_UNICODE:
            groups = (struct.unpack_from(">II", data, place + 16 + 12 * group) for group in range(_long(data, place + 12)))
            return frozenset(one for first, last in groups for one in range(first, last + 1))
    msg = f"{font.name} has no table of all its letters"
    raise LookupError(msg)


def _table(data: bytes, place: int) -> tuple[bytes, int]:
    return data[place : place + 4], _long(data, place + 8)


def _long(data: bytes, place: int) -> int:
    number: int = struct.unpack_from(">I", data, place)[0]
    return number


def written(text: str, has: frozenset[int], longest: int, instead: str = "") -> tuple[str, bool]:
    """A text as it can be set: composed, on one line, cut at `longest`, with `instead` for runs of letters that there are not.

    Returns:
        The text, and whether a letter was missing.
    """
    signs, missing = list[str](), False
    for sign in " ".join(unicodedata.normalize("NFC", text[: 4 * longest]).split()):
        if ord(sign) in has:
            signs.append(sign)
        elif sign.isprintable() and not unicodedata.combining(sign):
            missing = True
            signs.append(instead)
    line = " ".join("".join(signs).split())
    return (line if len(line) <= longest else line[: longest - 1].rstrip() + "\N{HORIZONTAL ELLIPSIS}"), missing
