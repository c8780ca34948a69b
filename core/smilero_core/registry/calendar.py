"""When a traditional market is open: daily markets, five-day markets and their closed days.

All dates are calendar days in Korea (KST). Three rules that no law writes down, each of which a market's own exceptions override:

* A market day repeats within the thirty days of the ten-day count, so the 31st is never one: a `1일+6일` market goes from
  the 26th to the 1st. That is how such markets are run (the association of Haenam's five-day market, a 1·6 market: "rests
  when the last day falls on the 31st, and opens on the 1st").
* Daily markets close on Lunar New Year's Day (설날) and Chuseok (추석) themselves. The days around them are the busiest of
  the year, so neither they nor substitute holidays close a market.
* A market day that falls on one of the two stays a market day: its rhythm is what people who come from afar rely on.
  An association that moves or skips it announces so, and that is an exception.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta, timezone
from enum import StrEnum
from functools import cache
from http import HTTPStatus
from typing import Final, Self

from holidays import country_holidays

from smilero_sdk.errors import Problem
from smilero_sdk.i18n import Catalogue

KST: Final = timezone(timedelta(hours=9), "KST")
EVERY_DAY: Final = "매일"

_DAY = re.compile(r"([1-9]|10)일")
_LAST_MARKET_DAY = 30
_HORIZON_DAYS = 366
_CLOSING_HOLIDAYS: Final = {"설날": "registry.closed.seollal", "추석": "registry.closed.chuseok"}


def kst_today(now: datetime) -> date:
    """The calendar day in Korea at `now`. Raises ValueError when `now` has no time zone."""
    if now.tzinfo is None:
        msg = "a time without a zone has no calendar day in Korea"
        raise ValueError(msg)
    return now.astimezone(KST).date()


class MarketKind(StrEnum):
    """시장유형 of the national standard data set; the values are its own words."""

    DAILY = "상설장"
    DAILY_AND_FIVE_DAY = "상설장+5일장"
    FIVE_DAY = "5일장"

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read 시장유형, spaces ignored. Raises Problem `registry.market_kind`."""
        try:
            return cls("".join(text.split()))
        except ValueError:
            raise Problem("registry.market_kind", HTTPStatus.UNPROCESSABLE_ENTITY) from None


@dataclass(frozen=True, slots=True)
class MarketDays:
    """시장개설주기: every day, or the days of the ten-day count on which a market is held.

    Attributes:
        days: ascending, each 1 to 10; `(4, 9)` means the 4th, 9th, 14th, 19th, 24th and 29th. Empty: every day.
    """

    days: tuple[int, ...] = ()

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read `매일` or `4일+9일`, spaces ignored. Raises Problem `registry.market_days`."""
        compact = "".join(text.split())
        if compact == EVERY_DAY:
            return cls()
        matches = [_DAY.fullmatch(part) for part in compact.split("+")]
        days = [int(match[1]) for match in matches if match]
        if len(days) < len(matches) or len(set(days)) < len(days):
            raise Problem("registry.market_days", HTTPStatus.UNPROCESSABLE_ENTITY)
        return cls(tuple(sorted(days)))

    def __contains__(self, day: date) -> bool:
        """Whether the rule names `day`, before holidays and exceptions."""
        return not self.days or day.day in self.month()

    def month(self) -> tuple[int, ...]:
        """The days of a thirty-day month, ascending; none for every day."""
        return tuple(day for day in range(1, _LAST_MARKET_DAY + 1) if any((day - named) % 10 == 0 for named in self.days))

    def __str__(self) -> str:
        """The published notation, days ascending."""
        return "+".join(f"{day}일" for day in self.days) or EVERY_DAY


@dataclass(frozen=True, slots=True)
class MarketCalendar:
    """The days of one market.

    Attributes:
        kind: a daily market is held `매일`, the two others name their days: anything else is Problem `registry.market_kind_days`.
        days: when the market is held.
        exceptions: announced days: False closes the market, True opens it. A market that names its days holds
            one on an announced open day, which is how a moved market day, or one on the 31st, is entered.
    """

    kind: MarketKind
    days: MarketDays
    exceptions: Mapping[date, bool] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Refuse a kind and days that contradict each other."""
        if (self.kind is MarketKind.DAILY) == bool(self.days.days):
            raise Problem("registry.market_kind_days", HTTPStatus.UNPROCESSABLE_ENTITY)

    @classmethod
    def of(cls, kind: str, days: str, exceptions: Mapping[date, bool] | None = None) -> Self:
        """Read the published notation. Raises the Problems of `MarketKind.parse`, `MarketDays.parse` and of the class."""
        return cls(MarketKind.parse(kind), MarketDays.parse(days), exceptions or {})

    def is_open(self, day: date) -> bool:
        """Whether one can shop there on `day`."""
        return self.why_closed(day) is None

    def is_market_day(self, day: date) -> bool:
        """Whether `day` is a day of the five-day market; never for a market that is only daily."""
        if self.kind is MarketKind.DAILY:
            return False
        return self.exceptions.get(day, day in self.days)

    def why_closed(self, day: date) -> str | None:
        """The catalogue key of the reason, None when the market is open."""
        announced = self.exceptions.get(day)
        if announced is not None:
            return None if announced else "registry.closed.announced"
        if self.is_market_day(day):
            return None
        if self.kind is MarketKind.FIVE_DAY:
            return "registry.closed.not_market_day"
        return _closing_holidays(day.year).get(day)

    def next_open(self, day: date) -> date | None:
        """The first open day after `day`; None when there is none within 366 days."""
        return next((later for later in _days_after(day) if self.is_open(later)), None)

    def next_market_day(self, day: date) -> date | None:
        """The first day of the five-day market after `day`; None when there is none within 366 days."""
        return next((later for later in _days_after(day) if self.is_market_day(later)), None)

    def describe(self, catalogue: Catalogue, language: str) -> str:
        """One phrase, such as `매일`, `4일·9일장` or `매일 열고 4일·9일은 장날`."""
        names = "·".join(catalogue.text(language, "registry.open.day", day=day) for day in self.days.days)
        dates = ", ".join(map(str, self.days.month()))
        return catalogue.text(language, f"registry.open.{self.kind.name.lower()}", days=names, dates=dates)


def _days_after(day: date) -> Iterator[date]:
    last = min(day.toordinal() + _HORIZON_DAYS, date.max.toordinal())
    return map(date.fromordinal, range(day.toordinal() + 1, last + 1))


def warm_up(day: date) -> None:
    """Load the holidays of a day's year. The library takes a second at its first use, for which no page should wait."""
    _closing_holidays(day.year)


@cache
def _closing_holidays(year: int) -> Mapping[date, str]:
    """설날 and 추석 of `year` with their reasons. `holidays` has both from 1989 to 2100, and neither outside.

    The language is pinned, whatever the process speaks: in Korean the day itself bears the bare name, the days around it and
    substitutes bear longer ones (설날 전날, 설날 대체 휴일).
    """
    korea = country_holidays("KR", years=year, language="ko")
    return {day: reason for day in korea for name, reason in _CLOSING_HOLIDAYS.items() if name in korea.get_list(day)}
