"""An XLSX file written as it is sent: a part of the archive after the other, each row once, none of it kept.

As ECMA-376 (Office Open XML), part 1, wants it of a workbook: 18.2 the workbook, 18.3 a sheet, 18.8 how cells look. Texts stand in
their cells (`inlineStr`): a table of all texts would have to be known before the first row, or kept until the last.
"""

import re
from collections.abc import Iterable, Sequence
from datetime import date, datetime, time, timedelta
from typing import IO, Final
from xml.sax.saxutils import escape
from zipfile import ZIP_DEFLATED, ZipFile

from smilero_core.registry.csv_file import harmless
from smilero_sdk.tables import Column, Kind

Cell = str | int | date | datetime | None

# What Excel takes at most in a cell (its specifications and limits), and in the name of a sheet, which has none of some signs.
_LONGEST, _LONGEST_TITLE = 32_767, 31
_NO_TITLE = re.compile(r"[\[\]:*?/\\']")
# What no cell of a workbook may hold (ECMA-376, part 1, 22.9.2.19, and XML 1.0, 2.2), and what a reader would take for such a sign.
_NO_TEXT = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_MARKED = re.compile("_(?=x[0-9A-Fa-f]{4}_)")
# Day 0 of a spreadsheet, as all count them that take 1900 for a leap year; before its March they do not agree.
_DAY_0, _FIRST = date(1899, 12, 30), date(1900, 3, 1)
_WIDTHS = {Kind.TEXT: 24, Kind.PHONE: 17, Kind.MOMENT: 17}
_WIDTH = 13
# Places among the cell formats of `_STYLES`.
_PLAIN, _HEAD, _NUMBER, _DAY, _MOMENT, _QUOTED = range(6)
# Fast, and small enough: a sheet is the same few marks again and again.
_LEVEL: Final = 1

_MAIN = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
_STYLES = f"""{_XML}<styleSheet {_MAIN}>\
<numFmts count="2"><numFmt numFmtId="164" formatCode="yyyy\\-mm\\-dd"/>\
<numFmt numFmtId="165" formatCode="yyyy\\-mm\\-dd\\ hh:mm"/></numFmts>\
<fonts count="2"><font><sz val="11"/><name val="Malgun Gothic"/></font><font><b/><sz val="11"/><name val="Malgun Gothic"/></font></fonts>\
<fills count="2"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill></fills>\
<borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders>\
<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs>\
<cellXfs count="6"><xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/>\
<xf numFmtId="0" fontId="1" fillId="0" borderId="0" xfId="0" applyFont="1"/>\
<xf numFmtId="3" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/>\
<xf numFmtId="164" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/>\
<xf numFmtId="165" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/>\
<xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0" quotePrefix="1"/></cellXfs>\
<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>"""


class _Drain:
    """Takes what the archive writes, until somebody takes it on."""

    def __init__(self) -> None:
        self._parts: list[bytes] = []

    def write(self, data: bytes) -> int:
        self._parts.append(bytes(data))
        return len(data)

    def flush(self) -> None:
        """There is nothing behind it."""

    def close(self) -> None:
        """As `flush`."""

    def taken(self) -> bytes:
        parts, self._parts = self._parts, []
        return b"".join(parts)


