"""Tickets: how somebody goes on at the host of a tenant from another host, with which it shares no cookie.

A ticket is random, good for one use within 30 seconds and for one purpose, and is kept as a hash. It is a bearer's word:
the host that takes one must also know the browser, by a cookie of its own, by a tap of the person, or by the `Origin` of the
page that sends it.
"""

import json
import secrets
from collections.abc import Mapping
from datetime import timedelta
from uuid import UUID

from smilero_core.db.session import Session
from smilero_core.identity.tokens import token_hash
from smilero_core.identity.vault import Vault
from smilero_sdk.ids import uuid7

LIFETIME = timedelta(seconds=30)
_BYTES = 32


class Tickets:
    """The tickets that one tenant's host takes, within one transaction.

    Args:
        session: the application's own session, bound to the tenant whose host takes them.
    """

    def __init__(self, session: Session, tenant_id: UUID, vault: Vault) -> None:
        self._session = session
        self._tenant_id = tenant_id
        self._vault = vault

    async def issue(self, purpose: str, held: Mapping[str, str], lifetime: timedelta = LIFETIME) -> str:
        """A new ticket.

        Args:
            purpose: what it is taken for; a ticket for one purpose is worth nothing for another.
            held: what the taking host is told; it is sealed.
            lifetime: longer for one that a cookie of the taking host keeps, and that never goes from host to host.
        """
        token = secrets.token_urlsafe(_BYTES)
        await self._session.execute(
            "insert into core.ticket (id, purpose, token_hash, held_sealed, expires_at) values ($1, $2, $3, $4, now() + $5::interval)",
            uuid7(),
            purpose,
            token_hash(token),
            self._vault.seal(self._tenant_id, _sealed_for(purpose), json.dumps(dict(held))),
            lifetime,
        )
        return token

    async def take(self, purpose: str, token: str) -> Mapping[str, str] | None:
        """Use a ticket: what it holds; None for one that never was, is used, is too old or is for something else.

        The row is locked by its use, so of two who take it one is told.
        """
        sealed = await self._session.fetch_value(
            """
            with taken as (
              update core.ticket set used_at = now()
              where token_hash = $1 and purpose = $2 and used_at is null and expires_at > now() returning held_sealed
            )
            select held_sealed from taken
            """,
            token_hash(token),
            purpose,
        )
        return self._opened(purpose, sealed)

    async def look(self, purpose: str, token: str) -> Mapping[str, str] | None:
        """What a ticket holds that is still good, without using it."""
        sealed = await self._session.fetch_value(
            "select held_sealed from core.ticket where token_hash = $1 and purpose = $2 and used_at is null and expires_at > now()",
            token_hash(token),
            purpose,
        )
        return self._opened(purpose, sealed)

    def _opened(self, purpose: str, sealed: object) -> Mapping[str, str] | None:
        if not isinstance(sealed, bytes):
            return None
        held: dict[str, str] = json.loads(self._vault.open(self._tenant_id, _sealed_for(purpose), sealed))
        return held


def _sealed_for(purpose: str) -> str:
    return f"ticket {purpose}"
