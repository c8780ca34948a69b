"""A table as a file: CSV that a spreadsheet opens as Korean, or XLSX. Both grow on the disk, not in memory, and hold no transaction."""

import csv
import io
import tempfile
from collections.abc import AsyncIterator, Sequence
from datetime import date, datetime
from typing import IO, Any, Protocol, cast

import anyio.to_thread
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter

from smilero_sdk.tables import Column, Kind

CSV_TYPE = "text/csv; charset=utf-8"
XLSX_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
TYPES = {"csv": CSV_TYPE, "xlsx": XLSX_TYPE}
_BOM = b"\xef\xbb\xbf"
_PIECE = 64 * 1024
_FORMATS = {Kind.NUMBER: "#,##0", Kind.WON: "#,##0", Kind.DATE: "yyyy-mm-dd", Kind.MOMENT: "yyyy-mm-dd hh:mm"}
_WIDTHS = {Kind.TEXT: 24, Kind.PHONE: 17, Kind.MOMENT: 17}
_WIDTH = 13

Cell = str | int | date | datetime | None


class Sheet(Protocol):
    """A file that rows are added to. Its methods take a thread's time; see `in_thread`."""

    media_type: str

    def add(self, rows: Sequence[Sequence[Cell]]) -> None:
        """More rows."""

    def close(self) -> tuple[IO[bytes], int]:
        """The file from its beginning, and how long it is. It is gone when it is closed."""


class CsvSheet:
    """UTF-8 with its mark, without which Excel takes it for CP949."""

    media_type = CSV_TYPE

    def __init__(self, heads: Sequence[str]) -> None:
        self._file = tempfile.TemporaryFile()  # noqa: SIM115 - it lives until it was sent
        self._file.write(_BOM)
        self.add([heads])

    def add(self, rows: Sequence[Sequence[Cell]]) -> None:
        """More rows."""
        out = io.StringIO()
        csv.writer(out, lineterminator="\r\n").writerows(rows)
        self._file.write(out.getvalue().encode())

    def close(self) -> tuple[IO[bytes], int]:
        """As `Sheet`."""
        return _from_its_beginning(cast("IO[bytes]", self._file))


class XlsxSheet:
    """One sheet with its head frozen; openpyxl writes it row by row into a file of its own."""

    media_type = XLSX_TYPE

    def __init__(self, title: str, heads: Sequence[str], columns: Sequence[Column]) -> None:
        self._book = Workbook(write_only=True)
        self._sheet: Any = self._book.create_sheet(title[:31])  # its class is openpyxl's own
        self._columns = columns
        self._sheet.freeze_panes = "A2"
        for number, column in enumerate(columns, 1):
            self._sheet.column_dimensions[get_column_letter(number)].width = _WIDTHS.get(column.kind, _WIDTH)
        self._sheet.append([self._head(head) for head in heads])

    def add(self, rows: Sequence[Sequence[Cell]]) -> None:
        """More rows."""
        for row in rows:
            self._sheet.append([self._cell(column, value) for column, value in zip(self._columns, row, strict=True)])

    def close(self) -> tuple[IO[bytes], int]:
        """As `Sheet`."""
        file = tempfile.TemporaryFile()  # noqa: SIM115 - as above
        self._book.save(file)
        return _from_its_beginning(cast("IO[bytes]", file))

    def explain(self, title: str, told: Sequence[tuple[str, str]]) -> None:
        """A second sheet: what belongs in which column."""
        about: Any = self._book.create_sheet(title[:31])
        about.column_dimensions["B"].width = 90
        for row in told:
            about.append(row)

    def _head(self, text: str) -> Any:  # noqa: ANN401 - a cell of openpyxl
        cell = self._text(text)
        cell.font = Font(bold=True)
        return cell

    def _cell(self, column: Column, value: Cell) -> Any:  # noqa: ANN401 - a value, or one with its form
        if isinstance(value, str):
            return self._text(value)
        if value is None or column.kind not in _FORMATS:
            return value
        cell = WriteOnlyCell(self._sheet)
        cell.value = value
        cell.number_format = _FORMATS[column.kind]
        return cell

    def _text(self, text: str) -> Any:  # noqa: ANN401 - a cell of openpyxl
        cell = WriteOnlyCell(self._sheet, text)
        # openpyxl takes whatever begins with = for a formula.
        cell.data_type = "s"
        return cell


async def pieces(file: IO[bytes]) -> AsyncIterator[bytes]:
    """A file to be sent, in pieces; closed at the end, however that comes."""
    try:
        while piece := await anyio.to_thread.run_sync(file.read, _PIECE):
            yield piece
    finally:
        file.close()


def _from_its_beginning(file: IO[bytes]) -> tuple[IO[bytes], int]:
    size = file.tell()
    file.seek(0)
    return file, size
