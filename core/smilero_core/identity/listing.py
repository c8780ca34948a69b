"""Who works at the foundation, its markets and shops, and who is awaited at shops, as tables have them."""

from collections.abc import Sequence
from typing import Final
from uuid import UUID

from smilero_core.db.driver import Record
from smilero_core.db.session import Session
from smilero_sdk.finding import pattern
from smilero_sdk.tables import Found, Wanted, ordering

INVITED: Final = ("waiting", "expired")

_MEMBERS: Final = """
    core.membership m join core.person p on p.id = m.person_id
    left join core.shop s on s.id = m.shop_id left join core.market k on k.id = coalesce(m.market_id, s.market_id)
"""
# Customers are no list: one is found by the whole number alone.
_WORKING: Final = """
    m.ended_at is null and m.role <> 'customer' and ($1 = '' or replace(lower(p.name), ' ', '') ~ $1)
    and ($2 = '' or m.role = $2) and ($3::uuid is null or k.id = $3)
"""
_MEMBER_ORDER: Final = {"name": "p.name", "shop": "s.name", "market": "k.name", "since": "m.created_at"}

_INVITATIONS: Final = "core.invitation i join core.shop s on s.id = i.shop_id join core.market k on k.id = s.market_id"
_AWAITED: Final = """
    i.used_at is null and i.revoked_at is null and ($1 = '' or replace(lower(i.name), ' ', '') ~ $1 or replace(lower(s.name), ' ', '') ~ $1)
    and ($2::uuid is null or k.id = $2) and ($3 = '' or $3 = case when i.expires_at <= now() then 'expired' else 'waiting' end)
"""
_INVITED_ORDER: Final = {"name": "i.name", "shop": "s.name", "market": "k.name", "sent": "i.sent_at", "expires": "i.expires_at"}


class PeopleListing:
    """Both tables within one transaction.

    Args:
        session: the application's own session, bound to the tenant.
    """

    def __init__(self, session: Session) -> None:
        self._session = session

    async def members(self, wanted: Wanted) -> Found:
        """Ids of memberships, by the filters `q`, `role` and `market`."""
        asked = (pattern(wanted.text("q")), wanted.text("role"), _id(wanted.text("market")))
        return await self._found("m.id", f"{_MEMBERS} where {_WORKING}", ordering(_MEMBER_ORDER, wanted, "m.id"), asked, wanted)

    async def member_rows(self, ids: Sequence[UUID]) -> list[Record]:
        """`id, person_id, name, phone_sealed, role, shop_id, shop, market, created_at` of those that are there."""
        return await self._session.fetch(
            f"""
            select m.id, m.person_id, p.name, p.phone_sealed, m.role, m.shop_id, s.name as shop, k.name as market, m.created_at
            from {_MEMBERS} where m.id = any($1::uuid[]) and m.ended_at is null and m.role <> 'customer'
            """,  # noqa: S608 - constants of this module
            list(ids),
        )

    async def invitations(self, wanted: Wanted) -> Found:
        """Ids of invitations to shops that nobody took yet, by the filters `q`, `market` and `state`."""
        asked = (pattern(wanted.text("q")), _id(wanted.text("market")), wanted.text("state"))
        return await self._found("i.id", f"{_INVITATIONS} where {_AWAITED}", ordering(_INVITED_ORDER, wanted, "i.id"), asked, wanted)

    async def invitation_rows(self, ids: Sequence[UUID]) -> list[Record]:
        """`id, name, phone_sealed, role, shop_id, shop, market, sent_at, expires_at, expired` of those that still wait."""
        return await self._session.fetch(
            f"""
            select i.id, i.name, i.phone_sealed, i.role, i.shop_id, s.name as shop, k.name as market, i.sent_at, i.expires_at,
              i.expires_at <= now() as expired
            from {_INVITATIONS} where i.id = any($1::uuid[]) and i.used_at is null and i.revoked_at is null
            """,  # noqa: S608 - as above
            list(ids),
        )

    async def _found(self, key: str, among: str, order: str, asked: Sequence[object], wanted: Wanted) -> Found:
        rows = await self._session.fetch(
            f"select {key} as id from {among} order by {order} offset $4 limit $5",  # noqa: S608 - as above
            *asked,
            wanted.offset,
            wanted.limit,
        )
        total = await self._session.fetch_value(f"select count(*) from {among}", *asked)  # noqa: S608 - as above
        return Found([row["id"] for row in rows], int(str(total)))


def _id(text: str) -> UUID | None:
    return UUID(text) if text else None
