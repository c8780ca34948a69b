"""The people of the foundation itself: its owners and staff, and the officers of its markets."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus
from uuid import UUID

from smilero_core.db.driver import Record
from smilero_core.db.session import Session
from smilero_core.identity.vault import Vault
from smilero_sdk.errors import Problem, not_found
from smilero_sdk.roles import Role

ROLES = (Role.OWNER, Role.STAFF, Role.OFFICER)
# Whom only owners make and end: who could do it for himself would give back to himself what was taken from him.
OWNERS_MATTER = frozenset({Role.OWNER, Role.STAFF})
_PHONE = "phone"
_TAIL = re.compile(r"[0-9]{4}")


@dataclass(frozen=True)
class Colleague:
    """Somebody in a role at the foundation.

    Attributes:
        id: of the membership.
        tail: the last four digits of the number; empty when it was erased.
        market: the name of an officer's market; None for the others, and for an officer of all of them.
    """

    id: UUID
    person_id: UUID
    name: str
    tail: str
    role: Role
    market_id: UUID | None
    market: str | None
    since: datetime


class Colleagues:
    """They within one transaction.

    Args:
        session: the application's own session, bound to the tenant.
    """

    def __init__(self, session: Session, tenant_id: UUID, vault: Vault) -> None:
        self._session = session
        self._tenant_id = tenant_id
        self._vault = vault

    async def all(self, asked: str = "") -> list[Colleague]:
        """Owners, then staff, then officers, each by name.

        Args:
            asked: a part of the name, or the last four digits of the number; empty for everybody.
        """
        asked = asked.strip()
        tails = self._vault.indexes(self._tenant_id, "phone tail", asked) if _TAIL.fullmatch(asked) else []
        return await self._found(
            "strpos(lower(p.name), lower($2)) > 0 or p.phone_tail_index = any($3::bytea[])", [role.value for role in ROLES], asked, tails
        )

    async def one(self, colleague_id: UUID) -> Colleague:
        """One of them. Raises `http.not_found` for one that has ended, and for somebody at a shop."""
        found = await self._found("m.id = $2", [role.value for role in ROLES], colleague_id)
        if not found:
            raise not_found("membership")
        return found[0]

    async def end(self, colleague_id: UUID) -> Colleague:
        """Take the role away; invitations to the foundation on that person's word go with it.

        Raises `http.not_found`, `colleagues.last_owner` (409).
        """
        colleague = await self.one(colleague_id)
        if colleague.role is Role.OWNER:
            await self.require_another_owner(colleague.person_id)
        ended = await self._session.execute("update core.membership set ended_at = now() where id = $1 and ended_at is null", colleague_id)
        if not ended:
            raise not_found("membership")
        if colleague.role is Role.STAFF:
            await self._session.execute("delete from core.permission_choice where person_id = $1", colleague.person_id)
        if colleague.role in OWNERS_MATTER:
            await self._session.execute(
                """
                update core.invitation set revoked_at = now()
                where invited_by = $1 and shop_id is null and used_at is null and revoked_at is null
                """,
                colleague.person_id,
            )
        return colleague

    async def require_another_owner(self, person_id: UUID) -> None:
        """Raises `colleagues.last_owner` (409) for the last one. Of two who end each other, the second waits and is refused."""
        rows = await self._session.fetch(
            "select person_id from core.membership where role = 'owner' and ended_at is null order by id for update"
        )
        owners = {row["person_id"] for row in rows}
        if person_id in owners and len(owners) == 1:
            raise Problem("colleagues.last_owner", HTTPStatus.CONFLICT)

    async def _found(self, condition: str, *arguments: object) -> list[Colleague]:
        rows = await self._session.fetch(
            f"""
            select m.id, m.person_id, m.role, m.market_id, m.created_at, p.name, p.phone_sealed, k.name as market
            from core.membership m
            join core.person p on p.id = m.person_id
            left join core.market k on k.id = m.market_id
            where m.role = any($1) and m.ended_at is null and ({condition})
            order by array_position($1, m.role), p.name, m.id
            """,  # noqa: S608 - constants of this module
            *arguments,
        )
        return self._colleagues(rows)

    def _colleagues(self, rows: Sequence[Record]) -> list[Colleague]:
        def tail(row: Record) -> str:
            return self._vault.open(self._tenant_id, _PHONE, row["phone_sealed"])[-4:] if row["phone_sealed"] else ""

        return [
            Colleague(
                row["id"],
                row["person_id"],
                row["name"],
                tail(row),
                Role(row["role"]),
                row["market_id"],
                row["market"],
                row["created_at"],
            )
            for row in rows
        ]
