"""A sheet that a foundation's people send: CSV as `csv_file` reads it, or a workbook, known by its content alone."""

import io
import re
import zipfile
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from http import HTTPStatus
from typing import IO, Any, Final

from openpyxl import load_workbook
from openpyxl.utils import column_index_from_string

from smilero_core.registry.csv_file import Day, Record, clean, decode, meant, records
from smilero_sdk.errors import Problem

MAX_BYTES: Final = 10 * 2**20
MOST_ROWS: Final = 100_000
MOST_COLUMNS: Final = 50
_WORKBOOK = b"PK\x03\x04"
# What ten megabytes of an honest sheet become; a bomb becomes more. All but rows and texts is read into a tree, and is small.
_MOST_UNPACKED, _MOST_SMALL = 100 * 2**20, 8 * 2**20
_LONG = ("xl/worksheets/", "xl/sharedStrings.xml")
# The last line that a sheet can have; a row that says it were further down would be waited for.
_LAST_LINE = 1_048_576
_PIECE, _OVERLAP = 2**20, 256
# A document type or an entity, in whichever encoding of XML.
_ENTITY = re.compile(rb"<\x00?!\x00?(?:D\x00?O|E\x00?N)")
_MERGED = re.compile(rb'<(?:\w+:)?mergeCell\b[^<>]{0,80}?\bref="([A-Z]{1,3})(\d{1,7}):[A-Z]{1,3}(\d{1,7})"')


def require_sheet(data: bytes) -> None:
    """Whether it is a sheet at first sight, by its content. It takes a thread's time. Raises as `read_sheet`."""
    if len(data) > MAX_BYTES:
        raise Problem("registry.file_too_large", HTTPStatus.REQUEST_ENTITY_TOO_LARGE, limit=MAX_BYTES // 2**20)
    if data.startswith(_WORKBOOK):
        try:
            _require_workbook(data)
        except zipfile.BadZipFile as error:
            raise _no_sheet() from error
    else:
        decode(data)


def read_sheet(data: bytes) -> list[Record]:
    """The records that hold anything, the head among them. It takes a thread's time.

    Raises Problem `registry.file_*` (422, 413 for the size) for what is no sheet.
    """
    found: list[Record] = []
    for record in _workbook(data) if data.startswith(_WORKBOOK) else _lines(data):
        if len(found) > MOST_ROWS:
            raise Problem("registry.file_too_many_rows", HTTPStatus.REQUEST_ENTITY_TOO_LARGE, limit=MOST_ROWS)
        found.append(record)
    if not found:
        raise Problem("registry.file_empty", HTTPStatus.UNPROCESSABLE_ENTITY)
    return found


def _lines(data: bytes) -> Iterator[Record]:
    """Of CSV, which our own files write so that no spreadsheet reckons."""
    for one in records(decode(data)):
        yield Record(one.line, list(map(meant, one.cells)))


def _workbook(data: bytes) -> Iterator[Record]:
    """The first sheet. Formulas count by the value that was last reckoned."""
    try:
        _require_workbook(data)
        _require_calm(data)
        book = load_workbook(io.BytesIO(data), read_only=True, data_only=True, keep_links=False)
        sheet: Any = book.worksheets[0]  # where it stands in the archive is told nowhere else
        # What a sheet says of its own size is not believed, and may be missing.
        sheet.reset_dimensions()
        merged: Merged | None = None
        for line, row in enumerate(sheet.iter_rows(max_row=_LAST_LINE, max_col=MOST_COLUMNS, values_only=True), 1):
            cells = [] if row.count(None) == len(row) else [_text(value) for value in row]
            if any(cells):
                if merged is None:
                    with zipfile.ZipFile(io.BytesIO(data)) as archive, archive.open(sheet._worksheet_path) as part:  # noqa: SLF001 - as above
                        merged = Merged(part, line)
                merged.fill(line, cells)
                yield Record(line, _trimmed(cells))
    except Problem:
        raise
    except Exception as error:  # whatever a broken archive makes of its readers
        raise _no_sheet() from error


def _require_workbook(data: bytes) -> None:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        sizes = {one.filename: one.file_size for one in archive.infolist()}
    small = sum(size for name, size in sizes.items() if name.endswith((".xml", ".rels")) and not name.startswith(_LONG))
    if sum(sizes.values()) > _MOST_UNPACKED or small > _MOST_SMALL or "xl/workbook.xml" not in sizes:
        raise _no_sheet()


def _require_calm(data: bytes) -> None:
    """Nothing in it grows when it is read: neither entities, nor a row without an end, which is held in memory as a whole."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        for one in archive.infolist():
            if one.filename.endswith((".xml", ".rels")):
                with archive.open(one) as part:
                    rows = one.filename.startswith("xl/worksheets/")
                    for piece in _pieces(part):
                        if _ENTITY.search(piece) or (rows and len(piece) >= _PIECE and b"row" not in piece):
                            raise _no_sheet()


def _pieces(part: IO[bytes]) -> Iterator[bytes]:
    """Each with the end of the one before it, so that nothing is overlooked between two."""
    end = b""
    while piece := part.read(_PIECE):
        yield end + piece
        end = piece[-_OVERLAP:]


class Merged:
    """Cells that are one: below the first, what stands in it holds for each, as people read it.

    Args:
        part: the sheet.
        head: the line of the heads; what is merged there names columns and is no value.
    """

    def __init__(self, part: IO[bytes], head: int) -> None:
        found = {
            (int(top), column_index_from_string(left.decode()), int(bottom))
            for piece in _pieces(part)
            for left, top, bottom in _MERGED.findall(piece)
        }
        self._waiting = sorted(
            ((top, left, bottom) for top, left, bottom in found if head < top < bottom and left <= MOST_COLUMNS), reverse=True
        )
        self._open: dict[int, tuple[int, str]] = {}

    def fill(self, line: int, cells: list[str]) -> None:
        """Write into the empty cells of a line what holds for them."""
        while self._waiting and self._waiting[-1][0] <= line:
            top, left, bottom = self._waiting.pop()
            if top == line and left <= len(cells):
                self._open[left] = (bottom, cells[left - 1])
        self._open = {left: (bottom, text) for left, (bottom, text) in self._open.items() if bottom >= line}
        for left, (_, text) in self._open.items():
            if left <= len(cells) and not cells[left - 1]:
                cells[left - 1] = text


def _trimmed(cells: list[str]) -> list[str]:
    """Without the empty ones at the end: a row comes as wide as a sheet may be."""
    return cells[: max(place for place, cell in enumerate(cells, 1) if cell)]


def _text(value: object) -> str:
    match value:
        case None:
            return ""
        case float() if value.is_integer():
            return str(int(value))
        case datetime() if value.time() == time():
            return Day(value.date().isoformat())
        case date() | time() | timedelta():
            return Day(value)
        case _:
            return clean(str(value))


def _no_sheet() -> Problem:
    return Problem("registry.file_not_sheet", HTTPStatus.UNPROCESSABLE_ENTITY)
