"""Bearer tokens of the API: random, shown once, kept as a hash."""

import hashlib
import secrets
from datetime import timedelta
from uuid import UUID

from smilero_core.db.session import Session
from smilero_core.identity.standing import STANDING, Standing, standing
from smilero_sdk.ids import uuid7
from smilero_sdk.roles import Role

LIFETIME = timedelta(days=90)
_PREFIX = "smi_"
_SHOP_ROLES = (Role.MERCHANT, Role.CLERK)


def new_token() -> str:
    """A token of 256 random bits; the prefix lets a leaked one be recognised."""
    return _PREFIX + secrets.token_urlsafe(32)


def token_hash(token: str) -> bytes:
    """What is kept. The token is random, so a plain hash cannot be guessed back."""
    return hashlib.sha256(token.encode()).digest()


async def create_token(session: Session, person_id: UUID, role: Role) -> str:
    """Make a token of a person in one role, good for 90 days."""
    token = new_token()
    await session.execute(
        "insert into core.api_token (id, person_id, role, token_hash, expires_at) values ($1, $2, $3, $4, now() + $5::interval)",
        uuid7(),
        person_id,
        role.value,
        token_hash(token),
        LIFETIME,
    )
    return token


async def actor_of(session: Session, token: str) -> Standing | None:
    """Who holds a token, if it is good and the role still is the person's; None otherwise.

    Role, rights and foundation are asked anew each time, so one taken away or suspended is gone at the next request.
    """
    row = await session.fetch_row(
        f"""
        select m.person_id, m.role, m.shops, {STANDING}
        from (
          select t.person_id, t.role, array_agg(w.shop_id) filter (where w.shop_id is not null) as shops
          from core.api_token t
          join core.membership w on w.person_id = t.person_id and w.role = t.role and w.ended_at is null
          join core.tenant f on f.id = t.tenant_id and f.status = 'active'
          where t.token_hash = $1 and t.revoked_at is null and t.expires_at > now()
          group by t.person_id, t.role
        ) m
        """,  # noqa: S608 - a constant of the package
        token_hash(token),
    )
    if row is None:
        return None
    role = Role(row["role"])
    shops = frozenset(row["shops"] or ()) if role in _SHOP_ROLES else frozenset()
    return standing(role, row["person_id"], shops, row)


async def actor_in_role(session: Session, person_id: UUID, role: Role) -> Standing | None:
    """Somebody in a role, if it still is the person's; None otherwise."""
    rows = await session.fetch(
        f"""
        select m.shop_id, {STANDING} from core.membership m join core.tenant f on f.id = m.tenant_id and f.status = 'active'
        where m.person_id = $1 and m.role = $2 and m.ended_at is null
        """,  # noqa: S608 - as above
        person_id,
        role.value,
    )
    if not rows:
        return None
    shops = frozenset(row["shop_id"] for row in rows if row["shop_id"]) if role in _SHOP_ROLES else frozenset()
    return standing(role, person_id, shops, rows[0])
