"""Operators of the platform."""

from smilero_core.db.database import Database
from smilero_core.db.session import Session
from smilero_core.identity.tokens import LIFETIME, new_token, token_hash
from smilero_sdk.ids import uuid7


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
