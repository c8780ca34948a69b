"""Identifiers, made in Python so that a row is known before it is written."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import uuid_utils
from uuid_utils.compat import uuid7 as _uuid7

# Nearer to the clock than this counts as now, which keeps the order within a process.
_NOW = timedelta(minutes=1)


def uuid7(at: datetime | None = None) -> UUID:
    """A new time-ordered identifier (RFC 9562 §5.7); later ones sort after earlier ones, within a process too.

    Args:
        at: a moment of the past that it is for, aware; None, or one within the last minute: now.
    """
    if at is None or abs(datetime.now(UTC) - at) < _NOW:
        return _uuid7()
    return UUID(int=int(uuid_utils.uuid7(nanoseconds=int(at.timestamp() * 1_000_000) * 1000)))
