"""Programs outside that a foundation lets in: OAuth 2 clients (RFC 6749 §2), made and ended by its owner."""

import hmac
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus
from urllib.parse import urlsplit
from uuid import UUID

from smilero_core.db.driver import Record
from smilero_core.db.session import Session
from smilero_core.identity.tokens import new_token, token_hash
from smilero_sdk.errors import Problem, not_found
from smilero_sdk.ids import uuid7
from smilero_sdk.roles import Role

SECRET_PREFIX = "smc_"  # noqa: S105 - how a secret begins
# As whom a program acts that acts by itself: for the foundation, and never as its owner.
UNATTENDED_ROLE = Role.STAFF
LONGEST_NAME = 40
MOST_ADDRESSES = 5
_LONGEST_ADDRESS = 500
_LOOPBACK = ("127.0.0.1", "[::1]", "localhost")


@dataclass(frozen=True)
class NewProgram:
    """A program to be let in.

    Attributes:
        addresses: where it takes people back: its redirect URIs, each as it must be said.
        scopes: the most that anybody can allow it.
        confidential: it can keep a secret, as a server can and a phone's program cannot.
        unattended: it may act by itself, without a person.
    """

    name: str
    addresses: Sequence[str]
    scopes: frozenset[str]
    confidential: bool
    unattended: bool


@dataclass(frozen=True)
class KnownProgram:
    """A program that is let in."""

    id: UUID
    name: str
    addresses: Sequence[str]
    scopes: frozenset[str]
    unattended: bool
    since: datetime
    secret_hash: bytes | None

    @property
    def confidential(self) -> bool:
        """Whether it has a secret."""
        return self.secret_hash is not None

    def has_secret(self, secret: str) -> bool:
        """Whether this is its secret, compared in constant time."""
        return self.secret_hash is not None and hmac.compare_digest(self.secret_hash, token_hash(secret))


class Programs:
    """The programs of a tenant within one transaction.

    Args:
        session: the application's own session, bound to the tenant.
    """

    def __init__(self, session: Session) -> None:
        self._session = session

    async def make(self, new: NewProgram) -> tuple[UUID, str | None]:
        """Let one in: its id, and its secret if it has one.

        Raises `programs.name`, `.address`, `.too_many_addresses`, `.no_scopes`, `.nothing_to_do`, `.unattended` (422).
        """
        _require_sound(new)
        program_id, secret = uuid7(), new_token(SECRET_PREFIX) if new.confidential else None
        await self._session.execute(
            """
            insert into core.oauth_client (id, name, redirect_uris, scopes, secret_hash, unattended)
            values ($1, $2, $3::text[], $4::text[], $5, $6)
            """,
            program_id,
            new.name,
            list(new.addresses),
            sorted(new.scopes),
            token_hash(secret) if secret else None,
            new.unattended,
        )
        return program_id, secret

    async def all(self) -> list[KnownProgram]:
        """Those that are let in, by name."""
        rows = await self._session.fetch("select * from core.oauth_client where ended_at is null order by name, id")
        return [_program(row) for row in rows]

    async def find(self, program_id: UUID) -> KnownProgram | None:
        """One of them, or None."""
        row = await self._session.fetch_row("select * from core.oauth_client where id = $1 and ended_at is null", program_id)
        return _program(row) if row else None

    async def one(self, program_id: UUID) -> KnownProgram:
        """One of them. Raises `http.not_found`."""
        found = await self.find(program_id)
        if found is None:
            raise not_found("program")
        return found

    async def new_secret(self, program_id: UUID) -> tuple[KnownProgram, str]:
        """Another secret; the old one is void at once, tokens stay. Raises `http.not_found`, `programs.no_secret` (422)."""
        program = await self.one(program_id)
        if not program.confidential:
            raise Problem("programs.no_secret", HTTPStatus.UNPROCESSABLE_ENTITY)
        secret = new_token(SECRET_PREFIX)
        await self._session.execute("update core.oauth_client set secret_hash = $2 where id = $1", program_id, token_hash(secret))
        return program, secret

    async def end(self, program_id: UUID) -> KnownProgram:
        """Let it in no more: its tokens are worthless at once. Raises `http.not_found`."""
        program = await self.one(program_id)
        await self._session.execute("update core.oauth_client set ended_at = now() where id = $1", program_id)
        await self._session.execute("update core.oauth_grant set ended_at = now() where client_id = $1 and ended_at is null", program_id)
        return program


def sound_address(address: str) -> bool:
    """Whether people may be sent there: https, or http to the same machine (RFC 8252 §7.3), complete, without fragment or user."""
    if not address.isascii() or not address.isprintable() or len(address) > _LONGEST_ADDRESS or set(' "\\<>') & set(address):
        return False
    try:
        parts = urlsplit(address)
        port = parts.port
    except ValueError:
        return False
    if not parts.hostname or port == 0 or "@" in parts.netloc or "#" in address or "*" in address:
        return False
    host = parts.netloc.rpartition(":")[0] if port else parts.netloc
    return parts.scheme == "https" or (parts.scheme == "http" and host in _LOOPBACK)


def _require_sound(new: NewProgram) -> None:
    if not 1 <= len(new.name) <= LONGEST_NAME or not new.name.isprintable():
        raise _wrong("name", most=LONGEST_NAME)
    if len(new.addresses) > MOST_ADDRESSES:
        raise _wrong("too_many_addresses", most=MOST_ADDRESSES)
    if not all(map(sound_address, new.addresses)):
        raise _wrong("address")
    if not new.scopes:
        raise _wrong("no_scopes")
    if new.unattended and not new.confidential:
        raise _wrong("unattended")
    if not new.addresses and not new.unattended:
        raise _wrong("nothing_to_do")


def _wrong(reason: str, most: int = 0) -> Problem:
    return Problem(f"programs.{reason}", HTTPStatus.UNPROCESSABLE_ENTITY, most=most)


def _program(row: Record) -> KnownProgram:
    return KnownProgram(
        row["id"],
        row["name"],
        tuple(row["redirect_uris"]),
        frozenset(row["scopes"]),
        row["unattended"],
        row["created_at"],
        row["secret_hash"],
    )
