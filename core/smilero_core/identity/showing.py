"""A merchant shows her screen: a code of six digits, somebody of the foundation to whom she reads it, her leave, and fifteen minutes.

The code is made of the row's id with the foundation's key. So nothing is kept that lets anybody in, and at another foundation it opens
nothing. Whether it still stands is asked anew at each request, by the clock of the database: her session and theirs, their place at the
foundation, and the time.
"""

import hmac
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from uuid import UUID

from smilero_core.db.driver import Record
from smilero_core.db.session import Session
from smilero_core.identity.standing import Standing
from smilero_core.identity.vault import Vault
from smilero_sdk.context import Actor
from smilero_sdk.ids import uuid7

CODE_FOR = timedelta(minutes=10)
SHOWN_FOR = timedelta(minutes=15)
LONGEST_PATH = 500
_PURPOSE = "help code"
_CODES = 1_000_000
_FRESH_IDS = 20

# Of a row `w` of core.showing: not ended, in time, and both are where they were: she in the session in which she asked, and still of
# a shop; whoever gave the code in the one in which it was given, and still of the foundation.
STANDS = """
    (w.ended_at is null and w.until > now()
      and exists (
        select from core.session v
        join core.membership b on b.person_id = v.person_id and b.role in ('merchant', 'clerk') and b.ended_at is null
        where v.id = w.session_id and v.ended_at is null and v.expires_at > now() and v.helping_id is null
      )
      and (w.staff_id is null or exists (
        select from core.session d
        join core.membership o on o.person_id = d.person_id and o.role in ('owner', 'staff') and o.ended_at is null
        where d.watching_id = w.id and d.person_id = w.staff_id and d.ended_at is null and d.expires_at > now()
      )))
"""
_MINUTES = "greatest(0, ceil(extract(epoch from w.until - now()) / 60))::int as minutes"


class State(StrEnum):
    """How far it is: the code was not given yet; it was, and she is asked; she shows her screen; it is over."""

    WAITING = "waiting"
    ASKED = "asked"
    SHOWN = "shown"
    OVER = "over"


@dataclass(frozen=True)
class Showing:
    """What a merchant shows, or is about to.

    Attributes:
        merchant, staff: their names; `staff` is empty until somebody gave the code.
        path: the page of the portal from which she asked.
        minutes: how many are left, the last one begun counted.
        lately: whether it was over less than ten minutes ago.
    """

    id: UUID
    merchant_id: UUID
    merchant: str
    staff_id: UUID | None
    staff: str
    path: str
    state: State
    minutes: int
    lately: bool


@dataclass(frozen=True)
class LookingActor(Standing):
    """Somebody of the foundation on a merchant's screen, in her role.

    Attributes:
        showing_id: by which showing.
    """

    showing_id: UUID | None = None


def showing_of_actor(actor: Actor | None) -> UUID | None:
    """The showing by which somebody looks; None for one who does not."""
    return actor.showing_id if isinstance(actor, LookingActor) else None


@dataclass(frozen=True)
class Watching:
    """A screen that somebody of the foundation is shown just now.

    Attributes:
        merchant: her name.
        by: who looks, in the own role: it is in this name that each look is on record.
    """

    id: UUID
    merchant_id: UUID
    merchant: str
    minutes: int
    by: Actor


