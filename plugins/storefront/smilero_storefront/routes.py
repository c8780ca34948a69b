"""The public pages, below `/storefront`."""

from typing import Annotated
from uuid import UUID

from pydantic import Field

from smilero_sdk.answers import Search as Asked
from smilero_sdk.answers import SearchHit
from smilero_sdk.context import TenantContext
from smilero_sdk.finding import weight
from smilero_sdk.pages import Face, Form, Pages, View
from smilero_sdk.showing import Card, Listed, Listing
from smilero_storefront import things, views

pages = Pages()


class Search(Form):
    """What the visitor looks for.

    Attributes:
        q: words.
        kind: a category of a market that has too many shops for one page.
        part: which of its pages.
    """

    q: Annotated[str, Field(max_length=60)] = ""
    kind: Annotated[str, Field(max_length=40)] = ""
    part: Annotated[int, Field(ge=1, le=1000)] = 1


async def _market_count(ctx: TenantContext) -> int:
    return (await ctx.registry.counts()).markets


async def _markets(ctx: TenantContext, offset: int, limit: int) -> list[Listed]:
    return await ctx.registry.listed_markets(offset, limit)


async def _shop_count(ctx: TenantContext) -> int:
    return (await ctx.registry.counts()).shops


async def _shops(ctx: TenantContext, offset: int, limit: int) -> list[Listed]:
    return await ctx.registry.listed_shops(offset, limit)


@pages.get(Face.PUBLIC, "/markets/{market_id}", permission=None, listing=Listing(_market_count, _markets))
async def show_market(ctx: TenantContext, query: Search, market_id: UUID) -> View:
    """One market and its shops."""
    market = await ctx.registry.market(market_id)
    shops = await ctx.registry.shops_of(market_id)
    values = {
        "market": views.market(ctx.text, market),
        **views.directory(ctx.text, shops, query.q, query.kind, query.part),
        "q": query.q,
        "site": views.site(ctx, [market]),
    }
    days = await ctx.registry.open_days(market_id, ctx.today, ctx.today + things.AHEAD)
    return View("storefront/market.html", values, things.market_card(ctx, market), things.market_things(ctx, market, days))


@pages.get(Face.PUBLIC, "/shops/{shop_id}", permission=None, listing=Listing(_shop_count, _shops))
async def show_shop(ctx: TenantContext, shop_id: UUID) -> View:
    """One shop, and what the other plugins show of it."""
    shop = await ctx.registry.shop(shop_id)
    market = await ctx.registry.market(shop.market_id)
    place = {
        "name": market.name,
        "url": f"/storefront/markets/{market.id}",
        "phone": market.phone or None,
        "address": views.address(market),
        "latitude": market.latitude,
        "longitude": market.longitude,
    }
    values = {
        "shop": views.shop(ctx.text, shop, market),
        "market": place,
        "slots": await ctx.slots.shop(shop),
        "site": views.site(ctx, [market]),
    }
    return View("storefront/shop.html", values, things.shop_card(ctx, shop), things.shop_things(ctx, shop, market))


async def front_page(ctx: TenantContext, search: str) -> View:
    """Which markets are open today."""
    card = Card(ctx.tenant.name, line=ctx.text("storefront.home.title"))
    return View("storefront/home.html", views.home(ctx, await ctx.registry.markets(), search), card)


async def hits(ctx: TenantContext, search: Asked) -> list[SearchHit]:
    """Markets whose name or neighbourhood has the words."""
    if search.face is not Face.PUBLIC:
        return []
    found = [
        SearchHit(one.name, f"{one.district} · {one.days_text}", f"/markets/{one.id}", fits)
        for one in await ctx.registry.markets()
        if (fits := weight(search.text, one.name) or weight(search.text, views.address(one)) // 2)
    ]
    return sorted(found, key=lambda hit: (-hit.weight, hit.title))[: search.limit]
