"""What tokens are: random, shown once, kept as a hash; and whom a role makes of a person."""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import timedelta
from http import HTTPStatus
from uuid import UUID

from smilero_core.db.session import Session
from smilero_core.identity.standing import STANDING, Standing, standing
from smilero_sdk.errors import Problem
from smilero_sdk.ids import uuid7
from smilero_sdk.roles import Role

LIFETIME = timedelta(days=90)
MOST_DAYS = 365
_PREFIX = "smi_"
_SHOP_ROLES = (Role.MERCHANT, Role.CLERK)


@dataclass(frozen=True)
class NewToken:
    """A token to be made.

    Attributes:
        scopes: the permissions that it may use, as far as the role has them; None: all that the role has.
    """

    person_id: UUID
    role: Role
    name: str = ""
    scopes: frozenset[str] | None = None
    lifetime: timedelta = LIFETIME


def new_token(prefix: str = _PREFIX) -> str:
    """A token of 256 random bits; the prefix lets a leaked one be recognised."""
    return prefix + secrets.token_urlsafe(32)


def token_hash(token: str) -> bytes:
    """What is kept. The token is random, so a plain hash cannot be guessed back."""
    return hashlib.sha256(token.encode()).digest()


async def create_token(session: Session, person_id: UUID, role: Role) -> str:
    """Make a token of a person that may what one role may, good for 90 days."""
    return (await make_token(session, NewToken(person_id, role)))[1]


async def make_token(session: Session, new: NewToken) -> tuple[UUID, str]:
    """Its id, and the token itself. Raises `tokens.days` (422) for one that would never end or at once."""
    if not timedelta(0) < new.lifetime <= timedelta(days=MOST_DAYS):
        raise Problem("tokens.days", HTTPStatus.UNPROCESSABLE_ENTITY, most=MOST_DAYS)
    token, token_id = new_token(), uuid7()
    await session.execute(
        """
        insert into core.api_token (id, person_id, role, name, scopes, token_hash, expires_at)
        values ($1, $2, $3, $4, $5::text[], $6, now() + $7::interval)
        """,
        token_id,
        new.person_id,
        new.role.value,
        new.name,
        None if new.scopes is None else sorted(new.scopes),
        token_hash(token),
        new.lifetime,
    )
    return token_id, token


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
