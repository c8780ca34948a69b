"""Reading the audit log: the newest first, page by page, by whom, where, when and about what."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from smilero_core.db.driver import Record
from smilero_core.db.session import Session


@dataclass(frozen=True)
class Wanted:
    """Which entries: those for which all holds that is given.

    Attributes:
        who: part of the name of whoever acted, or for whom.
        what: a part of what is said, in small letters, and behind it the keys of the sentences that have it; empty: whatever is said.
        plugin: a plugin's word, or `core`.
        principal: the merchant for whom helpers acted.
        since, until: the first moment, and the first one after the last.
    """

    who: str = ""
    person: UUID | None = None
    plugin: str = ""
    since: datetime | None = None
    until: datetime | None = None
    subject: UUID | None = None
    principal: UUID | None = None
    what: Sequence[str] = ()


@dataclass(frozen=True)
class Entry:
    """One act.

    Attributes:
        person: None: the system itself.
        name: of the person; empty for one who was erased.
        role: of whoever acted, or `system`.
        on_behalf_of: the merchant for whom a helper acted; `principal` is her name, empty when she was erased.
        source: the plugin, or `core`.
        sentence: a key of the catalogue.
        values: the sentence's.
        approver: the name of whoever confirmed it, empty when that person was erased; None: it needed nobody.
    """

    id: UUID
    at: datetime
    person: UUID | None
    name: str
    role: str
    on_behalf_of: UUID | None
    principal: str
    source: str
    sentence: str
    values: dict[str, Any]
    subject: UUID | None
    before: dict[str, Any] | None
    after: dict[str, Any] | None
    approver: str | None = None


_CONDITIONS = {
    "who": ("exists (select from core.person w where w.id in (e.actor_id, e.on_behalf_of) and position(lower({}) in lower(w.name)) > 0)"),
    "person": "(e.actor_id = {0} or e.on_behalf_of = {0})",
    # The sentence itself, or what it says of this one.
    "what": "(e.sentence = any({0}::text[]) or position(({0}::text[])[1] in lower(e.params::text)) > 0)",
    "plugin": "e.plugin = {}",
    "since": "e.at >= {}",
    "until": "e.at < {}",
    "subject": "e.subject_id = {}",
    "principal": "e.on_behalf_of = {}",
}


class AuditReader:
    """The log of the bound tenant."""

    def __init__(self, session: Session) -> None:
        self._session = session

    async def page(self, wanted: Wanted, limit: int, *, before: UUID | None = None, after: UUID | None = None) -> list[Entry]:
        """At most so many entries, the newest first.

        Args:
            before: only what is older than this entry; one that is not there counts for nothing.
            after: what is newer, and next to it.
        """
        conditions, values = _conditions(wanted)
        edge = (
            await self._session.fetch_row("select at, id from core.audit_entry where id = $1", before or after) if before or after else None
        )
        up = edge is not None and before is None
        if edge is not None:
            values += [edge["at"], edge["id"]]
            conditions.append(f"(e.at, e.id) {'>' if up else '<'} (${len(values) - 1}, ${len(values)})")
        order = "e.at, e.id" if up else "e.at desc, e.id desc"
        rows = await self._session.fetch(
            f"""
            select e.*, coalesce(p.name, '') as name, coalesce(k.name, '') as principal, v.name as approver
            from core.audit_entry e
            left join core.person p on p.tenant_id = e.tenant_id and p.id = e.actor_id
            left join core.person k on k.tenant_id = e.tenant_id and k.id = e.on_behalf_of
            left join core.person v on v.tenant_id = e.tenant_id and v.id = (e.params ->> 'approved_by')::uuid
            {_where(conditions)} order by {order} limit {int(limit)}
            """,  # noqa: S608 - constants of this module
            *values,
        )
        return [_entry(row) for row in (reversed(rows) if up else rows)]

    async def count(self, wanted: Wanted, most: int) -> int:
        """How many there are; one more than `most` stands for all that are more."""
        conditions, values = _conditions(wanted)
        found = await self._session.fetch_value(
            f"select count(*) from (select from core.audit_entry e {_where(conditions)} limit {int(most) + 1}) found",  # noqa: S608 - as above
            *values,
        )
        return found if isinstance(found, int) else 0


def _conditions(wanted: Wanted) -> tuple[list[str], list[object]]:
    given = list(_given(wanted))
    return [_CONDITIONS[name].format(f"${place}") for place, (name, _) in enumerate(given, 1)], [value for _, value in given]


def _given(wanted: Wanted) -> Iterator[tuple[str, object]]:
    for name in _CONDITIONS:
        value = getattr(wanted, name)
        if value:
            yield name, value


def _where(conditions: list[str]) -> str:
    return f"where {' and '.join(conditions)}" if conditions else ""


def _entry(row: Record) -> Entry:
    values, before, after = (None if row[name] is None else json.loads(row[name]) for name in ("params", "before", "after"))
    return Entry(
        id=row["id"],
        at=row["at"],
        person=row["actor_id"],
        name=row["name"],
        role=row["role"],
        on_behalf_of=row["on_behalf_of"],
        principal=row["principal"],
        source=row["plugin"],
        sentence=row["sentence"],
        values=values or {},
        subject=row["subject_id"],
        before=before,
        after=after,
        approver=row["approver"],
    )