class Showings:
    """The showings of a foundation within one transaction.

    Args:
        session: the application's own session, bound to the tenant.
    """

    def __init__(self, session: Session, tenant_id: UUID, vault: Vault) -> None:
        self._session = session
        self._tenant_id = tenant_id
        self._vault = vault

    def code(self, showing_id: UUID) -> str:
        """The six digits of a row."""
        return _digits(self._vault.index(self._tenant_id, _PURPOSE, str(showing_id)))

    async def begin(self, merchant_id: UUID, session_id: UUID, path: str) -> tuple[Showing, bool]:
        """Ask for help from a page: the showing, and whether it is new. One that still goes on in this browser is given again."""
        await self._session.execute(
            f"update core.showing w set ended_at = now() where w.session_id = $1 and w.ended_at is null and not {STANDS}",  # noqa: S608 - a constant of this module
            session_id,
        )
        made = await self._session.execute(
            """
            insert into core.showing (id, merchant_id, session_id, path, until) values ($1, $2, $3, $4, now() + $5::interval)
            on conflict (tenant_id, session_id) where ended_at is null do nothing
            """,
            await self._fresh_id(),
            merchant_id,
            session_id,
            path[:LONGEST_PATH],
            CODE_FOR,
        )
        found = await self._one("w.session_id = $1 and w.ended_at is null", session_id)
        if found is None:
            msg = "a showing was made and is not there"
            raise RuntimeError(msg)
        return found, made == 1

    async def of_session(self, session_id: UUID) -> Showing | None:
        """The newest in a merchant's browser."""
        return await self._one("w.session_id = $1", session_id)

    async def one(self, showing_id: UUID) -> Showing | None:
        """By its id."""
        return await self._one("w.id = $1", showing_id)

    async def watched_in(self, session_id: UUID) -> Showing | None:
        """What was last asked for in a browser of the foundation's."""
        return await self._one("w.id = (select s.watching_id from core.session s where s.id = $1)", session_id)

    async def take(self, code: str, staff_id: UUID, session_id: UUID) -> Showing | None:
        """Give a code that somebody reads out: she is asked now. Of two who give it at once one has it.

        What the browser was shown before is over. None: no such code, or not any more, or one's own.
        """
        rows = await self._session.fetch(
            f"select w.id from core.showing w where w.staff_id is null and w.merchant_id <> $1 and {STANDS}",  # noqa: S608 - as above
            staff_id,
        )
        found = [row["id"] for row in rows if self._is_code(code, row["id"])]
        # Two alike are a chance in a million, and nobody is led to a screen by chance.
        if len(found) != 1:
            return None
        taken = await self._session.execute(
            "update core.showing set staff_id = $2 where id = $1 and staff_id is null and ended_at is null and until > now()",
            found[0],
            staff_id,
        )
        if not taken:
            return None
        await self.leave(session_id)
        await self._session.execute("update core.session set watching_id = $2 where id = $1", session_id, found[0])
        return await self.one(found[0])

    async def allow(self, showing_id: UUID, merchant_id: UUID) -> bool:
        """Show the screen from now on, for fifteen minutes; False when there is nobody any more to whom, or it is shown already."""
        return (
            await self._session.execute(
                f"""
                update core.showing w set allowed_at = now(), until = now() + $3::interval
                where w.id = $1 and w.merchant_id = $2 and w.allowed_at is null and w.staff_id is not null and {STANDS}
                """,  # noqa: S608 - as above
                showing_id,
                merchant_id,
                SHOWN_FOR,
            )
            == 1
        )

    async def end(self, showing_id: UUID) -> bool:
        """Show nothing any more, from the next request on; False when it was over already."""
        return await self._session.execute("update core.showing set ended_at = now() where id = $1 and ended_at is null", showing_id) == 1

    async def leave(self, session_id: UUID) -> Showing | None:
        """Let a browser of the foundation's be shown nothing any more; what it was shown until now, None when that was over already."""
        watched = await self.watched_in(session_id)
        await self._session.execute("update core.session set watching_id = null where id = $1 and watching_id is not null", session_id)
        ended = watched is not None and await self.end(watched.id)
        return watched if ended and watched is not None and watched.state is not State.OVER else None

    async def _one(self, condition: str, value: UUID) -> Showing | None:
        row = await self._session.fetch_row(
            f"""
            select w.id, w.merchant_id, k.name as merchant, w.staff_id, coalesce(p.name, '') as staff, w.path, {_MINUTES},
              case when not {STANDS} then 'over' when w.allowed_at is not null then 'shown' when w.staff_id is not null then 'asked'
                else 'waiting' end as state,
              least(w.ended_at, w.until) > now() - interval '10 minutes' as lately
            from core.showing w join core.person k on k.id = w.merchant_id left join core.person p on p.id = w.staff_id
            where {condition} order by w.id desc limit 1
            """,  # noqa: S608 - as above
            value,
        )
        return Showing(**{**dict(row), "state": State(row["state"])}) if row else None

    async def _fresh_id(self) -> UUID:
        """An id whose code is nobody's just now."""
        rows = await self._session.fetch("select id from core.showing where ended_at is null and staff_id is null and until > now()")
        taken = {self.code(row["id"]) for row in rows}
        return next(one for one in (uuid7() for _ in range(_FRESH_IDS)) if self.code(one) not in taken)

    def _is_code(self, code: str, showing_id: UUID) -> bool:
        """Also by the secret before the last change."""
        possible = [_digits(index) for index in self._vault.indexes(self._tenant_id, _PURPOSE, str(showing_id))]
        return any([hmac.compare_digest(code.encode(), one.encode()) for one in possible])  # noqa: C419 - each is compared


async def is_shown(session: Session, showing_id: UUID) -> bool:
    """Whether a screen is shown at this moment."""
    sql = f"select w.allowed_at is not null and {STANDS} from core.showing w where w.id = $1"  # noqa: S608 - as above
    return bool(await session.fetch_value(sql, showing_id))


def watching_of(rows: Sequence[Record], by: Actor) -> Watching:
    """What a query with `WATCHED` tells."""
    first = rows[0]
    return Watching(first["id"], first["merchant_id"], first["merchant"], first["minutes"], by)


# What is read of what a browser is shown, with her name, her roles `m` at her shops and the shop that she works for.
WATCHED = f"w.id, w.merchant_id, k.name as merchant, w.allowed_at is not null as allowed, {STANDS} as stands, {_MINUTES}"


def _digits(index: bytes) -> str:
    return f"{int.from_bytes(index[:8]) % _CODES:06d}"
