"""Until when a coupon is good, as people say it."""

from calendar import monthrange
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

_WEEK, _THIRTY = timedelta(days=6), timedelta(days=29)


class Period(StrEnum):
    """An answer to “until when”; each is good to the end of its last day."""

    TODAY = "today"
    WEEK = "week"
    MONTH = "month"
    THIRTY = "thirty"

    def last_day(self, today: date) -> date:
        """The last day that the coupon is good for: a week and thirty days count today."""
        match self:
            case Period.TODAY:
                return today
            case Period.WEEK:
                return today + _WEEK
            case Period.MONTH:
                return today.replace(day=monthrange(today.year, today.month)[1])
            case Period.THIRTY:
                return today + _THIRTY


def end_of(day: date, timezone: str) -> datetime:
    """The moment at which a calendar day is over, aware."""
    return datetime.combine(day + timedelta(days=1), time.min, ZoneInfo(timezone))


def day_of(moment: datetime, timezone: str) -> date:
    """The calendar day of a moment where the market is."""
    return moment.astimezone(ZoneInfo(timezone)).date()
