"""Who works at a shop, and taking it away."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from smilero_core.db.driver import Record
from smilero_core.db.session import Session
from smilero_core.identity.vault import Vault
from smilero_sdk.errors import not_found
from smilero_sdk.roles import Role

_PHONE = "phone"


@dataclass(frozen=True)
class Member:
    """Somebody at a shop.

    Attributes:
        id: of the membership.
        tail: the last four digits of the number, which is how people are told apart at a counter; empty when it was erased.
    """

    id: UUID
    person_id: UUID
    name: str
    tail: str
    role: Role
    since: datetime


class Memberships:
    """The people of shops within one transaction.

    Args:
        session: the application's own session, bound to the tenant.
    """

    def __init__(self, session: Session, tenant_id: UUID, vault: Vault) -> None:
        self._session = session
        self._tenant_id = tenant_id
        self._vault = vault

    async def at(self, shop_id: UUID) -> list[Member]:
        """Who works at a shop: merchants first, then those first who have been there longest."""
        rows = await self._session.fetch(
            """
            select m.id, m.person_id, m.role, m.created_at, p.name, p.phone_sealed
            from core.membership m join core.person p on p.id = m.person_id
            where m.shop_id = $1 and m.ended_at is null order by m.role desc, m.created_at, m.id
            """,
            shop_id,
        )
        return [self._member(row) for row in rows]

    async def one(self, membership_id: UUID, shop_id: UUID) -> Member:
        """One of them. Raises `http.not_found` for nobody's, another shop's, and one that has ended."""
        found = next((member for member in await self.at(shop_id) if member.id == membership_id), None)
        if found is None:
            raise not_found("membership")
        return found

    async def end(self, membership_id: UUID, shop_id: UUID) -> Member:
        """Take it away: sessions, tokens and what stands on the person's word feel it at once. Raises `http.not_found`."""
        member = await self.one(membership_id, shop_id)
        ended = await self._session.execute(
            "update core.membership set ended_at = now() where id = $1 and shop_id = $2 and ended_at is null", membership_id, shop_id
        )
        if not ended:
            raise not_found("membership")
        return member

    def _member(self, row: Record) -> Member:
        phone = self._vault.open(self._tenant_id, _PHONE, row["phone_sealed"]) if row["phone_sealed"] else ""
        return Member(row["id"], row["person_id"], row["name"], phone[-4:], Role(row["role"]), row["created_at"])
