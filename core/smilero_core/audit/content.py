"""What of an entry is sealed, and how: bytes that are the same wherever and whenever they are made.

JSON as in RFC 8785 (JCS): no white space, UTF-8, the members of an object by their names in UTF-16. It differs in numbers, which stand
as PostgreSQL writes them (`jsonb` keeps them exactly, JCS would make doubles of them), and a time is text in UTC with microseconds.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from uuid import UUID

from smilero_core.db.driver import Record

# What the first link has in the place of its predecessor.
FIRST = bytes(32)

# The columns of an entry, and of nothing else. One that came later is part of what is sealed where it says something: what was sealed
# before it came has nothing there, and is sealed as it was.
_LATER = frozenset({"on_behalf_of"})
COLUMNS = ("tenant_id", "id", "at", "actor_id", "role", "plugin", "sentence", "params", "subject_id", "before", "after", "on_behalf_of")
_JSON = frozenset({"params", "before", "after"})


@dataclass(frozen=True)
class Link:
    """A link of the chain, without its seal.

    Attributes:
        number: 1, 2, 3, … within the tenant.
        entry: SHA-256 of the entry.
    """

    tenant_id: UUID
    number: int
    entry: bytes
    sealed_at: datetime

    def seal(self, previous: bytes) -> bytes:
        """SHA-256 over the link and the seal before it; `FIRST` before the first."""
        content = {
            "at": _plain(self.sealed_at),
            "entry": self.entry.hex(),
            "number": self.number,
            "previous": previous.hex(),
            "tenant_id": str(self.tenant_id),
        }
        return sha256(canonical(content)).digest()


class _Number(str):
    """A number as it is written."""

    __slots__ = ()


def entry_hash(row: Record | Mapping[str, object]) -> bytes:
    """SHA-256 of a row of `core.audit_entry`, its `jsonb` as text."""
    told = {name: _value(name, row[name]) for name in COLUMNS if name not in _LATER or row[name] is not None}
    return sha256(canonical(told)).digest()


def canonical(value: object) -> bytes:
    """The one form of a value made of None, bool, int, str, lists and objects."""
    return _written(value).encode()


def _value(name: str, value: object) -> object:
    if name in _JSON and isinstance(value, str):
        return json.loads(value, parse_int=_Number, parse_float=_Number)
    return _plain(value)


def _plain(value: object) -> object:
    if isinstance(value, datetime):
        return f"{value.astimezone(UTC):%Y-%m-%dT%H:%M:%S.%fZ}"
    return None if value is None else str(value)


def _written(value: object) -> str:
    match value:
        case _Number():
            return str(value)
        case Mapping():
            members = sorted(value.items(), key=lambda member: str(member[0]).encode("utf-16-be"))
            return "{" + ",".join(f"{_written(str(name))}:{_written(of)}" for name, of in members) + "}"
        case list():
            return "[" + ",".join(map(_written, value)) + "]"
        case _:
            return json.dumps(value, ensure_ascii=False)
