"""The national standard file of traditional markets (전국전통시장표준데이터), as published or as saved by a spreadsheet.

One market a line, 18 columns, in CP949 or UTF-8; columns may stand in any order and others among them.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Final

from smilero_core.registry.csv_file import Record, clean, decode, records
from smilero_core.registry.market_row import MarketRow
from smilero_core.registry.row_parser import COLUMNS, LineError, RowReader
from smilero_sdk.errors import Problem

__all__ = ["LineError", "MarketRow", "StandardFile", "read_standard_file"]

MAX_ROWS: Final = 100_000


@dataclass(frozen=True, slots=True)
class StandardFile:
    """What a file holds of an area.

    Attributes:
        rows: the markets that can be imported, in the file's order.
        errors: what must be corrected first; an import is all or nothing.
        notices: what a person should know and need not correct.
    """

    rows: list[MarketRow] = field(default_factory=list)
    errors: list[LineError] = field(default_factory=list)
    notices: list[LineError] = field(default_factory=list)


def read_standard_file(data: bytes, *, area: Sequence[str] = ()) -> StandardFile:
    """Read the markets whose road or lot address contains one of `area`, or all markets.

    Lines of other areas are left alone, right or wrong; a line too broken to know its address counts as ours.
    Raises Problem `registry.file_*` (422, 413 for the size) for a file that is no such file at all.
    """
    lines = records(decode(data))
    header = next(lines, None)
    if header is None:
        raise Problem("registry.file_empty", HTTPStatus.UNPROCESSABLE_ENTITY)
    positions = _positions(header.cells)
    places = [clean(place) for place in area]
    found, first_lines = StandardFile(), dict[str, int]()
    count = 0
    for count, record in enumerate(lines, start=1):
        if count > MAX_ROWS:
            raise Problem("registry.file_too_many_rows", HTTPStatus.REQUEST_ENTITY_TOO_LARGE, limit=MAX_ROWS)
        if len(record.cells) == len(header.cells):
            _read_line(RowReader(record.line, {name: record.cells[at] for name, at in positions.items()}), places, found, first_lines)
        else:
            found.errors.append(_wrong_width(record, len(header.cells)))
    if not count:
        raise Problem("registry.file_no_rows", HTTPStatus.UNPROCESSABLE_ENTITY)
    return found


def _positions(header: Sequence[str]) -> dict[str, int]:
    names = ["".join(name.split()) for name in header]
    missing = [name for name in COLUMNS if name not in names]
    if missing:
        raise Problem("registry.file_column", HTTPStatus.UNPROCESSABLE_ENTITY, columns=", ".join(missing))
    twice = [name for name in COLUMNS if names.count(name) > 1]
    if twice:
        raise Problem("registry.file_column_twice", HTTPStatus.UNPROCESSABLE_ENTITY, columns=", ".join(twice))
    return {name: names.index(name) for name in COLUMNS}


def _read_line(reader: RowReader, places: Sequence[str], found: StandardFile, first_lines: dict[str, int]) -> None:
    addresses = [reader.cells["소재지도로명주소"], reader.cells["소재지지번주소"]]
    if places and any(addresses) and not any(place in address for place in places for address in addresses):
        return
    row = reader.read()
    found.errors.extend(reader.errors)
    found.notices.extend(reader.notices)
    if row is None:
        return
    first = first_lines.setdefault(row.key, reader.line)
    if first != reader.line:
        found.errors.append(LineError(reader.line, "registry.row_twice", {"first": str(first)}, row.name))
        return
    found.rows.append(row)


def _wrong_width(record: Record, expected: int) -> LineError:
    return LineError(record.line, "registry.row_fields", {"expected": expected, "found": len(record.cells)})
