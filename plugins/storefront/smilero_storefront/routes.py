"""The public pages, below `/storefront`."""

from typing import Annotated
from uuid import UUID

from pydantic import Field

from smilero_sdk.answers import Search as Asked
from smilero_sdk.answers import SearchHit
from smilero_sdk.context import TenantContext
from smilero_sdk.finding import weight
from smilero_sdk.pages import Face, Form, Pages, View
from smilero_storefront import views

pages = Pages()


class Search(Form):
    """What the visitor looks for."""

    q: Annotated[str, Field(max_length=60)] = ""


@pages.get(Face.PUBLIC, "/markets/{market_id}", permission=None)
async def show_market(ctx: TenantContext, query: Search, market_id: UUID) -> View:
    """One market and its shops."""
    market = await ctx.registry.market(market_id)
    shops = await ctx.registry.shops_of(market_id)
    values = {
        "market": views.market(ctx.text, market),
        "categories": views.categories(ctx.text, shops, query.q),
        "q": query.q,
        "site": views.site(ctx, [market]),
    }
    return View("storefront/market.html", values)


@pages.get(Face.PUBLIC, "/shops/{shop_id}", permission=None)
async def show_shop(ctx: TenantContext, shop_id: UUID) -> View:
    """One shop, and what the other plugins show of it."""
    shop = await ctx.registry.shop(shop_id)
    market = await ctx.registry.market(shop.market_id)
    place = {
        "name": market.name,
        "url": f"/storefront/markets/{market.id}",
        "phone": market.phone or None,
        "address": views.address(market),
    }
    values = {
        "shop": views.shop(ctx.text, shop, market),
        "market": place,
        "slots": await ctx.slots.shop(shop),
        "site": views.site(ctx, [market]),
    }
    return View("storefront/shop.html", values)


async def front_page(ctx: TenantContext, search: str) -> View:
    """Which markets are open today."""
    return View("storefront/home.html", views.home(ctx, await ctx.registry.markets(), search))


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
