"""A sheet on its way in: read in the worker, looked at by whoever sent it, and then kept whole or not at all."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from asyncpg import UniqueViolationError

from smilero_core.db.driver import Record
from smilero_core.db.session import Session
from smilero_core.registry.shop_plan import Existing, ShopPlan
from smilero_sdk.errors import not_found
from smilero_sdk.ids import uuid7

# As many refused lines are told, and given back as a file; a sheet with more is another sheet.
MOST_REFUSED = 2_000
_STATES_OPEN = ("reading", "writing")
_PLAIN = """
    id, market_id, file_name, state, total, seen, added, changed, same, refused, created_at,
    state in ('reading', 'writing') and not exists (
      select from core.job j where j.plugin = 'core' and j.state = 'queued' and j.payload ->> 'run_id' = r.id::text
    ) as halted
"""

# The plan stays in the database, which writes it set by set: its rows never come here while the transaction is open.
_ADD = """
    insert into core.shop (id, market_id, name, stall, category, goods, phone, business_number, status)
    select id, market_id, name, stall, category, goods, phone, nullif(business_number, ''), 'open'
    from jsonb_to_recordset((select plan->'added' from core.import_run where id = $1)) as row
      (id uuid, market_id uuid, name text, stall text, category text, goods text, phone text, business_number text)
    on conflict do nothing
"""
_CHANGE = """
    update core.shop s set name = row.name, stall = row.stall, category = row.category, goods = row.goods, phone = row.phone,
      business_number = nullif(row.business_number, ''), updated_at = now()
    from jsonb_to_recordset((select plan->'changed' from core.import_run where id = $1)) as row
      (id uuid, name text, stall text, category text, goods text, phone text, business_number text, seen timestamptz)
    where s.id = row.id and s.updated_at = row.seen and s.status <> 'left'
"""


@dataclass(frozen=True)
class Verdict:
    """What was found in a sheet: made outside of any transaction.

    Attributes:
        plan: JSON of what is to be written; None where lines must be mended first.
        told: JSON of the head and the refused lines.
    """

    added: int
    changed: int
    same: int
    refused: int
    plan: str | None
    told: str

    @classmethod
    def of(cls, plan: ShopPlan, head: Sequence[str], lines: Sequence[Mapping[str, object]], refused: int) -> "Verdict":
        """Of a sheet that was read to its end. It takes a thread's time."""
        return cls(
            len(plan.added),
            len(plan.changed),
            plan.same,
            refused,
            None if refused else _json({"added": plan.added, "changed": plan.changed}),
            _json({"head": list(head), "lines": list(lines)}),
        )


@dataclass(frozen=True)
class Run:
    """One sheet.

    Attributes:
        state: `reading` until it was read; then `checked` (it can be kept), `refused` (lines must be mended first) or `unreadable` (it is
            no such sheet); `writing` until it was kept: `done`, or `stale`: the registry changed meanwhile, and nothing was kept.
        total, seen: lines below the head, and how many were looked at so far.
        refused: how many lines have faults; `faults` are those that are told.
        head: as the sheet has it.
        halted: whether no job is left that would bring it on: it failed too often, or whoever let it be kept may not any more.
    """

    id: UUID
    market_id: UUID | None
    file_name: str
    state: str
    total: int
    seen: int
    added: int
    changed: int
    same: int
    refused: int
    head: Sequence[str]
    faults: Sequence[Mapping[str, Any]]
    created_at: datetime
    halted: bool

    @property
    def busy(self) -> bool:
        """Whether the worker has still to do with it."""
        return self.state in _STATES_OPEN and not self.halted


