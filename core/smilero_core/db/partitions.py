"""Partitions of the event log: one a month, made ahead by the owner, dropped when they are past keeping.

The key of the log is `(tenant_id, id)`, and an id is a UUIDv7, whose first 48 bits are milliseconds (RFC 9562 §5.7): a
range of ids is a range of time.
"""

import re
from calendar import monthrange
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import asyncpg

from smilero_core.db.driver import Connection
from smilero_sdk.binding import TENANT_CONDITION

TABLE = "core.event_log"
# Of a session: one process at a time changes the schema.
MIGRATIONS_LOCK = "select pg_advisory_lock(hashtext('smilero migrations'))"
# Delivered events stay for 25 months, so that a year can be compared with the one before it.
KEPT_MONTHS = 25
AHEAD_MONTHS = 14
# How far into the past a new installation can be told of, as a demo's sixty days are.
_BEHIND_MONTHS = 3
PARTITION = re.compile(r"event_log_(default|\d{4}_\d{2})")


async def keep_partitions(owner_url: str, today: date) -> None:
    """Make the months to come and the last three, and drop those that are past keeping. Idempotent.

    A row of no month goes to the partition `default`, so a late upgrade loses nothing.
    """
    connection = await asyncpg.connect(owner_url)
    try:
        await connection.execute(MIGRATIONS_LOCK)
        await _make(connection, f"{TABLE}_default", "default")
        for months in range(-_BEHIND_MONTHS, AHEAD_MONTHS + 1):
            month = _month(today, months)
            bounds = f"for values from ('{lowest_id(month)}') to ('{lowest_id(_month(month, 1))}')"
            await _make(connection, f"{TABLE}_{month:%Y_%m}", bounds)
        for name in await _before(connection, f"event_log_{_month(today, -KEPT_MONTHS):%Y_%m}"):
            await connection.execute(f"drop table core.{name}")
    finally:
        await connection.close()


def lowest_id(day: date) -> UUID:
    """The first identifier that can be made on a day, UTC."""
    milliseconds = int(datetime(day.year, day.month, day.day, tzinfo=UTC).timestamp() * 1000)
    return UUID(int=milliseconds << 80)


def _month(day: date, offset: int) -> date:
    first = day.replace(day=1)
    for _ in range(abs(offset)):
        first = first + timedelta(days=monthrange(first.year, first.month)[1]) if offset > 0 else (first - timedelta(days=1)).replace(day=1)
    return first


async def _make(connection: Connection, name: str, bounds: str) -> None:
    if await connection.fetchval("select to_regclass($1)", name):
        return
    async with connection.transaction():
        await connection.execute(f"create table {name} partition of {TABLE} {bounds}")
        await connection.execute(f"alter table {name} enable row level security, force row level security")
        await connection.execute(f"create policy tenant on {name} using ({TENANT_CONDITION}) with check ({TENANT_CONDITION})")


async def _before(connection: Connection, name: str) -> list[str]:
    rows = await connection.fetch(
        r"select relname from pg_class where relnamespace = 'core'::regnamespace and relname ~ '^event_log_\d{4}_\d{2}$' and relname < $1",
        name,
    )
    return [row["relname"] for row in rows]
