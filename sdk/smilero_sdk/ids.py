"""Identifiers, made in Python so that a row is known before it is written."""

from uuid import UUID

from uuid_utils.compat import uuid7 as _uuid7


def uuid7() -> UUID:
    """A new time-ordered identifier (RFC 9562 §5.7); later ones sort after earlier ones, within a process too."""
    return _uuid7()
