"""Commands that wait for a second person, and which commands a foundation wants that for: reading and writing within one transaction."""

import hashlib
import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any
from uuid import UUID

from smilero_core.db.driver import Record
from smilero_core.db.session import Session
from smilero_core.identity.vault import COMMAND, Vault
from smilero_sdk.errors import not_found
from smilero_sdk.ids import uuid7
from smilero_sdk.roles import Role

LIFETIME = timedelta(days=7)
SHOWN = 200


class State(StrEnum):
    """How it is with a command. `FAILED`: it was confirmed and could not be done any more; `VOID`: whoever asked may not any more."""

    WAITING = "waiting"
    DONE = "done"
    REFUSED = "refused"
    FAILED = "failed"
    WITHDRAWN = "withdrawn"
    EXPIRED = "expired"
    VOID = "void"


@dataclass(frozen=True)
class Asker:
    """On whose word a command waits.

    Attributes:
        on_behalf_of, helping_id: the merchant for whom a helper asks, and her leave.
        client_id: the program from outside through which the person asks.
    """

    person_id: UUID
    role: Role
    on_behalf_of: UUID | None = None
    helping_id: UUID | None = None
    client_id: UUID | None = None

    @property
    def people(self) -> frozenset[UUID]:
        """Who may not confirm it."""
        return frozenset(one for one in (self.person_id, self.on_behalf_of) if one is not None)


@dataclass(frozen=True)
class Told:
    """What was said that it will do, as `smilero_sdk.approvals.Proposal` has it."""

    sentence: str
    values: Mapping[str, Any] = field(default_factory=dict)
    facts: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Body:
    """A command as it was sent.

    Attributes:
        parameters: of the address, as texts.
        form: what a page posted.
        text: the body of an operation of the API.
        query: of its address.
    """

    parameters: Mapping[str, str] = field(default_factory=dict)
    form: Mapping[str, str] | None = None
    text: str | None = None
    query: Mapping[str, str] | None = None


@dataclass(frozen=True)
class Command:
    """A command that is to wait.

    Attributes:
        plugin: or `core`.
        name: of the approval.
        operation: its key among those of the plugin.
        permission: what both must hold.
    """

    plugin: str
    name: str
    operation: str
    permission: str
    body: Body
    told: Told
    language: str
    shop_id: UUID | None = None


@dataclass(frozen=True)
class Held:
    """One that waits, or did.

    Attributes:
        asker_name, decider_name: empty for somebody who was erased; the decider's None while nobody has decided.
        sound: whether the body is the one that was kept.
        body, told: None when they were forgotten with a person.
        outcome: where it led, or the code and values of the refusal that it ended in.
    """

    id: UUID
    plugin: str
    name: str
    operation: str
    permission: str
    asker: Asker
    asker_name: str
    shop_id: UUID | None
    language: str
    state: State
    asked_at: datetime
    expires_at: datetime
    decided_at: datetime | None
    decided_by: UUID | None
    decider_name: str | None
    why: str
    reason: str
    outcome: Mapping[str, Any] | None
    body: Body | None
    told: Told | None
    sound: bool

    @property
    def is_waiting(self) -> bool:
        """Whether somebody can still decide."""
        return self.state is State.WAITING

    @property
    def why_mark(self) -> str:
        """Of the asker's reason: whoever says yes says it to that one. Empty without a reason."""
        return _hash(self.why).hex() if self.why else ""


# Of a row `a`.
ASKER_STANDS = """
    exists (
      select from core.membership m
      where m.person_id = coalesce(a.on_behalf_of, a.asked_by) and m.role = a.asked_as and m.ended_at is null
    )
"""
# In time, of a plugin that is on ($1), for one with these rights ($2) who has not asked ($3).
FOR_ME = f"""
    a.state = 'waiting' and a.expires_at > now() and a.plugin = any($1::text[]) and a.permission = any($2::text[])
    and a.asked_by <> $3 and a.on_behalf_of is distinct from $3 and {ASKER_STANDS}
"""
_READ = """
    select a.*, p.name as asker_name, d.name as decider_name from core.approval a
    join core.person p on p.id = a.asked_by left join core.person d on d.id = a.decided_by
"""


