"""A table as an XLSX file. openpyxl writes each row once to the disk, and the archive when the last one is known."""

import io
import re
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter

from smilero_core.registry.csv_file import harmless
from smilero_sdk.tables import Column, Kind

Cell = str | int | date | datetime | None

# What Excel takes at most in a cell (its specifications and limits), and in the name of a sheet, which has none of some signs.
_LONGEST, _LONGEST_TITLE = 32_767, 31
_NO_TITLE = re.compile(r"[\[\]:*?/\\']")
# What XML cannot hold besides (XML 1.0, 2.2), and what a reader would take for a sign written in figures (ECMA-376, part 1, 22.9.2.19).
_NO_TEXT = re.compile("[\ud800-\udfff\ufffe\uffff]")
_MARKED = re.compile("_(?=x[0-9A-Fa-f]{4}_)")
# Spreadsheets that take 1900 for a leap year count the days before its March otherwise than the rest.
_FIRST = date(1900, 3, 1)
_FORMATS = {Kind.NUMBER: "#,##0", Kind.WON: "#,##0", Kind.DATE: "yyyy-mm-dd", Kind.MOMENT: "yyyy-mm-dd hh:mm"}
_WIDTHS = {Kind.TEXT: 24, Kind.PHONE: 17, Kind.MOMENT: 17}
_WIDTH = 13


class XlsxSheet:
    """One sheet with its head frozen, and a second one that explains it where there is something to explain.

    Implements `files.Sheet`: all of its bytes come at the end.

    Args:
        title: of the sheet.
        columns: by their kinds numbers and days look as such.
        about: title and rows of the second sheet.
    """

    media_type = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

    def __init__(
        self, title: str, heads: Sequence[str], columns: Sequence[Column], about: tuple[str, Sequence[Sequence[str]]] | None = None
    ) -> None:
        self._book = Workbook(write_only=True)
        self._sheet: Any = self._book.create_sheet(_title(title, 1))  # its class is openpyxl's own
        self._heads = heads
        self._columns = columns
        self._about = about

    def head(self) -> bytes:
        """As `Sheet`."""
        self._sheet.freeze_panes = "A2"
        for number, column in enumerate(self._columns, 1):
            self._sheet.column_dimensions[get_column_letter(number)].width = _WIDTHS.get(column.kind, _WIDTH)
        bold = Font(bold=True)
        heads = [self._text(text) for text in self._heads]
        for cell in heads:
            cell.font = bold
        self._sheet.append(heads)
        return b""

    def add(self, rows: Iterable[Sequence[Cell]]) -> bytes:
        """As `Sheet`."""
        for row in rows:
            self._sheet.append([self._cell(column, value) for column, value in zip(self._columns, row, strict=True)])
        return b""

    def end(self) -> bytes:
        """As `Sheet`."""
        if self._about is not None:
            title, rows = self._about
            about: Any = self._book.create_sheet(_title(title, 2))
            about.column_dimensions["A"].width, about.column_dimensions["B"].width = _WIDTH + _WIDTH, 90
            for row in rows:
                about.append([self._text(text) for text in row])
        file = io.BytesIO()
        self._book.save(file)
        return file.getvalue()

    def _cell(self, column: Column, value: Cell) -> Any:  # noqa: ANN401 - a value, or a cell of openpyxl
        if isinstance(value, date) and (value.date() if isinstance(value, datetime) else value) < _FIRST:
            value = value.isoformat()
        if isinstance(value, str):
            return self._text(value) if value else None
        if value is None or column.kind not in _FORMATS:
            return value
        cell = WriteOnlyCell(self._sheet)
        cell.value = value
        cell.number_format = _FORMATS[column.kind]
        return cell

    def _text(self, text: str) -> Any:  # noqa: ANN401 - a cell of openpyxl
        """A text that is one by its type, whatever it begins with; openpyxl takes what begins with = for a formula."""
        said = _NO_TEXT.sub("", ILLEGAL_CHARACTERS_RE.sub("", text.replace("\r\n", "\n").replace("\r", "\n")))[:_LONGEST]
        cell = WriteOnlyCell(self._sheet, _MARKED.sub("_x005F_", said))
        cell.data_type = "s"
        cell.quotePrefix = harmless(text) is not text
        return cell


def _title(title: str, number: int) -> str:
    said = " ".join(_NO_TITLE.sub(" ", _NO_TEXT.sub("", ILLEGAL_CHARACTERS_RE.sub("", title))).split())[:_LONGEST_TITLE]
    return said or str(number)
