"""Markets and shops."""

from datetime import date
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from smilero_core.plugins.context import Context
from smilero_core.registry.calendar import kst_today
from smilero_core.registry.models import ShopRow
from smilero_core.registry.reading import Market
from smilero_sdk.api import Api

registry_api = Api()


class TenantOut(BaseModel):
    """The foundation that this host belongs to."""

    id: UUID
    slug: str
    name: str
    timezone: str
    locale: str


class MarketOut(BaseModel):
    """A market and whether it is open today."""

    id: UUID
    name: str
    kind: str
    road_address: str
    lot_address: str
    market_days: str
    stated_shops: int | None
    open_today: bool
    market_day_today: bool
    next_open: date | None
    latitude: float | None
    longitude: float | None
    phone: str


class MarketList(BaseModel):
    """All markets of the foundation."""

    items: list[MarketOut]
    today: date


class ShopOut(BaseModel):
    """A shop."""

    id: UUID
    market_id: UUID
    name: str
    stall: str
    category: str
    goods: str
    status: str


class ShopList(BaseModel):
    """A page of shops; `next_cursor` is null on the last one."""

    items: list[ShopOut]
    next_cursor: UUID | None


class ShopQuery(BaseModel):
    """Which shops."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    mine: bool = False
    market_id: UUID | None = None
    cursor: UUID | None = None
    limit: Annotated[int, Field(ge=1, le=500)] = 100


@registry_api.get("/tenant", permission=None)
async def read_tenant(ctx: Context) -> TenantOut:
    """The foundation that this host belongs to."""
    return TenantOut.model_validate(ctx.tenant, from_attributes=True)


@registry_api.get("/registry/markets", permission=None)
async def list_markets(ctx: Context) -> MarketList:
    """All markets, with whether each is open today."""
    today = kst_today(ctx.now)
    return MarketList(items=[_market(market, today) for market in await ctx.reader.markets()], today=today)


@registry_api.get("/registry/markets/{market_id}", permission=None)
async def read_market(ctx: Context, market_id: UUID) -> MarketOut:
    """One market."""
    return _market(await ctx.reader.market(market_id), kst_today(ctx.now))


@registry_api.get("/registry/shops", permission=None)
async def list_shops(ctx: Context, query: ShopQuery) -> ShopList:
    """Shops, or with `mine=true` the caller's own."""
    only = sorted(ctx.actor.shop_ids) if query.mine else None
    rows = await ctx.reader.page(after=query.cursor, limit=query.limit + 1, market_id=query.market_id, only=only)
    page = rows[: query.limit]
    return ShopList(items=[_shop(row) for row in page], next_cursor=page[-1].id if len(rows) > query.limit else None)


@registry_api.get("/registry/shops/{shop_id}", permission=None)
async def read_shop(ctx: Context, shop_id: UUID) -> ShopOut:
    """One shop."""
    return _shop(await ctx.reader.shop_row(shop_id))


def _market(market: Market, today: date) -> MarketOut:
    row, calendar = market.row, market.calendar
    return MarketOut(
        **{name: getattr(row, name) for name in MarketOut.model_fields if hasattr(row, name)},
        open_today=calendar.is_open(today),
        market_day_today=calendar.is_market_day(today),
        next_open=calendar.next_open(today),
    )


def _shop(row: ShopRow) -> ShopOut:
    return ShopOut.model_validate(row, from_attributes=True)