class Approvals:
    """The commands of one tenant.

    Args:
        session: the application's own session, bound to the tenant.
    """

    def __init__(self, session: Session, tenant_id: UUID, vault: Vault) -> None:
        self._session = session
        self._tenant_id = tenant_id
        self._vault = vault

    async def is_wanted(self, plugin: str, name: str) -> bool:
        """Whether the foundation wants a second person for it."""
        found = await self._session.fetch_value("select true from core.approval_choice where plugin = $1 and name = $2", plugin, name)
        return bool(found)

    async def wanted(self, plugin: str) -> frozenset[str]:
        """What of a plugin's it wants one for."""
        rows = await self._session.fetch("select name from core.approval_choice where plugin = $1", plugin)
        return frozenset(row["name"] for row in rows)

    async def want(self, plugin: str, name: str) -> bool:
        """Want a second person from now on; False when that was so already."""
        made = await self._session.execute(
            "insert into core.approval_choice (id, plugin, name) values ($1, $2, $3) on conflict (tenant_id, plugin, name) do nothing",
            uuid7(),
            plugin,
            name,
        )
        return made == 1

    async def want_no_more(self, plugin: str, name: str) -> bool:
        """Be content with one; False when that was so already."""
        return await self._session.execute("delete from core.approval_choice where plugin = $1 and name = $2", plugin, name) == 1

    async def waiting_already(self, command: Command, asker: Asker) -> UUID | None:
        """The same command on the same word that waits, if any. Of two taps at once the second waits here until the first is over."""
        digest, whose = _hash(_written(command)), f"smilero approvals {self._tenant_id} {asker.person_id} {asker.role.value}"
        await self._session.execute("select pg_advisory_xact_lock(hashtextextended($1, 0))", whose)
        found = await self._session.fetch_value(
            """
            select id from core.approval where state = 'waiting' and expires_at > now() and plugin = $1 and operation = $2
              and asked_by = $3 and asked_as = $4 and on_behalf_of is not distinct from $5 and body_hash = $6
            """,
            command.plugin,
            command.operation,
            asker.person_id,
            asker.role.value,
            asker.on_behalf_of,
            digest,
        )
        return found if isinstance(found, UUID) else None

    async def keep(self, command: Command, asker: Asker) -> tuple[UUID, bytes]:
        """Let a command wait for a week; its id, and the hash of what was kept."""
        text, held_id = _written(command), uuid7()
        await self._session.execute(
            """
            insert into core.approval (id, plugin, name, operation, permission, asked_by, asked_as, on_behalf_of, helping_id, client_id,
              shop_id, language, body_sealed, body_hash, asked_at, expires_at)
            values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, now(), now() + $15::interval)
            """,
            held_id,
            command.plugin,
            command.name,
            command.operation,
            command.permission,
            asker.person_id,
            asker.role.value,
            asker.on_behalf_of,
            asker.helping_id,
            asker.client_id,
            command.shop_id,
            command.language,
            self._vault.seal(self._tenant_id, COMMAND, text),
            _hash(text),
            LIFETIME,
        )
        return held_id, _hash(text)

    async def one(self, held_id: UUID) -> Held:
        """One of them. Raises `http.not_found`."""
        row = await self._session.fetch_row(f"{_READ} where a.id = $1", held_id)
        if row is None:
            raise not_found("approval")
        return self._held(row)

    async def lock(self, held_id: UUID) -> Held:
        """The same, held until the transaction ends: of two who decide at once the second reads what the first did."""
        await self._session.fetch_value("select id from core.approval where id = $1 for no key update", held_id)
        return await self.one(held_id)

    async def for_me(self, person_id: UUID, permissions: Collection[str], plugins: Collection[str]) -> list[Held]:
        """What waits for somebody's word, the oldest first."""
        rows = await self._session.fetch(
            f"{_READ} where {FOR_ME} order by a.asked_at, a.id limit {SHOWN}",
            sorted(plugins),
            sorted(permissions),
            person_id,
        )
        return [self._held(row) for row in rows]

    async def of_mine(self, person_id: UUID, limit: int) -> list[Held]:
        """What somebody asked for within a month, the newest first."""
        rows = await self._session.fetch(
            f"""
            {_READ} where a.asked_by = $1 and (a.state = 'waiting' or a.decided_at > now() - interval '30 days')
            order by a.asked_at desc, a.id desc limit {int(limit)}
            """,
            person_id,
        )
        return [self._held(row) for row in rows]

    async def say_why(self, held_id: UUID, why: str) -> None:
        """Add the asker's reason to one that waits."""
        await self._session.execute("update core.approval set why = $2 where id = $1 and state = 'waiting'", held_id, why)

    async def settle(
        self, held_id: UUID, state: State, by: UUID | None = None, *, reason: str = "", outcome: Mapping[str, object] | None = None
    ) -> bool:
        """End the waiting, once; False when it had ended."""
        settled = await self._session.execute(
            """
            update core.approval set state = $2, decided_by = $3, decided_at = now(), reason = $4, outcome = $5::jsonb
            where id = $1 and state = 'waiting'
            """,
            held_id,
            state.value,
            by,
            reason,
            None if outcome is None else json.dumps(outcome, default=str, ensure_ascii=False),
        )
        return settled == 1

    async def overdue(self) -> list[Held]:
        """What has waited for more than a week, or whose asker has the role no more; locked, but for what somebody decides just now."""
        ids = await self._session.fetch(
            f"""
            select a.id from core.approval a where a.state = 'waiting' and (a.expires_at <= now() or not {ASKER_STANDS})
            order by a.asked_at limit {SHOWN} for no key update of a skip locked
            """  # noqa: S608 - a constant of this module
        )
        return [await self.one(row["id"]) for row in ids]

    def _held(self, row: Record) -> Held:
        text = self._vault.open(self._tenant_id, COMMAND, row["body_sealed"]) if row["body_sealed"] else None
        body, told = _read(text) if text else (None, None)
        asker = Asker(row["asked_by"], Role(row["asked_as"]), row["on_behalf_of"], row["helping_id"], row["client_id"])
        same = ("id", "plugin", "name", "operation", "permission", "asker_name", "shop_id", "language", "asked_at", "expires_at")
        more = ("decided_at", "decided_by", "decider_name", "why", "reason")
        return Held(
            **{name: row[name] for name in (*same, *more)},
            asker=asker,
            state=State(row["state"]),
            outcome=json.loads(row["outcome"]) if row["outcome"] else None,
            body=body,
            told=told,
            sound=text is not None and _hash(text) == row["body_hash"],
        )


def as_said(told: Told) -> str:
    """What was said, to be compared: the same words give the same text, whether they have been kept meanwhile or not."""
    return json.dumps(_said(told), ensure_ascii=False, sort_keys=True, default=str)


def _said(told: Told) -> dict[str, object]:
    return {"sentence": told.sentence, "values": dict(told.values), "facts": [list(fact) for fact in told.facts]}


def _written(command: Command) -> str:
    body, said = command.body, _said(command.told)
    kept = {"parameters": dict(body.parameters), "form": body.form, "text": body.text, "query": body.query, "told": said}
    return json.dumps(kept, ensure_ascii=False, sort_keys=True)


def _read(text: str) -> tuple[Body, Told]:
    kept = json.loads(text)
    told = kept.pop("told")
    return Body(**kept), Told(told["sentence"], told["values"], tuple((label, value) for label, value in told["facts"]))


def _hash(text: str) -> bytes:
    return hashlib.sha256(text.encode()).digest()
