"""What people allowed programs, and the codes and tokens that came of it (RFC 6749 §1.3-1.5); kept as hashes.

A grant and its tokens are one family: a code or refresh token that comes a second time ends it, since one of the two who had
it is a thief and nobody knows which (RFC 6749 §4.1.2, RFC 9700 §4.14).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from smilero_core.db.driver import Record
from smilero_core.db.session import Session
from smilero_core.identity.tokens import new_token, token_hash
from smilero_sdk.context import Actor
from smilero_sdk.errors import not_found
from smilero_sdk.ids import uuid7
from smilero_sdk.roles import Role

# Their own beginnings, so that one kind is never looked for among another.
ACCESS_PREFIX, REFRESH_PREFIX = "smo_", "smr_"

CODE_LIFETIME = timedelta(seconds=60)
ACCESS_LIFETIME = timedelta(hours=1)
REFRESH_LIFETIME = timedelta(days=30)
GRANT_LIFETIME = timedelta(days=365)


@dataclass(frozen=True)
class Wish:
    """What a program asks of a person, once she has allowed it.

    Attributes:
        challenge: the S256 code challenge (RFC 7636 §4.2).
        code: what the program is given for it, good for a minute.
    """

    program_id: UUID
    scopes: frozenset[str]
    redirect_uri: str
    challenge: str
    code: str


@dataclass(frozen=True)
class Grant:
    """A grant as the token endpoint finds it.

    Attributes:
        spent: the code or refresh token by which it was found was used before.
        sound: neither grant nor what it was found by has ended.
        scopes: of the grant, or of the refresh token.
        token_id: of the refresh token.
    """

    id: UUID
    program_id: UUID
    person_id: UUID | None
    role: Role
    scopes: frozenset[str]
    redirect_uri: str
    challenge: str
    spent: bool
    sound: bool
    token_id: UUID | None = None


@dataclass(frozen=True)
class Allowed:
    """A grant as people see it."""

    id: UUID
    program: str
    person_id: UUID
    person: str
    role: Role
    scopes: Sequence[str]
    since: datetime


@dataclass(frozen=True)
class Issued:
    """Tokens that were just made."""

    access: str
    refresh: str | None


class Grants:
    """The grants of a tenant within one transaction.

    Args:
        session: the application's own session, bound to the tenant.
    """

    def __init__(self, session: Session) -> None:
        self._session = session

    async def allow(self, actor: Actor, wish: Wish) -> UUID:
        """Keep that a person allows it, in the role that she has just now; the grant's id."""
        grant_id = uuid7()
        await self._session.execute(
            """
            insert into core.oauth_grant
              (id, client_id, person_id, role, scopes, redirect_uri, code_hash, code_challenge, code_expires_at, expires_at)
            values ($1, $2, $3, $4, $5::text[], $6, $7, $8, now() + $9::interval, now() + $10::interval)
            """,
            grant_id,
            wish.program_id,
            actor.person_id,
            actor.role.value,
            sorted(wish.scopes),
            wish.redirect_uri,
            token_hash(wish.code),
            wish.challenge,
            CODE_LIFETIME,
            GRANT_LIFETIME,
        )
        return grant_id

    async def by_code(self, code: str) -> Grant | None:
        """The grant of a code, locked: of two who bring it at once, the second finds it used."""
        row = await self._session.fetch_row(
            f"""
            select g.*, g.code_used_at is not null as spent, {_ALIVE} and g.code_expires_at > now() as sound
            from core.oauth_grant g where g.code_hash = $1 for update
            """,  # noqa: S608 - a constant of this module
            token_hash(code),
        )
        return _grant(row) if row else None

    async def by_refresh(self, token: str) -> Grant | None:
        """The grant of a refresh token, locked likewise."""
        known = await self._session.fetch_row(
            "select id, grant_id from core.oauth_token where token_hash = $1 and kind = 'refresh'", token_hash(token)
        )
        if known is None:
            return None
        await self._session.fetch_value("select id from core.oauth_grant where id = $1 for update", known["grant_id"])
        # After the lock, in a statement of its own, so that what its last holder committed is seen.
        row = await self._session.fetch_row(
            f"""
            select g.id, g.client_id, g.person_id, g.role, t.scopes, g.redirect_uri, g.code_challenge, t.id as token_id,
              t.used_at is not null as spent, {_ALIVE} and t.revoked_at is null and t.expires_at > now() as sound
            from core.oauth_token t join core.oauth_grant g on g.id = t.grant_id where t.id = $1
            """,  # noqa: S608 - a constant of this module
            known["id"],
        )
        return _grant(row) if row else None

    async def by_itself(self, program_id: UUID, role: Role, scopes: frozenset[str]) -> UUID:
        """The grant under which a program acts without a person, made at its first token."""
        await self._session.fetch_value("select id from core.oauth_client where id = $1 for update", program_id)
        known = await self._session.fetch_value(
            "select id from core.oauth_grant where client_id = $1 and person_id is null and ended_at is null", program_id
        )
        if isinstance(known, UUID):
            return known
        grant_id = uuid7()
        await self._session.execute(
            "insert into core.oauth_grant (id, client_id, role, scopes) values ($1, $2, $3, $4::text[])",
            grant_id,
            program_id,
            role.value,
            sorted(scopes),
        )
        return grant_id

    async def spend(self, grant: Grant) -> None:
        """The code or refresh token by which it was found is used from now on."""
        if grant.token_id is None:
            await self._session.execute("update core.oauth_grant set code_used_at = now() where id = $1", grant.id)
        else:
            await self._session.execute("update core.oauth_token set used_at = now() where id = $1", grant.token_id)

    async def issue(self, grant_id: UUID, scopes: frozenset[str], refreshing: frozenset[str] | None) -> Issued:
        """Make an access token of a grant, and a refresh token if wanted. What is long past is forgotten.

        Args:
            refreshing: the scopes of the refresh token, which stay whatever less was asked for now; None: none is wanted.
        """
        await self._session.execute(
            "delete from core.oauth_token where grant_id = $1 and expires_at < now() - interval '1 day'",
            grant_id,
        )
        access = await self._add(grant_id, "access", ACCESS_PREFIX, scopes, ACCESS_LIFETIME)
        if refreshing is None:
            return Issued(access, None)
        return Issued(access, await self._add(grant_id, "refresh", REFRESH_PREFIX, refreshing, REFRESH_LIFETIME))

    async def end(self, grant_id: UUID) -> bool:
        """End a family; whether it had not ended before."""
        sql = "update core.oauth_grant set ended_at = now() where id = $1 and ended_at is null"
        return bool(await self._session.execute(sql, grant_id))

    async def find_token(self, token: str) -> tuple[UUID, UUID, str] | None:
        """Program, grant and kind of an access or refresh token, whether it is still good or not; None for what is neither."""
        row = await self._session.fetch_row(
            """
            select g.client_id, g.id, t.kind from core.oauth_token t join core.oauth_grant g on g.id = t.grant_id
            where t.token_hash = $1
            """,
            token_hash(token),
        )
        return (row["client_id"], row["id"], row["kind"]) if row else None

    async def revoke(self, token: str) -> None:
        """Make one access token worthless."""
        await self._session.execute(
            "update core.oauth_token set revoked_at = now() where token_hash = $1 and revoked_at is null", token_hash(token)
        )

    async def of_program(self, program_id: UUID) -> list[Allowed]:
        """Who allows a program what, the newest first."""
        return await self._allowed("g.client_id = $1", program_id)

    async def of_person(self, person_id: UUID) -> list[Allowed]:
        """What a person allows which programs, the newest first."""
        return await self._allowed("g.person_id = $1", person_id)

    async def take_back(self, grant_id: UUID, person_id: UUID) -> str | None:
        """A person takes back what she allowed: the program's name; None when it had ended. Raises `http.not_found`."""
        name = await self._session.fetch_value(
            """
            select c.name from core.oauth_grant g join core.oauth_client c on c.id = g.client_id where g.id = $1 and g.person_id = $2
            """,
            grant_id,
            person_id,
        )
        if name is None:
            raise not_found("grant")
        return str(name) if await self.end(grant_id) else None

    async def _allowed(self, condition: str, value: UUID) -> list[Allowed]:
        rows = await self._session.fetch(
            f"""
            select g.id, c.name as program, g.person_id, p.name as person, g.role, g.scopes, g.created_at
            from core.oauth_grant g join core.oauth_client c on c.id = g.client_id join core.person p on p.id = g.person_id
            where {condition} and {_ALIVE} and g.code_used_at is not null and c.ended_at is null order by g.created_at desc, g.id desc
            """,  # noqa: S608 - constants of this module
            value,
        )
        return [
            Allowed(row["id"], row["program"], row["person_id"], row["person"], Role(row["role"]), row["scopes"], row["created_at"])
            for row in rows
        ]

    async def _add(self, grant_id: UUID, kind: str, prefix: str, scopes: frozenset[str], lifetime: timedelta) -> str:
        token = new_token(prefix)
        await self._session.execute(
            """
            insert into core.oauth_token (id, grant_id, kind, token_hash, scopes, expires_at)
            values ($1, $2, $3, $4, $5::text[], now() + $6::interval)
            """,
            uuid7(),
            grant_id,
            kind,
            token_hash(token),
            sorted(scopes),
            lifetime,
        )
        return token


_ALIVE = "g.ended_at is null and (g.expires_at is null or g.expires_at > now())"


def _grant(row: Record) -> Grant:
    return Grant(
        row["id"],
        row["client_id"],
        row["person_id"],
        Role(row["role"]),
        frozenset(row["scopes"]),
        row["redirect_uri"] or "",
        row["code_challenge"] or "",
        row["spent"],
        row["sound"],
        row.get("token_id"),
    )
