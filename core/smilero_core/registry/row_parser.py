"""Reads one line of the standard file; whatever is wrong with it is collected, so that a person corrects it all at once."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Final

from smilero_core.registry.calendar import MarketCalendar, MarketDays, MarketKind
from smilero_core.registry.market_row import MarketRow
from smilero_sdk.errors import Problem
from smilero_sdk.i18n import Catalogue

COLUMNS: Final = (
    "시장명",
    "시장유형",
    "소재지도로명주소",
    "소재지지번주소",
    "시장개설주기",
    "위도",
    "경도",
    "점포수",
    "취급품목",
    "사용가능상품권",
    "홈페이지주소",
    "공중화장실보유여부",
    "주차장보유여부",
    "개설연도",
    "전화번호",
    "데이터기준일자",
    "제공기관명",
)

# The longest name of the 2024 edition has 21 characters, the longest of all cells 48.
_LONGEST_NAME, _LONGEST = 80, 300
_SHOWN = 40
_LATITUDES, _LONGITUDES = (33.0, 38.7), (124.5, 132.0)  # Marado to Goseong, Baengnyeongdo to Dokdo
_SHOPS = re.compile(r"[0-9]{1,5}")
_YEAR = re.compile(r"[1-9][0-9]{3}")
_DEGREES = re.compile(r"[0-9]{1,3}(\.[0-9]{1,15})?")
_HOMEPAGE = re.compile(r"(?i:https?)://[\w-]+(\.[\w-]+)+(:[0-9]{1,5})?([/?#][^\s\"'<>\\^`{|}]*)?")


@dataclass(frozen=True, slots=True)
class LineError:
    """What is wrong with a line, or worth telling about it.

    Attributes:
        line: the number, from 1, of the line of the file on which the record begins.
        code: the key of the sentence.
        params: what the sentence names; a cell is shortened to 40 characters, a line number is text (1033, not 1,033).
        name: the market, empty when the line does not tell.
    """

    line: int
    code: str
    params: Mapping[str, object]
    name: str = ""

    def text(self, catalogue: Catalogue, language: str) -> str:
        """The sentence, with the line and the market in front."""
        reason = catalogue.text(language, self.code, **self.params)
        key = "registry.line_named" if self.name else "registry.line"
        return catalogue.text(language, key, line=str(self.line), name=self.name, reason=reason)


@dataclass
class RowReader:
    """Reads the cells of one line, given by column; collects `errors`, which refuse the line, and `notices`, which do not."""

    line: int
    cells: Mapping[str, str]
    errors: list[LineError] = field(default_factory=list)
    notices: list[LineError] = field(default_factory=list)

    def read(self) -> MarketRow | None:
        """Return the market, or None when there are errors."""
        name, road, lot = self.cells["시장명"], self.cells["소재지도로명주소"], self.cells["소재지지번주소"]
        self._lengths()
        if not name:
            self._error("name")
        if not road and not lot:
            self._error("address")
        kind, days = self._calendar()
        latitude, longitude = self._coordinates()
        shops, data_date = self._shops(), self._data_date()
        opened_year, homepage = self._opened_year(data_date), self._homepage()
        toilet, parking = self._yes_no("공중화장실보유여부"), self._yes_no("주차장보유여부")
        if self.errors or kind is None or data_date is None:
            return None
        return MarketRow(
            name=name,
            kind=kind,
            road_address=road,
            lot_address=lot,
            market_days=str(days),
            latitude=latitude,
            longitude=longitude,
            shops=shops,
            goods=self._several("취급품목"),
            vouchers=self._several("사용가능상품권"),
            homepage=homepage,
            toilet=toilet,
            parking=parking,
            opened_year=opened_year,
            phone=self.cells["전화번호"],
            data_date=data_date,
            provider=self.cells["제공기관명"],
        )

    def _tell(self, reason: str, params: Mapping[str, str]) -> LineError:
        shown = {key: value if len(value) <= _SHOWN else f"{value[:_SHOWN]}…" for key, value in params.items()}
        return LineError(self.line, f"registry.{reason}", shown, self.cells["시장명"][:_SHOWN])

    def _error(self, reason: str, **params: str) -> None:
        self.errors.append(self._tell(f"row_{reason}", params))

    def _notice(self, reason: str, **params: str) -> None:
        self.notices.append(self._tell(f"notice_{reason}", params))

    def _lengths(self) -> None:
        for column, cell in self.cells.items():
            limit = _LONGEST_NAME if column == "시장명" else _LONGEST
            if len(cell) > limit:
                self._error("long", column=column, limit=str(limit))

    def _calendar(self) -> tuple[MarketKind | None, MarketDays | None]:
        kind, days = None, None
        try:
            kind = MarketKind.parse(self.cells["시장유형"])
        except Problem:
            self._error("kind", value=self.cells["시장유형"])
        try:
            days = MarketDays.parse(self.cells["시장개설주기"])
        except Problem:
            self._error("market_days", value=self.cells["시장개설주기"])
        if kind is not None and days is not None:
            try:
                MarketCalendar(kind, days)
            except Problem:
                self._error("market_kind_days", kind=str(kind), days=str(days))
        return kind, days

    def _coordinates(self) -> tuple[float | None, float | None]:
        latitude, longitude = self.cells["위도"], self.cells["경도"]
        if not latitude and not longitude:
            self._notice("coordinates")
            return None, None
        if _DEGREES.fullmatch(latitude) and _DEGREES.fullmatch(longitude):
            north, east = float(latitude), float(longitude)
            if _LATITUDES[0] <= north <= _LATITUDES[1] and _LONGITUDES[0] <= east <= _LONGITUDES[1]:
                return north, east
        self._error("coordinates", latitude=latitude, longitude=longitude)
        return None, None

    def _shops(self) -> int | None:
        written = self.cells["점포수"]
        if _SHOPS.fullmatch(written):
            return int(written)
        if written:
            self._error("shops", value=written)
        else:
            self._notice("shops")
        return None

    def _data_date(self) -> date | None:
        try:
            return datetime.strptime(self.cells["데이터기준일자"], "%Y-%m-%d").replace(tzinfo=UTC).date()
        except ValueError:
            self._error("date", value=self.cells["데이터기준일자"])
            return None

    def _opened_year(self, data_date: date | None) -> int | None:
        written = self.cells["개설연도"]
        if _YEAR.fullmatch(written) and (data_date is None or int(written) <= data_date.year):
            return int(written)
        if written:
            self._notice("opened_year", value=written)
        return None

    def _homepage(self) -> str:
        written = self.cells["홈페이지주소"]
        address = f"http://{written}" if written.startswith("www.") else written
        if not written or _HOMEPAGE.fullmatch(address):
            return address
        self._notice("homepage", value=written)
        return ""

    def _yes_no(self, column: str) -> bool | None:
        written = self.cells[column].upper()
        if written and written not in {"Y", "N"}:
            self._notice("yes_no", column=column, value=written)
        return {"Y": True, "N": False}.get(written)

    def _several(self, column: str) -> tuple[str, ...]:
        return tuple(dict.fromkeys(filter(None, (part.strip() for part in self.cells[column].split("+")))))
