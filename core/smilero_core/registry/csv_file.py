"""From the bytes of an uploaded sheet to records with their line numbers, or one clear Problem about the whole file."""

import csv
import io
import re
import unicodedata
from collections.abc import Iterator
from http import HTTPStatus
from typing import Final, NamedTuple

from smilero_sdk.errors import Problem

MAX_MEGABYTES: Final = 50

_UTF8_MARK = b"\xef\xbb\xbf"
_UTF16_MARKS = (b"\xff\xfe", b"\xfe\xff")
_CONTAINERS = (b"PK", b"%PDF", b"\xd0\xcf\x11\xe0", b"\x1f\x8b")  # ZIP and XLSX, PDF, XLS and HWP, gzip
# Where a spreadsheet would begin to reckon (OWASP, "CSV Injection"), the wide forms of Korean keyboards too.
_FORMULA = tuple("=+-@\uff1d\uff0b\uff0d\uff20")
_BREAKS = ("\t", "\r", "\n")
# What is not seen before a sign; a spreadsheet may look past it.
_UNSEEN = "\ufeff\u200b\u200c\u200d\u2060"
_CONTROL = re.compile(rb"[\x00-\x08\x0e-\x1f\x7f]")  # none of these is any byte of a letter in UTF-8 or CP949


class Record(NamedTuple):
    """One record: the number of the line it begins on (from 1) and its cells, NFC with single spaces."""

    line: int
    cells: list[str]


class Day(str):
    """A cell that a spreadsheet made a day or a time of, as it does of a stall `3-1`: what was typed is gone."""

    __slots__ = ()


def clean(text: str) -> str:
    """NFC, no space around, every run of white space one space."""
    return " ".join(unicodedata.normalize("NFC", text).split())


def harmless(cell: str) -> str:
    """The cell of a CSV file with an apostrophe before it where it would be a formula, which makes it text."""
    return f"'{cell}" if _reckons(cell.lstrip("'")) else cell


def meant(cell: str) -> str:
    """The cell without the apostrophe that `harmless` wrote; one that belongs to a name stays."""
    return cell[1:] if cell.startswith("'") and harmless(cell[1:]) != cell[1:] else cell


def _reckons(cell: str) -> bool:
    bare = cell.strip().lstrip(_UNSEEN)
    return cell.startswith(_BREAKS) or (bare.startswith(_FORMULA) if len(bare) == len(cell) else _reckons(bare))


def decode(data: bytes) -> str:
    """Read UTF-8, with or without its mark, or else CP949, which is how the standard files are published.

    Raises Problem `registry.file_empty`, `registry.file_too_large`, `registry.file_not_csv`, `registry.file_utf16` or
    `registry.file_encoding`.
    """
    if len(data) > MAX_MEGABYTES * 2**20:
        raise Problem("registry.file_too_large", HTTPStatus.REQUEST_ENTITY_TOO_LARGE, limit=MAX_MEGABYTES)
    content = data.removeprefix(_UTF8_MARK)
    if not content.strip():
        raise Problem("registry.file_empty", HTTPStatus.UNPROCESSABLE_ENTITY)
    if content.startswith(_UTF16_MARKS):
        raise Problem("registry.file_utf16", HTTPStatus.UNPROCESSABLE_ENTITY)
    if _CONTROL.search(content) or content.startswith(_CONTAINERS):
        reason = "registry.file_utf16" if _is_unmarked_utf16(content) else "registry.file_not_csv"
        raise Problem(reason, HTTPStatus.UNPROCESSABLE_ENTITY)
    furthest = 0
    for encoding in ("utf-8",) if content is not data else ("utf-8", "cp949"):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError as error:
            furthest = max(furthest, error.start)
    line = 1 + max(content.count(mark, 0, furthest) for mark in (b"\n", b"\r"))
    raise Problem("registry.file_encoding", HTTPStatus.UNPROCESSABLE_ENTITY, line=str(line))


def records(text: str) -> Iterator[Record]:
    """Read the records that hold anything; a quoted cell may hold commas and line ends. Raises Problem `registry.file_quotes`."""
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    while True:
        line = reader.line_num + 1
        try:
            cells = [clean(cell) for cell in next(reader)]
        except StopIteration:
            return
        except csv.Error:
            raise Problem("registry.file_quotes", HTTPStatus.UNPROCESSABLE_ENTITY, line=str(line)) from None
        if any(cells):
            yield Record(line, cells)


def _is_unmarked_utf16(content: bytes) -> bool:
    return not content.startswith(_CONTAINERS) and any(comma in content[:1000] for comma in (b",\0", b"\0,"))
