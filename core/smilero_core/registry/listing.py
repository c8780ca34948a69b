"""The shops of a foundation as a table has them: filtered, sorted, and by their ids."""

from collections.abc import Sequence
from dataclasses import dataclass
from http import HTTPStatus
from uuid import UUID

from asyncpg import Record, UniqueViolationError

from smilero_core.db.session import Session
from smilero_sdk.errors import Problem, not_found
from smilero_sdk.finding import pattern
from smilero_sdk.tables import Found, Wanted, ordering

STATUSES = ("open", "closed", "left")

# The collation of the database is C.UTF-8, which sorts Hangul rightly.
_ORDER = {
    "name": "s.name",
    "stall": "s.stall",
    "market": "m.name",
    "goods": "s.goods",
    "business_number": "s.business_number",
    "status": "s.status",
    "created": "s.created_at",
}
_FROM = "core.shop s join core.market m on m.id = s.market_id"
_WHERE = """
  ($1 = '' or replace(lower(s.name), ' ', '') ~ $1 or replace(lower(s.goods), ' ', '') ~ $1 or replace(lower(s.stall), ' ', '') ~ $1)
  and ($2::uuid is null or s.market_id = $2) and ($3 = '' or s.category = $3)
  and (s.status = $4 or $4 = '' and s.status <> 'left')
"""


@dataclass(frozen=True)
class Marked:
    """A shop whose state was changed: what it was, and what it is called."""

    name: str
    was: str


class ShopListing:
    """The table within one transaction.

    Args:
        session: the application's own session, bound to the tenant.
    """

    def __init__(self, session: Session) -> None:
        self._session = session

    async def find(self, wanted: Wanted) -> Found:
        """By the filters `q`, `market`, `category` and `status`; without the last, all that have not left."""
        asked = (
            pattern(wanted.text("q")),
            UUID(wanted.text("market")) if wanted.text("market") else None,
            wanted.text("category"),
            wanted.text("status"),
        )
        order = ordering(_ORDER, wanted, "s.id")
        rows = await self._session.fetch(
            f"select s.id from {_FROM} where {_WHERE} order by {order} offset $5 limit $6",  # noqa: S608 - constants of this module
            *asked,
            wanted.offset,
            wanted.limit,
        )
        total = await self._session.fetch_value(f"select count(*) from {_FROM} where {_WHERE}", *asked)  # noqa: S608 - as above
        return Found([row["id"] for row in rows], int(str(total)))

    async def rows(self, ids: Sequence[UUID]) -> list[Record]:
        """`id, name, stall, goods, category, business_number, phone, status, created_at, market_id, market` of those that are there."""
        return await self._session.fetch(
            f"""
            select s.id, s.name, s.stall, s.goods, s.category, s.business_number, s.phone, s.status, s.created_at, s.market_id,
              m.name as market
            from {_FROM} where s.id = any($1::uuid[])
            """,  # noqa: S608 - as above
            list(ids),
        )

    async def mark(self, shop_id: UUID, status: str) -> Marked:
        """Say that a shop is open, closed for a time, or gone; one that is gone may come back to a stall that is still free.

        Raises `http.not_found`, `registry.stall_taken` (409).
        """
        try:
            row = await self._session.fetch_row(
                """
                with was as (select id, name, status from core.shop where id = $1 for update),
                marked as (update core.shop s set status = $2, updated_at = now() from was where s.id = was.id and was.status <> $2)
                select name, status from was
                """,
                shop_id,
                status,
            )
        except UniqueViolationError as error:
            raise Problem("registry.stall_taken", HTTPStatus.CONFLICT) from error
        if row is None:
            raise not_found("shop")
        return Marked(row["name"], row["status"])
