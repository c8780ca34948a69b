"""Tokens that a person carries into a program of her own: named, bounded, with an end; seen once, revoked one by one."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from smilero_core.db.session import Session
from smilero_sdk.errors import not_found
from smilero_sdk.roles import Role

LONGEST_NAME = 40


@dataclass(frozen=True)
class KeptToken:
    """A token that is good.

    Attributes:
        scopes: as `NewToken` has them, in order.
        last_used_on: the day, where the markets are.
    """

    id: UUID
    person_id: UUID
    person: str
    role: Role
    name: str
    scopes: Sequence[str] | None
    last_used_on: date | None
    created_at: datetime
    expires_at: datetime


async def kept_tokens(session: Session, person_id: UUID | None = None) -> list[KeptToken]:
    """The good ones of a person, or without one of everybody at the foundation; the newest first."""
    rows = await session.fetch(
        """
        select t.*, p.name as person from core.api_token t join core.person p on p.id = t.person_id
        where ($1::uuid is null or t.person_id = $1) and t.revoked_at is null and t.expires_at > now()
        order by t.created_at desc, t.id desc
        """,
        person_id,
    )
    return [
        KeptToken(
            row["id"],
            row["person_id"],
            row["person"],
            Role(row["role"]),
            row["name"],
            row["scopes"],
            row["last_used_on"],
            row["created_at"],
            row["expires_at"],
        )
        for row in rows
    ]


async def revoke_token(session: Session, token_id: UUID, person_id: UUID | None = None) -> str | None:
    """Revoke one, of that person if one is given; its name, or None when it was revoked before. Raises `http.not_found`."""
    known = await session.fetch_row(
        "select name from core.api_token where id = $1 and ($2::uuid is null or person_id = $2) for no key update", token_id, person_id
    )
    if known is None:
        raise not_found("token")
    revoked = await session.execute("update core.api_token set revoked_at = now() where id = $1 and revoked_at is null", token_id)
    return str(known["name"]) if revoked else None
