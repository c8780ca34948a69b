"""A table as a file: CSV that a spreadsheet opens as Korean, or XLSX. Each is sent as it grows, none of it kept."""

import csv
import io
from collections.abc import Iterable, Sequence
from typing import Literal, Protocol

from smilero_tenants.tables.workbook import Cell, XlsxSheet

CSV_TYPE = "text/csv; charset=utf-8"
TYPES = {"csv": CSV_TYPE, "xlsx": XlsxSheet.media_type}
_BOM = b"\xef\xbb\xbf"


class Sheet(Protocol):
    """A file that rows are added to. Its methods take a thread's time, and each gives the bytes that it adds."""

    media_type: str

    def head(self) -> bytes:
        """The beginning."""

    def add(self, rows: Iterable[Sequence[Cell]]) -> bytes:
        """More rows."""

    def end(self) -> bytes:
        """The rest."""


class CsvSheet:
    """UTF-8 with its mark, without which Excel takes it for CP949."""

    media_type = CSV_TYPE

    def __init__(self, heads: Sequence[str], *, quoted: bool = False) -> None:
        self._heads = heads
        self._quoting: Literal[0, 1] = csv.QUOTE_ALL if quoted else csv.QUOTE_MINIMAL

    def head(self) -> bytes:
        """As `Sheet`."""
        return _BOM + self.add([self._heads])

    def add(self, rows: Iterable[Sequence[Cell]]) -> bytes:
        """As `Sheet`."""
        out = io.StringIO()
        csv.writer(out, quoting=self._quoting, lineterminator="\r\n").writerows(rows)
        return out.getvalue().encode()

    def end(self) -> bytes:
        """As `Sheet`."""
        return b""


def whole(sheet: Sheet, rows: Iterable[Sequence[Cell]]) -> bytes:
    """A short file at once."""
    return sheet.head() + sheet.add(rows) + sheet.end()
