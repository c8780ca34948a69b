"""Reading the registry: for pages, the API and plugins."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from asyncpg import Record

from smilero_core.db.session import Session
from smilero_core.registry.calendar import MarketCalendar
from smilero_core.registry.models import MarketDayException, MarketRow, ShopRow
from smilero_sdk.errors import not_found
from smilero_sdk.finding import BEGINS, WHOLE, WITHIN, pattern

_GONE = "left"

# A shop that has not left and has $1, a pattern of `smilero_sdk.finding`.
_FOUND = """
status <> 'left' and (
  replace(lower(name), ' ', '') ~ $1 or replace(lower(goods), ' ', '') ~ $1 or replace(lower(stall), ' ', '') ~ $1
)
"""


@dataclass(frozen=True)
class Market:
    """A market with its calendar."""

    row: MarketRow
    calendar: MarketCalendar


class RegistryReader:
    """The registry within one transaction, for the host's own pages and API.

    Args:
        session: the application's own session, bound to the tenant.
    """

    def __init__(self, session: Session) -> None:
        self._session = session

    async def markets(self) -> list[Market]:
        """Every market, by name."""
        rows = await MarketRow.all().using_db(self._session.orm).order_by("name", "natural_key")
        exceptions = await self._exceptions(None)
        return [_market(row, exceptions) for row in rows]

    async def market(self, market_id: UUID) -> Market:
        """One market. Raises `http.not_found`."""
        row = await MarketRow.get_or_none(id=market_id, using_db=self._session.orm)
        if row is None:
            raise not_found("market")
        return _market(row, await self._exceptions(market_id))

    async def shops_of(self, market_id: UUID) -> list[ShopRow]:
        """The shops of a market that have not left, by name."""
        return await ShopRow.filter(market_id=market_id).exclude(status=_GONE).using_db(self._session.orm).order_by("name", "stall")

    async def shop_row(self, shop_id: UUID) -> ShopRow:
        """One shop that has not left. Raises `http.not_found`."""
        row = await ShopRow.exclude(status=_GONE).using_db(self._session.orm).get_or_none(id=shop_id)
        if row is None:
            raise not_found("shop")
        return row

    async def page(
        self, *, after: UUID | None, limit: int, market_id: UUID | None = None, only: Sequence[UUID] | None = None
    ) -> list[ShopRow]:
        """Shops that have not left in the order of their ids, from behind `after`.

        Args:
            only: nothing but these.
        """
        query = ShopRow.exclude(status=_GONE).using_db(self._session.orm).order_by("id").limit(limit)
        if after is not None:
            query = query.filter(id__gt=after)
        if market_id is not None:
            query = query.filter(market_id=market_id)
        if only is not None:
            query = query.filter(id__in=list(only))
        return await query

    async def search(self, text: str, market_id: UUID | None, *, offset: int, limit: int) -> tuple[list[ShopRow], int]:
        """Shops that have not left whose name, goods or stall has a text, by name, and how many there are."""
        asked = (pattern(text), market_id)
        where = f"{_FOUND} and ($2::uuid is null or market_id = $2)"
        found = await self._session.fetch(
            f"select id from core.shop where {where} order by name, id offset $3 limit $4",  # noqa: S608 - a constant of ours
            *asked,
            offset,
            limit,
        )
        total = await self._session.fetch_value(f"select count(*) from core.shop where {where}", *asked)  # noqa: S608 - as above
        rows = {row.id: row for row in await ShopRow.filter(id__in=[row["id"] for row in found]).using_db(self._session.orm)}
        return [rows[row["id"]] for row in found], int(str(total))

    async def find(self, text: str, *, limit: int) -> list[Record]:
        """The shops that fit a text best: `id, name, stall, goods, category, market, weight` (0 to 100, a whole name is 100)."""
        return await self._session.fetch(
            f"""
            with found as (
              select id, name, stall, goods, category, market_id, replace(lower(name), ' ', '') as flat from core.shop where {_FOUND}
            ), weighed as (
              select *, case when flat ~ ('^(' || $1 || ')$') then {WHOLE} when flat ~ ('^' || $1) then {BEGINS}
                             when flat ~ $1 then {WITHIN} else {WITHIN // 2} end as weight from found
            )
            select w.id, w.name, w.stall, w.goods, w.category, m.name as market, w.weight
            from weighed w join core.market m on m.id = w.market_id order by w.weight desc, w.name, w.id limit $2
            """,  # noqa: S608 - constants of ours
            pattern(text),
            limit,
        )

    async def counts(self) -> tuple[int, int]:
        """Markets, and shops that have not left."""
        row = await self._session.fetch_row(
            "select (select count(*) from core.market) as markets, (select count(*) from core.shop where status <> 'left') as shops"
        )
        return (row["markets"], row["shops"]) if row else (0, 0)

    async def changed_markets(self, offset: int, limit: int) -> list[Record]:
        """`id, updated_at` of a part of the markets, by id."""
        return await self._session.fetch("select id, updated_at from core.market order by id offset $1 limit $2", offset, limit)

    async def changed_shops(self, offset: int, limit: int) -> list[Record]:
        """`id, updated_at` of a part of the shops that have not left, by id."""
        return await self._session.fetch(
            "select id, updated_at from core.shop where status <> 'left' order by id offset $1 limit $2", offset, limit
        )

    async def _exceptions(self, market_id: UUID | None) -> Mapping[UUID, dict[date, bool]]:
        query = MarketDayException.all().using_db(self._session.orm)
        found: dict[UUID, dict[date, bool]] = {}
        for row in await (query.filter(market_id=market_id) if market_id else query):
            found.setdefault(row.market_id, {})[row.day] = row.open
        return found


def _market(row: MarketRow, exceptions: Mapping[UUID, dict[date, bool]]) -> Market:
    return Market(row, MarketCalendar.of(row.kind, row.market_days, exceptions.get(row.id)))
