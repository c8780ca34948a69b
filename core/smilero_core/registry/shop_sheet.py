"""A foundation's own list of shops, line by line: what each says, or everything that is wrong with it."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Final
from uuid import UUID

from smilero_core.registry.business_number import normalise_business_number
from smilero_core.registry.csv_file import Day, Record
from smilero_sdk.errors import Problem

# The columns by what they are, in the order of the template, each as foundations call it; the first name is ours.
COLUMNS: Final[Mapping[str, tuple[str, ...]]] = {
    "market": ("시장", "시장명", "시장이름"),
    "name": ("상호", "점포명", "상호명", "가게이름", "점포"),
    "stall": ("자리", "호수", "점포번호", "위치"),
    "category": ("업종", "업종명", "분류"),
    "goods": ("파는 것", "취급품목", "품목", "주요품목"),
    "phone": ("전화번호", "전화", "연락처"),
    "business_number": ("사업자등록번호", "사업자번호"),
}
NEEDED: Final = ("name", "stall")
_LONGEST: Final = {"name": 80, "stall": 40, "goods": 200}
_PHONE = re.compile(r"0\d{8,10}|1\d{7}|050\d{8,9}")
_LOST_ZERO = re.compile(r"[1-9]\d{7,9}")
# What spreadsheets show of a cell that they made a day of, and so what a CSV file has of a stall `3-1`.
_MADE_DAY = re.compile("\\d{1,2}\uc6d4 ?\\d{1,2}\uc77c|\\d{1,2}-[A-Z][a-z]{2}|[A-Z][a-z]{2}-\\d{2}")
# What a formula leaves that could not be reckoned (ECMA-376, part 1, 18.17.3).
_ERRORS = frozenset({"#NULL!", "#DIV/0!", "#VALUE!", "#REF!", "#NAME?", "#NUM!", "#N/A", "#GETTING_DATA", "#SPILL!", "#CALC!"})


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong in one cell, as a sentence's key and values.

    Attributes:
        column: as in `COLUMNS`; empty for the line as a whole.
    """

    column: str
    code: str
    params: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ShopLine:
    """A line that can be kept; empty is what it does not say."""

    line: int
    market_id: UUID
    name: str
    stall: str
    category: str
    goods: str
    phone: str
    business_number: str


@dataclass(frozen=True)
class Known:
    """What lines are read against.

    Attributes:
        markets: ids by their names without spaces; two that are called the same are None.
        categories: codes by their labels without spaces.
        market_id: of every line, where somebody chose it; else the sheet has a column of it.
    """

    markets: Mapping[str, UUID | None]
    categories: Mapping[str, str]
    market_id: UUID | None = None


class ShopReader:
    """Reads the lines below one head.

    Raises Problem `imports.columns` (422) with the columns that are missing, `registry.file_column_twice`.
    """

    def __init__(self, head: Record, known: Known) -> None:
        names = ["".join(cell.split()) for cell in head.cells]
        self.heads: Sequence[str] = head.cells
        self._known = known
        self._at: dict[str, int] = {}
        for column, called in COLUMNS.items():
            found = [place for place, name in enumerate(names) if name in {"".join(one.split()) for one in called}]
            if len(found) > 1:
                raise Problem("registry.file_column_twice", HTTPStatus.UNPROCESSABLE_ENTITY, columns=called[0])
            if found:
                self._at[column] = found[0]
        needed = NEEDED if known.market_id else ("market", *NEEDED)
        missing = ", ".join(COLUMNS[one][0] for one in needed if one not in self._at)
        if missing:
            raise Problem("imports.columns", HTTPStatus.UNPROCESSABLE_ENTITY, columns=missing)

    def read(self, record: Record) -> tuple[ShopLine | None, list[Fault]]:
        """The line, or its faults, all of them."""
        cells = {column: self._cell(record, column) for column in COLUMNS}
        faults = [Fault(column, "imports.fault.empty") for column in NEEDED if not cells[column]]
        faults += [Fault(column, code) for column, text in cells.items() if (code := _spoilt(column, text))]
        faults += [Fault(column, "imports.fault.long", {"most": most}) for column, most in _LONGEST.items() if len(cells[column]) > most]
        market_id = self._market(cells["market"], faults)
        category = self._category(cells["category"], faults)
        phone, number = _phone(cells["phone"], faults), _business_number(cells["business_number"], faults)
        if faults or market_id is None:
            return None, faults
        return ShopLine(record.line, market_id, cells["name"], cells["stall"], category, cells["goods"], phone, number), []

    def _cell(self, record: Record, column: str) -> str:
        place = self._at.get(column)
        return record.cells[place] if place is not None and place < len(record.cells) else ""

    def _market(self, name: str, faults: list[Fault]) -> UUID | None:
        if self._known.market_id is not None:
            return self._known.market_id
        key = "".join(name.split())
        if not key:
            faults.append(Fault("market", "imports.fault.empty"))
        elif key not in self._known.markets:
            faults.append(Fault("market", "imports.fault.no_market", {"name": name}))
        elif self._known.markets[key] is None:
            faults.append(Fault("market", "imports.fault.two_markets", {"name": name}))
        return self._known.markets.get(key)

    def _category(self, label: str, faults: list[Fault]) -> str:
        found = self._known.categories.get("".join(label.split()), "") if label else ""
        if label and not found:
            faults.append(Fault("category", "imports.fault.category", {"name": label}))
        return found


def _spoilt(column: str, text: str) -> str:
    """What a spreadsheet made of a cell that nobody typed so, or nothing."""
    if isinstance(text, Day) or (column == "stall" and _MADE_DAY.fullmatch(text)):
        return "imports.fault.day"
    return "imports.fault.error" if text in _ERRORS else ""


def _phone(text: str, faults: list[Fault]) -> str:
    digits = re.sub(r"[\s().'-]", "", text)
    if digits and not _PHONE.fullmatch(digits):
        # A spreadsheet takes a number for a number, and drops its zero.
        lost = _LOST_ZERO.fullmatch(digits) is not None
        faults.append(Fault("phone", "imports.fault.phone_zero" if lost else "imports.fault.phone"))
    return digits


def _business_number(text: str, faults: list[Fault]) -> str:
    if not text:
        return ""
    try:
        return normalise_business_number(text)
    except Problem as problem:
        faults.append(Fault("business_number", problem.code))
        return ""
