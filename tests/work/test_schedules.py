"""Schedules: by the wall clock of the tenant, once however many workers look, made up for once."""

import asyncio
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from smilero_core.jobs.clock import next_run
from smilero_sdk.jobs import Schedule
from tests.support.workers import Yard

SEOUL, NEW_YORK = "Asia/Seoul", "America/New_York"


async def nothing() -> None:
    return


def schedule(*, every: int | None = None, at: time | None = None, day: int | None = None) -> Schedule:
    return Schedule("one", nothing, timedelta(minutes=every) if every else None, at, day)


def on_the_wall(words: str, zone: str) -> datetime:
    return datetime.fromisoformat(words).replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)


@pytest.mark.parametrize(
    ("when", "after", "then"),
    [
        ({"every": 30}, "2026-11-24 09:10:00", "2026-11-24 09:30:00"),
        ({"every": 30}, "2026-11-24 09:30:00", "2026-11-24 10:00:00"),
        ({"every": 30}, "2026-12-31 23:59:59", "2027-01-01 00:00:00"),
        # From midnight on: a pause that does not fill the day ends with it.
        ({"every": 7 * 60}, "2026-11-24 21:00:00", "2026-11-25 00:00:00"),
        ({"every": 1440}, "2026-11-24 00:00:00", "2026-11-25 00:00:00"),
        ({"at": time(3)}, "2026-11-24 02:59:59", "2026-11-24 03:00:00"),
        ({"at": time(3)}, "2026-11-24 03:00:00", "2026-11-25 03:00:00"),
        ({"at": time(0)}, "2026-02-28 12:00:00", "2026-03-01 00:00:00"),
        ({"at": time(9, 30), "day": 1}, "2026-11-01 09:00:00", "2026-11-01 09:30:00"),
        ({"at": time(9, 30), "day": 1}, "2026-11-01 09:30:00", "2026-12-01 09:30:00"),
        ({"at": time(9, 30), "day": 28}, "2026-12-28 10:00:00", "2027-01-28 09:30:00"),
        ({"at": time(9, 30), "day": 28}, "2026-01-30 10:00:00", "2026-02-28 09:30:00"),
    ],
)
def test_the_next_run_in_korea(when: dict[str, int | time], after: str, then: str) -> None:
    found = next_run(schedule(**when), on_the_wall(after, SEOUL), SEOUL)  # type: ignore[arg-type]  # each name has its own type
    assert found == on_the_wall(then, SEOUL)


def test_the_day_is_that_of_the_wall_and_not_that_of_utc() -> None:
    # 03:00 in Seoul is 18:00 of the day before in UTC.
    assert next_run(schedule(at=time(3)), datetime(2026, 11, 24, 17, 0, tzinfo=UTC), SEOUL) == datetime(2026, 11, 24, 18, 0, tzinfo=UTC)


def test_where_clocks_are_set_each_day_has_one_run() -> None:
    runs, now = [], on_the_wall("2026-03-06 12:00:00", NEW_YORK)
    while now < on_the_wall("2026-11-03 12:00:00", NEW_YORK):
        now = next_run(schedule(at=time(1, 30)), now, NEW_YORK)
        runs.append(now.astimezone(ZoneInfo(NEW_YORK)).date())
    assert len(runs) == len(set(runs)) == (date(2026, 11, 4) - date(2026, 3, 6)).days
    spring = next_run(schedule(at=time(2, 30)), on_the_wall("2026-03-08 00:00:00", NEW_YORK), NEW_YORK)
    assert spring == on_the_wall("2026-03-08 03:30:00", NEW_YORK)


async def test_many_workers_fire_once(yard: Yard) -> None:
    await asyncio.gather(*(yard.clock.wind() for _ in range(4)))
    assert await yard.admin.fetchval("select count(*) from core.schedule") == 6
    await yard.admin.execute("update core.schedule set next_at = now() - interval '3 days'")
    await asyncio.gather(*(yard.clock.strike() for _ in range(6)))
    for tenant in yard.tenants:
        assert await yard.jobs(tenant) == [(name, "queued", 0) for name in ("half_hourly", "monthly", "nightly")]
        await asyncio.gather(*(yard.bench.take_turn(tenant) for _ in range(2)))
        # Missed for three days, made up for once.
        assert sorted(await yard.effects(tenant)) == ["half_hourly 0", "monthly 0", "nightly 0"]
    assert await yard.clock.strike() == set()


async def test_a_run_that_waits_is_not_queued_twice(yard: Yard) -> None:
    tenant, _ = yard.tenants
    await yard.clock.wind()
    for _ in range(3):
        await yard.admin.execute("update core.schedule set next_at = now() where name = 'half_hourly' and tenant_id = $1", tenant.id)
        assert await yard.clock.strike() == {tenant.id}
    await yard.work_off(tenant)
    assert await yard.effects(tenant) == ["half_hourly 0"]


async def test_the_first_run_is_the_next_by_the_clock(yard: Yard) -> None:
    await yard.clock.wind()
    assert await yard.clock.strike() == set()
    rows = await yard.admin.fetch("select distinct name, next_at at time zone 'Asia/Seoul' as at from core.schedule order by name")
    assert [row["name"] for row in rows] == ["half_hourly", "monthly", "nightly"]
    half_hourly, monthly, nightly = (row["at"] for row in rows)
    assert half_hourly.minute in {0, 30}
    assert (monthly.day, monthly.time()) == (1, time(9, 30))
    assert nightly.time() == time(3)


async def test_what_no_plugin_declares_any_more_is_left_alone(yard: Yard) -> None:
    await yard.clock.wind()
    await yard.admin.execute("update core.schedule set name = 'gone', next_at = now() where name = 'nightly'")
    assert await yard.clock.strike() == set()
    assert await yard.clock.wind() == 2
