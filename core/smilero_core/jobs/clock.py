"""When a schedule runs next."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from smilero_sdk.jobs import Schedule

_DAY = timedelta(days=1)
_MIDNIGHT = time()


def next_run(schedule: Schedule, after: datetime, timezone: str) -> datetime:
    """The first moment of a schedule after another, UTC.

    Days and times are those of the wall where the tenant is. Where clocks are set forward, a time that is left out comes an
    hour later; where they are set back, one that comes twice is taken once.

    Args:
        after: aware.
        timezone: an IANA name.
    """
    zone = ZoneInfo(timezone)
    wall = after.astimezone(zone).replace(tzinfo=None)
    while True:
        wall = _next_on_the_wall(schedule, wall)
        found = wall.replace(tzinfo=zone).astimezone(UTC)
        if found > after:
            return found


def _next_on_the_wall(schedule: Schedule, wall: datetime) -> datetime:
    midnight = datetime.combine(wall.date(), _MIDNIGHT)
    if schedule.every is not None:
        passed = (wall - midnight) // schedule.every + 1
        return min(midnight + passed * schedule.every, midnight + _DAY)
    at = schedule.at or _MIDNIGHT
    found = datetime.combine(wall.date() if schedule.day is None else wall.date().replace(day=schedule.day), at)
    if found > wall:
        return found
    if schedule.day is None:
        return found + _DAY
    # The 1st plus 32 days is in the month after it, whatever month it is.
    return datetime.combine((found.replace(day=1) + timedelta(days=32)).date().replace(day=schedule.day), at)
