"""A command sent twice has one effect, and both senders read the same bytes.

The key's scope is (tenant, caller, operation). Success and refusals of the business are kept with the effect, in its
transaction; what says nothing of the business (401, 403, 429, 5xx) is not, so that it can be tried again.
"""

import hashlib
from dataclasses import dataclass
from datetime import timedelta
from http import HTTPStatus

from smilero_core.db.session import Session
from smilero_sdk.errors import Problem
from smilero_sdk.ids import uuid7

KEPT = timedelta(hours=48)
LONGEST_KEY = 200
_NOT_KEPT = frozenset({HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN, HTTPStatus.TOO_MANY_REQUESTS})


@dataclass(frozen=True)
class Scope:
    """Whose key of which command."""

    caller: str
    operation: str
    key: str


@dataclass(frozen=True)
class Answer:
    """An answer as it went over the wire."""

    status: int
    content_type: str
    body: bytes


def require_key(key: str | None) -> str:
    """The header's value. Raises `idempotency.key_required` without one, `idempotency.key` for an impossible one."""
    if not key:
        raise Problem("idempotency.key_required", HTTPStatus.BAD_REQUEST)
    if len(key) > LONGEST_KEY or not key.isprintable():
        raise Problem("idempotency.key", HTTPStatus.BAD_REQUEST, limit=LONGEST_KEY)
    return key


def is_kept(status: int) -> bool:
    """Whether an answer of this status is given again."""
    return status < HTTPStatus.INTERNAL_SERVER_ERROR and status not in _NOT_KEPT


class IdempotencyKeys:
    """Keys within one transaction.

    Args:
        session: the application's own session, bound to the tenant.
    """

    def __init__(self, session: Session) -> None:
        self._session = session

    async def claim(self, scope: Scope, request: bytes, *, in_turn: bool = False) -> Answer | None:
        """The answer that this key got before; None when the command is ours to carry out now.

        Args:
            in_turn: wait while another request with the key runs, as pages do: of a double tap the browser shows the second answer only.

        Raises `idempotency.in_flight` (409) while another request with the key runs and it is not waited for,
        `idempotency.other_request` (422) when the key came with another body.
        """
        # Two statements: the second must see what the lock's last holder committed, so its snapshot comes after the lock.
        locked = await self._session.fetch_value(
            f"select pg_{'' if in_turn else 'try_'}advisory_xact_lock(hashtextextended(current_setting('app.tenant_id') || $1, 0))",
            f"{scope.caller} {scope.operation} {scope.key}",
        )
        if locked is False:
            raise Problem("idempotency.in_flight", HTTPStatus.CONFLICT, headers={"Retry-After": "1"})
        row = await self._session.fetch_row(
            """
            select request_hash, status, content_type, body from core.idempotency
            where caller = $1 and operation = $2 and key = $3 and created_at > now() - $4::interval
            """,
            scope.caller,
            scope.operation,
            scope.key,
            KEPT,
        )
        if row is None:
            return None
        if row["request_hash"] != _hash(request):
            raise Problem("idempotency.other_request", HTTPStatus.UNPROCESSABLE_ENTITY)
        return Answer(row["status"], row["content_type"], row["body"])

    async def keep(self, scope: Scope, request: bytes, answer: Answer) -> None:
        """Keep an answer for 48 hours, in this transaction."""
        await self._session.execute(
            """
            insert into core.idempotency (id, caller, operation, key, request_hash, status, content_type, body)
            values ($1, $2, $3, $4, $5, $6, $7, $8)
            on conflict (tenant_id, caller, operation, key) do update set request_hash = excluded.request_hash,
              status = excluded.status, content_type = excluded.content_type, body = excluded.body, created_at = now()
            """,
            uuid7(),
            scope.caller,
            scope.operation,
            scope.key,
            _hash(request),
            answer.status,
            answer.content_type,
            answer.body,
        )


def _hash(request: bytes) -> bytes:
    return hashlib.sha256(request).digest()
