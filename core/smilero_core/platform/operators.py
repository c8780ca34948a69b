"""Operators of the platform."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from smilero_core.db.database import Database
from smilero_core.db.session import Session
from smilero_core.identity.tokens import LIFETIME, new_token, token_hash
from smilero_sdk.errors import not_found
from smilero_sdk.ids import uuid7


@dataclass(frozen=True)
class OperatorToken:
    """A token that is good."""

    id: UUID
    created_at: datetime
    expires_at: datetime


async def create_operator_token(database: Database) -> str:
    """Make a token of the platform's operator, good for 90 days."""
    token = new_token()
    async with database.platform() as unit:
        await Session(unit).execute(
            "insert into core.operator_token (id, token_hash, expires_at) values ($1, $2, now() + $3::interval)",
            uuid7(),
            token_hash(token),
            LIFETIME,
        )
    return token


async def operator_tokens(database: Database) -> list[OperatorToken]:
    """The good ones, the newest first."""
    async with database.platform() as unit:
        rows = await Session(unit).fetch(
            """
            select id, created_at, expires_at from core.operator_token
            where revoked_at is null and expires_at > now() order by created_at desc, id desc
            """
        )
    return [OperatorToken(row["id"], row["created_at"], row["expires_at"]) for row in rows]


async def revoke_operator_token(database: Database, token_id: UUID) -> None:
    """Make one worthless; once more changes nothing. Raises `http.not_found`."""
    async with database.platform() as unit:
        session = Session(unit)
        known = await session.fetch_value("select id from core.operator_token where id = $1", token_id)
        if known is None:
            raise not_found("token")
        await session.execute("update core.operator_token set revoked_at = now() where id = $1 and revoked_at is null", token_id)
