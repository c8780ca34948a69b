"""Market days, the two holidays that close a market, and what a market announces for itself."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import smilero_core.registry
from smilero_core.registry.calendar import MarketCalendar, MarketDays, MarketKind, kst_today
from smilero_sdk.errors import Problem
from smilero_sdk.i18n import LANGUAGES, Catalogue

# 설날 and 추석 as published each year in the Korea Astronomy and Space Science Institute's almanac. 1997, 2027 and 2028 are
# years in which the Chinese calendar has another New Year's Day.
SEOLLAL = [
    date(1990, 1, 27),
    date(1997, 2, 8),
    date(2000, 2, 5),
    date(2023, 1, 22),
    date(2024, 2, 10),
    date(2025, 1, 29),
    date(2026, 2, 17),
    date(2027, 2, 7),
    date(2028, 1, 27),
]
CHUSEOK = [date(1990, 10, 3), date(2017, 10, 4), date(2024, 9, 17), date(2025, 10, 6), date(2026, 9, 25), date(2028, 10, 3)]

DAILY = MarketCalendar.of("상설장", "매일")
MORAN = MarketCalendar.of("상설장+5일장", "4일+9일")
FIVE_DAY = MarketCalendar.of("5일장", "1일+6일")

days = st.dates(date(1990, 1, 1), date(2050, 12, 31))
endings = st.sets(st.integers(1, 10), min_size=1).map(lambda chosen: tuple(sorted(chosen)))
five_day_kinds = st.sampled_from([MarketKind.FIVE_DAY, MarketKind.DAILY_AND_FIVE_DAY])


def dates_in(calendar: MarketCalendar, year: int, month: int) -> list[int]:
    first = date(year, month, 1)
    month_days = [first + timedelta(days=offset) for offset in range(31)]
    return [day.day for day in month_days if day.month == month and calendar.is_market_day(day)]


class TestNotation:
    @pytest.mark.parametrize(
        ("written", "normal"),
        [("매일", "매일"), ("9일+4일", "4일+9일"), (" 5일 + 10일 ", "5일+10일"), ("2일+4일+7일+9일", "2일+4일+7일+9일")],
    )
    def test_is_read_and_written_back_in_one_form(self, written: str, normal: str) -> None:
        assert str(MarketDays.parse(written)) == normal

    @pytest.mark.parametrize(
        "written",
        ["32일", "0일", "4일+", "+4일", "", "아무때나", "4일+4일", "매일+4일", "4", "4,9일", "-4일", "11일", "04일", "٤일"],
    )
    def test_is_refused_when_no_such_days_exist(self, written: str) -> None:
        with pytest.raises(Problem) as refusal:
            MarketDays.parse(written)
        assert refusal.value.code == "registry.market_days"

    @settings(deadline=None)
    @given(endings)
    def test_survives_writing_and_reading(self, named: tuple[int, ...]) -> None:
        assert MarketDays.parse(str(MarketDays(named))) == MarketDays(named)

    def test_of_an_unknown_kind_is_refused(self) -> None:
        with pytest.raises(Problem) as refusal:
            MarketCalendar.of("야시장", "매일")
        assert refusal.value.code == "registry.market_kind"

    @pytest.mark.parametrize(("kind", "named"), [("상설장", "4일+9일"), ("5일장", "매일"), ("상설장+5일장", "매일")])
    def test_must_fit_the_kind(self, kind: str, named: str) -> None:
        with pytest.raises(Problem) as refusal:
            MarketCalendar.of(kind, named)
        assert refusal.value.code == "registry.market_kind_days"


class TestMarketDays:
    def test_are_the_days_of_the_ten_day_count(self) -> None:
        assert dates_in(MORAN, 2026, 11) == [4, 9, 14, 19, 24, 29]
        assert dates_in(MarketCalendar.of("5일장", "5일+10일"), 2026, 11) == [5, 10, 15, 20, 25, 30]
        assert dates_in(MarketCalendar.of("5일장", "5일+10일"), 2026, 2) == [5, 10, 15, 20, 25]

    def test_leave_out_the_31st(self) -> None:
        assert dates_in(FIVE_DAY, 2026, 12) == [1, 6, 11, 16, 21, 26]
        assert FIVE_DAY.next_market_day(date(2026, 12, 26)) == date(2027, 1, 1)

    def test_do_not_exist_in_a_daily_market(self) -> None:
        assert not DAILY.is_market_day(date(2026, 11, 4))
        assert DAILY.next_market_day(date(2026, 11, 4)) is None

    @settings(deadline=None)
    @given(five_day_kinds, endings, days)
    def test_agree_with_the_last_digit_of_the_date(self, kind: MarketKind, named: tuple[int, ...], day: date) -> None:
        expected = day.day != 31 and str(day.day)[-1] in {str(each)[-1] for each in named}
        assert MarketCalendar(kind, MarketDays(named)).is_market_day(day) is expected

    @settings(deadline=None)
    @given(five_day_kinds, endings, days)
    def test_that_are_next_have_none_before_them(self, kind: MarketKind, named: tuple[int, ...], day: date) -> None:
        calendar = MarketCalendar(kind, MarketDays(named))
        found = calendar.next_market_day(day)
        assert found is not None
        assert calendar.is_market_day(found)
        between = (day + timedelta(days=offset) for offset in range(1, (found - day).days))
        assert not any(calendar.is_market_day(earlier) for earlier in between)


class TestHolidays:
    @pytest.mark.parametrize("day", SEOLLAL)
    def test_seollal_closes_a_daily_market(self, day: date) -> None:
        assert DAILY.why_closed(day) == "registry.closed.seollal"
        assert DAILY.next_open(day - timedelta(days=1)) == day + timedelta(days=1)

    @pytest.mark.parametrize("day", CHUSEOK)
    def test_chuseok_closes_a_daily_market(self, day: date) -> None:
        assert DAILY.why_closed(day) == "registry.closed.chuseok"

    @pytest.mark.parametrize("day", [date(2024, 2, 9), date(2024, 2, 12), date(2025, 10, 8), date(2026, 1, 1), date(2026, 5, 5)])
    def test_the_days_around_substitutes_and_other_holidays_do_not(self, day: date) -> None:
        assert DAILY.is_open(day)

    @pytest.mark.parametrize("year", range(1990, 2051))
    def test_are_two_in_each_year(self, year: int) -> None:
        year_days = [date(year, 1, 1) + timedelta(days=offset) for offset in range(365)]
        reasons = [DAILY.why_closed(day) for day in year_days if not DAILY.is_open(day)]
        assert reasons == ["registry.closed.seollal", "registry.closed.chuseok"]

    def test_do_not_move_a_market_day(self) -> None:
        seollal_on_29th = date(2025, 1, 29)
        assert MORAN.is_open(seollal_on_29th)
        assert MORAN.is_market_day(seollal_on_29th)
        assert MarketCalendar.of("상설장+5일장", "1일+6일").why_closed(seollal_on_29th) == "registry.closed.seollal"

    @settings(deadline=None)
    @given(days, endings)
    def test_and_market_days_decide_all_there_is(self, day: date, named: tuple[int, ...]) -> None:
        rules = MarketDays(named)
        assert MarketCalendar(MarketKind.FIVE_DAY, rules).is_open(day) is (day in rules)
        assert MarketCalendar(MarketKind.DAILY_AND_FIVE_DAY, rules).is_open(day) is (day in rules or DAILY.is_open(day))


class TestExceptions:
    def test_close_a_market_day(self) -> None:
        day = date(2025, 1, 29)
        closed = MarketCalendar.of("5일장", "4일+9일", {day: False})
        assert closed.why_closed(day) == "registry.closed.announced"
        assert not closed.is_market_day(day)
        assert closed.next_market_day(day - timedelta(days=1)) == date(2025, 2, 4)

    def test_hold_a_market_on_the_31st(self) -> None:
        day = date(2026, 12, 31)
        assert FIVE_DAY.why_closed(day) == "registry.closed.not_market_day"
        held = MarketCalendar.of("5일장", "1일+6일", {day: True})
        assert held.is_open(day)
        assert held.is_market_day(day)
        assert held.next_open(date(2026, 12, 26)) == day

    def test_open_a_daily_market_on_a_holiday(self) -> None:
        chuseok = date(2026, 9, 25)
        opened = MarketCalendar.of("상설장", "매일", {chuseok: True})
        assert opened.is_open(chuseok)
        assert not opened.is_market_day(chuseok)

    def test_may_close_a_market_for_longer_than_one_looks_ahead(self) -> None:
        start = date(2026, 1, 1)
        rebuilt = MarketCalendar.of("상설장", "매일", {start + timedelta(days=offset): False for offset in range(400)})
        assert rebuilt.next_open(start) is None
        assert rebuilt.next_open(start + timedelta(days=390)) == start + timedelta(days=400)

    def test_the_last_day_there_is_has_no_next(self) -> None:
        assert DAILY.next_open(date.max) is None


class TestToday:
    def test_is_the_day_in_korea(self) -> None:
        assert kst_today(datetime(2026, 9, 24, 14, 59, tzinfo=UTC)) == date(2026, 9, 24)
        assert kst_today(datetime(2026, 9, 24, 15, 0, tzinfo=UTC)) == date(2026, 9, 25)

    def test_needs_a_time_zone(self) -> None:
        with pytest.raises(ValueError, match="zone"):
            kst_today(datetime(2026, 9, 24))  # noqa: DTZ001 - the mistake under test


class TestWords:
    catalogue = Catalogue()
    catalogue.add_folder(Path(str(smilero_core.registry.__file__)).parent)

    @pytest.mark.parametrize(
        ("calendar", "korean", "english"),
        [
            (DAILY, "매일", "Every day"),
            (MarketCalendar.of("5일장", "4일+9일"), "4일·9일장", "Market on the 4, 9, 14, 19, 24, 29 of each month"),
            (MORAN, "매일 열고 4일·9일은 장날", "Every day; market days on the 4, 9, 14, 19, 24, 29 of each month"),
        ],
    )
    def test_describe_the_calendar(self, calendar: MarketCalendar, korean: str, english: str) -> None:
        assert calendar.describe(self.catalogue, "ko") == korean
        assert calendar.describe(self.catalogue, "en") == english

    @pytest.mark.parametrize("language", LANGUAGES)
    def test_exist_for_every_reason_to_be_closed(self, language: str) -> None:
        closed = MarketCalendar.of("5일장", "4일+9일", {date(2026, 11, 5): False})
        reasons = [
            closed.why_closed(date(2026, 11, 5)),
            closed.why_closed(date(2026, 11, 6)),
            *(DAILY.why_closed(day) for day in (SEOLLAL[0], CHUSEOK[0])),
        ]
        assert len(set(reasons)) == 4
        assert all(reason in self.catalogue.keys(language) for reason in reasons)
