"""Sign-ins on their way to a provider and back: ten minutes, one browser, each step once.

The state names the tenant, because one callback on the platform's host serves all of them, and is random besides. The browser is
known by a cookie of the tenant's own host. What was proved waits in the same row until somebody's phone says whose it is.
"""

import json
import secrets
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from smilero_core.db.driver import Record
from smilero_core.db.session import Session
from smilero_core.identity.outside.client import Proven, Secrets
from smilero_core.identity.tokens import token_hash
from smilero_core.identity.vault import ATTEMPT_HELD, ATTEMPT_PROVED, Vault
from smilero_sdk.ids import uuid7

LIFETIME = timedelta(minutes=10)
_BYTES = 32


@dataclass(frozen=True)
class Attempt:
    """One of them.

    Attributes:
        callback: the address that was given to the provider.
        origin: of the tenant's host where it began.
        next_path: where the person was going.
    """

    id: UUID
    provider_id: UUID
    bound: Secrets
    callback: str
    origin: str
    next_path: str


@dataclass(frozen=True)
class Waiting:
    """A login that was proved and is nobody's yet."""

    id: UUID
    provider_id: UUID
    label: str
    proven: Proven
    next_path: str


def tenant_of(state: str) -> UUID | None:
    """Whose a state is, as it says itself; None for one that is none of ours."""
    try:
        return UUID(hex=state.partition(".")[0])
    except ValueError:
        return None


class Attempts:
    """Within one transaction.

    Args:
        session: the application's own session, bound to the tenant.
    """

    def __init__(self, session: Session, tenant_id: UUID, vault: Vault) -> None:
        self._session = session
        self._tenant_id = tenant_id
        self._vault = vault

    @staticmethod
    def new_state(tenant_id: UUID) -> str:
        """The state of a new one."""
        return f"{tenant_id.hex}.{secrets.token_urlsafe(_BYTES)}"

    async def begin(self, state: str, browser: str, attempt: Attempt, *, own_callback: bool) -> None:
        """Keep a new one. Those that are too old go."""
        await self._session.execute("delete from core.outside_attempt where expires_at < now()")
        held = {
            "verifier": attempt.bound.verifier,
            "nonce": attempt.bound.nonce,
            "callback": attempt.callback,
            "origin": attempt.origin,
            "next": attempt.next_path,
        }
        await self._session.execute(
            """
            insert into core.outside_attempt (id, provider_id, state_hash, browser_hash, held_sealed, own_callback, expires_at)
            values ($1, $2, $3, $4, $5, $6, now() + $7::interval)
            """,
            attempt.id,
            attempt.provider_id,
            token_hash(state),
            token_hash(browser),
            self._vault.seal(self._tenant_id, ATTEMPT_HELD, json.dumps(held)),
            own_callback,
            LIFETIME,
        )

    async def came_back(self, state: str) -> Attempt | None:
        """The attempt that may go on from the platform's callback to its tenant's host: once; None otherwise."""
        row = await self._session.fetch_row(
            """
            update core.outside_attempt set returned_at = now()
            where state_hash = $1 and returned_at is null and used_at is null and expires_at > now() and not own_callback
            returning id, provider_id, held_sealed
            """,
            token_hash(state),
        )
        return None if row is None else self._attempt(row)

    async def use(self, state: str, browser: str, *, own_callback: bool) -> Attempt | None:
        """Take it up again, once and in the browser that began it; None otherwise. The row is locked by its use.

        Args:
            own_callback: whether it came back to the tenant's own callback: each goes the way home that it was sent with.
        """
        row = await self._session.fetch_row(
            """
            update core.outside_attempt set used_at = now()
            where state_hash = $1 and browser_hash = $2 and own_callback = $3 and (own_callback or returned_at is not null)
              and used_at is null and expires_at > now()
            returning id, provider_id, held_sealed
            """,
            token_hash(state),
            token_hash(browser),
            own_callback,
        )
        return None if row is None else self._attempt(row)

    async def proved(self, attempt_id: UUID, proven: Proven) -> None:
        """Keep whose login it is there until a phone says whose it is here."""
        told = json.dumps({"subject": proven.subject, "name": proven.name})
        await self._session.execute(
            """
            update core.outside_attempt set proved_at = now(), proved_sealed = $2, expires_at = now() + $3::interval where id = $1
            """,
            attempt_id,
            self._vault.seal(self._tenant_id, ATTEMPT_PROVED, told),
            LIFETIME,
        )

    async def waiting(self, browser: str, session_id: UUID) -> Waiting | None:
        """The newest proved login of this browser, if the session was opened after it: by somebody who then gave another proof."""
        row = await self._session.fetch_row(
            """
            select a.id, a.provider_id, a.held_sealed, a.proved_sealed, p.label
            from core.outside_attempt a
            join core.outside_provider p on p.id = a.provider_id and p.enabled
            join core.session s on s.id = $2 and s.created_at > a.proved_at
            where a.browser_hash = $1 and a.proved_sealed is not null and a.expires_at > now()
            order by a.proved_at desc limit 1 for update of a
            """,
            token_hash(browser),
            session_id,
        )
        if row is None:
            return None
        told = json.loads(self._vault.open(self._tenant_id, ATTEMPT_PROVED, row["proved_sealed"]))
        proven = Proven(told["subject"], told["name"])
        return Waiting(row["id"], row["provider_id"], row["label"], proven, self._attempt(row).next_path)

    async def end(self, attempt_id: UUID) -> None:
        """It is decided."""
        await self._session.execute("delete from core.outside_attempt where id = $1", attempt_id)

    def _attempt(self, row: Record) -> Attempt:
        held = json.loads(self._vault.open(self._tenant_id, ATTEMPT_HELD, row["held_sealed"]))
        bound = Secrets(held["verifier"], held["nonce"])
        return Attempt(row["id"], row["provider_id"], bound, held["callback"], held["origin"], held["next"])


def new_attempt(provider_id: UUID, callback: str, origin: str, next_path: str) -> Attempt:
    """One that is bound to nothing that was there before."""
    return Attempt(uuid7(), provider_id, Secrets.new(), callback, origin, next_path)
