"""A sheet that a foundation's people send: CSV as `csv_file` reads it, or a workbook, known by its content alone."""

import io
import zipfile
from collections.abc import Iterator
from datetime import date, datetime
from http import HTTPStatus
from typing import Final

from openpyxl import load_workbook

from smilero_core.registry.csv_file import Record, clean, decode, records
from smilero_sdk.errors import Problem

MAX_BYTES: Final = 10 * 2**20
MOST_ROWS: Final = 100_000
MOST_COLUMNS: Final = 50
_WORKBOOK = b"PK\x03\x04"
# What ten megabytes of an honest sheet become; a bomb becomes more.
_MOST_UNPACKED = 200 * 2**20


def require_sheet(data: bytes) -> None:
    """Whether it is a sheet at first sight, by its content. It takes a thread's time. Raises as `read_sheet`."""
    if len(data) > MAX_BYTES:
        raise Problem("registry.file_too_large", HTTPStatus.REQUEST_ENTITY_TOO_LARGE, limit=MAX_BYTES // 2**20)
    if data.startswith(_WORKBOOK):
        try:
            _require_workbook(data)
        except zipfile.BadZipFile as error:
            raise Problem("registry.file_not_sheet", HTTPStatus.UNPROCESSABLE_ENTITY) from error
    else:
        decode(data)


def read_sheet(data: bytes) -> list[Record]:
    """The records that hold anything, the head among them. It takes a thread's time.

    Raises Problem `registry.file_*` (422, 413 for the size) for what is no sheet.
    """
    found: list[Record] = []
    for record in _workbook(data) if data.startswith(_WORKBOOK) else records(decode(data)):
        if len(found) > MOST_ROWS:
            raise Problem("registry.file_too_many_rows", HTTPStatus.REQUEST_ENTITY_TOO_LARGE, limit=MOST_ROWS)
        found.append(record)
    if not found:
        raise Problem("registry.file_empty", HTTPStatus.UNPROCESSABLE_ENTITY)
    return found


def _workbook(data: bytes) -> Iterator[Record]:
    """The first sheet. Formulas count by the value that was last reckoned."""
    try:
        _require_workbook(data)
        book = load_workbook(io.BytesIO(data), read_only=True, data_only=True, keep_links=False)
        sheet = book.worksheets[0]
        # What a sheet says of its own size is not believed, and may be missing.
        sheet.reset_dimensions()
        for line, row in enumerate(sheet.iter_rows(max_col=MOST_COLUMNS, values_only=True), 1):
            cells = [_text(value) for value in row]
            if any(cells):
                yield Record(line, cells)
    except Problem:
        raise
    except Exception as error:  # whatever a broken archive makes of its readers
        raise Problem("registry.file_not_sheet", HTTPStatus.UNPROCESSABLE_ENTITY) from error


def _require_workbook(data: bytes) -> None:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        unpacked = sum(one.file_size for one in archive.infolist())
        names = set(archive.namelist())
    if unpacked > _MOST_UNPACKED or "xl/workbook.xml" not in names:
        raise Problem("registry.file_not_sheet", HTTPStatus.UNPROCESSABLE_ENTITY)


def _text(value: object) -> str:
    match value:
        case None:
            return ""
        case float() if value.is_integer():
            return str(int(value))
        case datetime():
            return value.date().isoformat()
        case date():
            return value.isoformat()
        case _:
            return clean(str(value))