class XlsxSheet:
    """One sheet with its head frozen, and a second one that explains it where there is something to explain.

    Its methods take a thread's time, and each gives the bytes that it adds.

    Args:
        title: of the sheet.
        columns: by their kinds numbers and days look as such.
        about: title and rows of the second sheet.
    """

    media_type = f"{_TYPE}.sheet"

    def __init__(
        self, title: str, heads: Sequence[str], columns: Sequence[Column], about: tuple[str, Sequence[Sequence[str]]] | None = None
    ) -> None:
        self._drain = _Drain()
        self._archive = ZipFile(self._drain, "w", ZIP_DEFLATED, compresslevel=_LEVEL)
        self._titles = [title, *([about[0]] if about else [])]
        self._about = about[1] if about else ()
        self._heads = heads
        self._columns = columns
        self._letters = [_letters(number) for number in range(1, len(columns) + 1)]
        self._line = 1
        self._sheet: IO[bytes] | None = None

    def head(self) -> bytes:
        """The beginning."""
        for name, text in _parts(self._titles):
            self._archive.writestr(name, text)
        if self._about:
            width = [(1, _WIDTH + _WIDTH), (2, 90)]
            rows = "".join(
                self._line_of(line, [(f"{_letters(place)}{line}", text) for place, text in enumerate(row, 1)], _PLAIN)
                for line, row in enumerate(self._about, 1)
            )
            self._archive.writestr("xl/worksheets/sheet2.xml", f"{_opening(width, frozen=False)}{rows}</sheetData></worksheet>")
        self._sheet = self._archive.open("xl/worksheets/sheet1.xml", "w")
        widths = [(number, _WIDTHS.get(column.kind, _WIDTH)) for number, column in enumerate(self._columns, 1)]
        heads = self._line_of(1, [(f"{letters}1", text) for letters, text in zip(self._letters, self._heads, strict=True)], _HEAD)
        return self._written(_opening(widths, frozen=True) + heads)

    def add(self, rows: Iterable[Sequence[Cell]]) -> bytes:
        """More rows."""
        return self._written("".join(map(self._row, rows)))

    def end(self) -> bytes:
        """The rest."""
        self._written("</sheetData></worksheet>")
        if self._sheet is not None:
            self._sheet.close()
        self._archive.close()
        return self._drain.taken()

    def _written(self, text: str) -> bytes:
        if self._sheet is not None:
            self._sheet.write(text.encode())
        return self._drain.taken()

    def _row(self, row: Sequence[Cell]) -> str:
        self._line += 1
        line = str(self._line)
        places = zip(self._columns, self._letters, row, strict=True)
        cells = [self._cell(column, letters + line, value) for column, letters, value in places]
        return f'<row r="{line}">{"".join(cells)}</row>'

    def _line_of(self, line: int, cells: Sequence[tuple[str, str]], style: int) -> str:
        """A line of texts alone."""
        return f'<row r="{line}">{"".join([self._text(place, text, style) for place, text in cells])}</row>'

    def _cell(self, column: Column, place: str, value: Cell) -> str:
        match value:
            case None | "":
                return ""
            case str():
                return self._text(place, value, _QUOTED if harmless(value) is not value else _PLAIN)
            case bool():
                return f'<c r="{place}" t="b"><v>{value:d}</v></c>'
            case int():
                return f'<c r="{place}" s="{_NUMBER if column.kind in {Kind.NUMBER, Kind.WON} else _PLAIN}"><v>{value}</v></c>'
            case _:
                return self._day(place, value)

    def _day(self, place: str, value: date) -> str:
        day = value.date() if isinstance(value, datetime) else value
        if day < _FIRST:
            return self._text(place, value.isoformat(), _PLAIN)
        if not isinstance(value, datetime):
            return f'<c r="{place}" s="{_DAY}"><v>{(day - _DAY_0).days}</v></c>'
        gone = (value - datetime.combine(_DAY_0, time())) / timedelta(days=1)
        return f'<c r="{place}" s="{_MOMENT}"><v>{gone:.10f}</v></c>'

    def _text(self, place: str, text: str, style: int) -> str:
        """A text that is one by its type, whatever it begins with."""
        said = _NO_TEXT.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))[:_LONGEST]
        said = escape(_MARKED.sub("_x005F_", said) if "_x" in said else said)
        return f'<c r="{place}" s="{style}" t="inlineStr"><is><t xml:space="preserve">{said}</t></is></c>'


def _letters(number: int) -> str:
    """A column as a spreadsheet calls it: A to Z, AA and on."""
    before, place = divmod(number - 1, 26)
    return (_letters(before) if before else "") + chr(ord("A") + place)


def _opening(widths: Sequence[tuple[int, int]], *, frozen: bool) -> str:
    shown = ' tabSelected="1"' if frozen else ""
    pane = '<pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/>' if frozen else ""
    columns = "".join(f'<col min="{number}" max="{number}" width="{width}" customWidth="1"/>' for number, width in widths)
    return (
        f'{_XML}<worksheet {_MAIN}><sheetViews><sheetView{shown} workbookViewId="0">{pane}</sheetView>'
        f"</sheetViews><cols>{columns}</cols><sheetData>"
    )


def _parts(titles: Sequence[str]) -> list[tuple[str, str]]:
    """All but the sheets."""
    numbers = range(1, len(titles) + 1)
    types = "".join(f'<Override PartName="/xl/worksheets/sheet{one}.xml" ContentType="{_TYPE}.worksheet+xml"/>' for one in numbers)
    sheets = "".join(
        f'<sheet name="{_title(title, one)}" sheetId="{one}" r:id="rId{one}"/>' for one, title in zip(numbers, titles, strict=True)
    )
    links = "".join(f'<Relationship Id="rId{one}" Type="{_OFFICE}/worksheet" Target="worksheets/sheet{one}.xml"/>' for one in numbers)
    relationships = f'{_XML}<Relationships xmlns="{_PACKAGE}/relationships">'
    return [
        (
            "[Content_Types].xml",
            f"""{_XML}<Types xmlns="{_PACKAGE}/content-types">\
<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>\
<Default Extension="xml" ContentType="application/xml"/>\
<Override PartName="/xl/workbook.xml" ContentType="{_TYPE}.sheet.main+xml"/>\
<Override PartName="/xl/styles.xml" ContentType="{_TYPE}.styles+xml"/>{types}</Types>""",
        ),
        (
            "_rels/.rels",
            f'{relationships}<Relationship Id="rId1" Type="{_OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        ),
        ("xl/workbook.xml", f'{_XML}<workbook {_MAIN} xmlns:r="{_OFFICE}"><sheets>{sheets}</sheets></workbook>'),
        (
            "xl/_rels/workbook.xml.rels",
            f'{relationships}{links}<Relationship Id="rId{len(titles) + 1}" Type="{_OFFICE}/styles" Target="styles.xml"/></Relationships>',
        ),
        ("xl/styles.xml", _STYLES),
    ]


def _title(title: str, number: int) -> str:
    said = " ".join(_NO_TITLE.sub(" ", _NO_TEXT.sub("", title)).split())[:_LONGEST_TITLE]
    return escape(said, {'"': "&quot;"}) or str(number)
