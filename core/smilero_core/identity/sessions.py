"""Sessions: a random token in a cookie of the tenant's own host, kept as a hash."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import UUID

from smilero_core.db.driver import Record
from smilero_core.db.session import Session
from smilero_core.identity.helping import HELPED, STANDS, Helping, helping_of
from smilero_core.identity.showing import Watching
from smilero_core.identity.standing import STANDING, Standing, standing
from smilero_core.identity.tokens import new_token, token_hash
from smilero_sdk.errors import not_found
from smilero_sdk.ids import uuid7
from smilero_sdk.roles import Lent, Role

LIFETIME = timedelta(days=30)
_AT_A_SHOP = frozenset({Role.MERCHANT, Role.CLERK})
# Roles that nobody has in a session without a second factor.
GUARDED = frozenset({Role.OWNER, Role.STAFF})
# How long a second factor is fresh enough to change the factors themselves.
FRESH = timedelta(minutes=10)


@dataclass(frozen=True)
class SignedIn:
    """Who sits at the browser.

    Attributes:
        actor: in the first of the roles asked for that the person holds; None when the person holds none of them.
        shop_id: the shop that the browser works for just now: the chosen one, else the actor's first.
        waiting: who the actor will be once the session has been given a second factor; `actor` is None until then.
        fresh: whether a second factor was given within the last ten minutes.
        helping: for whom the browser acts; the actor is the helper in the merchant's role then, and in no other.
        helping_over: the browser acted for somebody whose leave stands no more: nobody acts in it until its owner says for whom.
        showing_id: what of her own screen she shows just now, or is about to.
        watching_id: what this browser last asked to be shown; `watching`: what it is shown, as `watching.watched` finds out for the
            portal alone; `watching_over`: that it is shown nothing any more.
    """

    session_id: UUID
    person_id: UUID
    name: str
    actor: Standing | None
    shop_id: UUID | None
    waiting: Standing | None = None
    fresh: bool = False
    helping: Helping | None = None
    helping_over: bool = False
    showing_id: UUID | None = None
    watching_id: UUID | None = None
    watching: Watching | None = None
    watching_over: bool = False

    @property
    def limits(self) -> Lent | None:
        """How far a helper may go, or somebody to whom a screen is shown: to all that is lent; None for one who acts for oneself."""
        if self.watching:
            return Lent.WORK
        return self.helping.limits if self.helping else None


async def open_session(session: Session, person_id: UUID, device: str = "", shop_id: UUID | None = None, *, factor: bool = False) -> str:
    """Make a session of a person, good for 30 days; the token for its cookie.

    Args:
        device: as `device_of` names it.
        shop_id: the shop to begin at.
        factor: whether a second factor was given on the way in.
    """
    token = new_token()
    await session.execute(
        """
        insert into core.session (id, person_id, token_hash, expires_at, device, shop_id, factor_at)
        values ($1, $2, $3, now() + $4::interval, $5, $6, case when $7 then now() end)
        """,
        uuid7(),
        person_id,
        token_hash(token),
        LIFETIME,
        device,
        shop_id,
        factor,
    )
    return token


async def give_factor(session: Session, token: str) -> None:
    """Say of a session that its person has just given a second factor."""
    await session.execute("update core.session set factor_at = now() where token_hash = $1 and ended_at is null", token_hash(token))


async def signed_in(session: Session, token: str, roles: Sequence[Role]) -> SignedIn | None:
    """Who holds a session token, if it is good. Roles and their rights are asked anew each time: one taken away is gone at once.

    Nobody has when the foundation is suspended, whatever a process still remembers of it.

    Args:
        roles: what a face is for, the most trusted first.
    """
    return (await all_signed_in(session, [token], roles)).get(token)


async def all_signed_in(session: Session, tokens: Collection[str], roles: Sequence[Role]) -> dict[str, SignedIn]:
    """Who holds each of the tokens that are good: one question for many open pages."""
    hashes = {token_hash(token): token for token in tokens}
    rows = await session.fetch(
        f"""
        select s.token_hash, s.id, s.person_id, s.shop_id as chosen, p.name, m.role, m.shop_id, {STANDING},
          s.factor_at is not null as factor, coalesce(s.factor_at > now() - $2::interval, false) as fresh,
          s.helping_id, k.name as helped, {HELPED}, s.watching_id,
          (select w.id from core.showing w where w.session_id = s.id and w.ended_at is null and w.until > now()) as showing_id
        from core.session s
        join core.person p on p.id = s.person_id
        join core.tenant t on t.id = s.tenant_id and t.status = 'active'
        left join core.membership m on m.person_id = s.person_id and m.ended_at is null
        left join core.helper h on h.id = s.helping_id and h.person_id = s.person_id and {STANDS}
        left join core.person k on k.id = h.merchant_id
        left join core.membership g on g.person_id = h.merchant_id and g.shop_id = h.shop_id and g.role = 'merchant' and g.ended_at is null
        where s.token_hash = any($1) and s.ended_at is null and s.expires_at > now()
        order by m.created_at, m.id
        """,  # noqa: S608 - a constant of the package
        list(hashes),
        FRESH,
    )
    found: defaultdict[str, list[Record]] = defaultdict(list)
    for row in rows:
        found[hashes[row["token_hash"]]].append(row)
    return {token: _signed_in(of_one, roles) for token, of_one in found.items()}


def _signed_in(rows: Sequence[Record], roles: Sequence[Role]) -> SignedIn:
    first = rows[0]
    if first["helping_id"] is not None:
        return _helping(first, roles)
    found = _in_role(rows, roles)
    return replace(found, showing_id=first["showing_id"], watching_id=first["watching_id"])


def _in_role(rows: Sequence[Record], roles: Sequence[Role]) -> SignedIn:
    first = rows[0]
    held = {Role(row["role"]) for row in rows if row["role"]}
    role = next((role for role in roles if role in held), None)
    if role is None:
        return SignedIn(first["id"], first["person_id"], first["name"], None, None)
    of_role = [row for row in rows if row["role"] == role.value]
    shops = [row["shop_id"] for row in of_role if row["shop_id"]] if role in _AT_A_SHOP else []
    actor = standing(role, first["person_id"], shops, of_role[0])
    if role in GUARDED and not first["factor"]:
        return SignedIn(first["id"], first["person_id"], first["name"], None, None, waiting=actor)
    chosen = first["chosen"] if first["chosen"] in shops else next(iter(shops), None)
    return SignedIn(first["id"], first["person_id"], first["name"], actor, chosen, fresh=first["fresh"])


def _helping(row: Record, roles: Sequence[Role]) -> SignedIn:
    """Whoever acts for a merchant is nothing else meanwhile: not in a role of her own, and not at another face."""
    helping = helping_of(row)
    if helping is None:
        return SignedIn(row["id"], row["person_id"], row["name"], None, None, helping_over=True)
    actor = helping.actor(row["person_id"]) if Role.MERCHANT in roles else None
    return SignedIn(row["id"], row["person_id"], row["name"], actor, helping.shop_id if actor else None, helping=helping)


async def choose_shop(session: Session, session_id: UUID, shop_id: UUID) -> None:
    """Work for another of one's shops from now on."""
    await session.execute("update core.session set shop_id = $2 where id = $1", session_id, shop_id)