class ImportRuns:
    """Runs within one transaction.

    Args:
        session: the application's own session, bound to the tenant.
    """

    def __init__(self, session: Session) -> None:
        self._session = session

    async def begin(self, name: str, content: bytes, market_id: UUID | None, by: UUID) -> UUID:
        """A new run, to be read."""
        run_id = uuid7()
        await self._session.execute(
            """
            insert into core.import_run (id, kind, market_id, file_name, state, content, created_by)
            values ($1, 'shops', $2, $3, 'reading', $4, $5)
            """,
            run_id,
            market_id,
            name,
            content,
            by,
        )
        return run_id

    async def one(self, run_id: UUID) -> Run:
        """A run. Raises `http.not_found`."""
        row = await self._session.fetch_row(f"select {_PLAIN}, faults from core.import_run r where id = $1", run_id)  # noqa: S608 - a constant of this module
        if row is None:
            raise not_found("import")
        return _run(row, row["faults"])

    async def far(self, run_id: UUID) -> Run:
        """The same without what is wrong with it, which may be long. Raises `http.not_found`."""
        row = await self._session.fetch_row(f"select {_PLAIN} from core.import_run r where id = $1", run_id)  # noqa: S608 - as above
        if row is None:
            raise not_found("import")
        return _run(row, None)

    async def latest(self, limit: int) -> list[Run]:
        """The newest first, without what is wrong with them."""
        rows = await self._session.fetch(f"select {_PLAIN} from core.import_run r order by id desc limit $1", limit)  # noqa: S608 - as above
        return [_run(row, None) for row in rows]

    async def content(self, run_id: UUID) -> bytes | None:
        """The file of a run that was not read yet; None for any other."""
        found = await self._session.fetch_value("select content from core.import_run where id = $1 and state = 'reading'", run_id)
        return found if isinstance(found, bytes) else None

    async def existing(self) -> list[Existing]:
        """Every shop that has not left."""
        rows = await self._session.fetch(
            """
            select id, market_id, name, stall, category, goods, phone, coalesce(business_number, '') as business_number, updated_at
            from core.shop where status <> 'left'
            """
        )
        return [Existing(*row.values()) for row in rows]

    async def advance(self, run_id: UUID, seen: int, total: int) -> None:
        """So far so good."""
        await self._session.execute(
            "update core.import_run set seen = $2, total = $3 where id = $1 and state = 'reading'", run_id, seen, total
        )

    async def unreadable(self, run_id: UUID, fault: Mapping[str, object]) -> None:
        """It is no such sheet."""
        await self._session.execute(
            """
            update core.import_run set state = 'unreadable', content = null, faults = $2::jsonb, finished_at = now()
            where id = $1 and state = 'reading'
            """,
            run_id,
            _json({"head": [], "lines": [fault]}),
        )

    async def judged(self, run_id: UUID, verdict: Verdict) -> None:
        """It was read to its end: what it would do, or what must be mended first."""
        await self._session.execute(
            """
            update core.import_run set state = $2, content = null, plan = $3::jsonb, faults = $4::jsonb, added = $5, changed = $6,
              same = $7, refused = $8, seen = total where id = $1 and state = 'reading'
            """,
            run_id,
            "refused" if verdict.refused else "checked",
            verdict.plan,
            verdict.told,
            verdict.added,
            verdict.changed,
            verdict.same,
            verdict.refused,
        )

    async def let(self, run_id: UUID) -> bool:
        """Let a run be kept that can be; False when it was let already, or is none of those. Raises `http.not_found`."""
        await self.one(run_id)
        return await self._session.execute("update core.import_run set state = 'writing' where id = $1 and state = 'checked'", run_id) == 1

    async def keep(self, run_id: UUID) -> bool | None:
        """Write all of it or nothing, and say which; None when it is not to be written any more."""
        row = await self._session.fetch_row(
            "select plan is not null as planned, added, changed from core.import_run where id = $1 and state = 'writing' for update", run_id
        )
        if row is None:
            return None
        kept = row["planned"] and await self._written(run_id, row["added"], row["changed"])
        await self._session.execute(
            "update core.import_run set state = $2, plan = null, finished_at = now() where id = $1", run_id, "done" if kept else "stale"
        )
        return bool(kept)

    async def _written(self, run_id: UUID, added: int, changed: int) -> bool:
        try:
            async with self._session.savepoint():
                # First those that move away from a stall, then those that come to one.
                _require(await self._session.execute(_CHANGE, run_id), changed)
                _require(await self._session.execute(_ADD, run_id), added)
        except (_ChangedMeanwhileError, UniqueViolationError):
            return False
        return True


def _run(row: Record, told: str | None) -> Run:
    found: dict[str, Any] = {"head": [], "lines": []} if told is None else json.loads(told)
    plain = {name: row[name] for name in Run.__dataclass_fields__ if name not in {"head", "faults"}}
    return Run(**plain, head=found["head"], faults=found["lines"])


class _ChangedMeanwhileError(Exception):
    """The registry is not any more what the plan was made for."""


def _require(written: int, planned: int) -> None:
    if written != planned:
        raise _ChangedMeanwhileError


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, default=str)