async def end_session(session: Session, token: str) -> None:
    """Sign out."""
    await session.execute("update core.session set ended_at = now() where token_hash = $1 and ended_at is null", token_hash(token))


@dataclass(frozen=True)
class OpenSession:
    """A browser where somebody is signed in.

    Attributes:
        device: as `device_of` names it; empty when it was not told.
    """

    id: UUID
    device: str
    since: datetime


async def open_sessions(session: Session, person_id: UUID) -> list[OpenSession]:
    """Where somebody is signed in, the newest first."""
    rows = await session.fetch(
        """
        select id, device, created_at from core.session
        where person_id = $1 and ended_at is null and expires_at > now() order by created_at desc, id desc
        """,
        person_id,
    )
    return [OpenSession(row["id"], row["device"], row["created_at"]) for row in rows]


async def end_other_sessions(session: Session, person_id: UUID, session_id: UUID) -> int:
    """End all of somebody's sessions but one; how many were open."""
    return await session.execute(
        "update core.session set ended_at = now() where person_id = $1 and id <> $2 and ended_at is null and expires_at > now()",
        person_id,
        session_id,
    )


async def end_sessions(session: Session, person_id: UUID, session_id: UUID | None = None) -> int:
    """End one of somebody's sessions, or without an id all of them; how many were open. Raises `http.not_found` for another's."""
    ended = await session.execute(
        """
        update core.session set ended_at = now()
        where person_id = $1 and ($2::uuid is null or id = $2) and ended_at is null and expires_at > now()
        """,
        person_id,
        session_id,
    )
    if not ended and session_id is not None:
        mine = await session.fetch_value("select true from core.session where id = $1 and person_id = $2", session_id, person_id)
        if not mine:
            raise not_found("session")
    return ended
