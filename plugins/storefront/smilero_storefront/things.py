"""Markets and shops in the words of schema.org, for search engines, and the cards of their addresses."""

import re
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from smilero_sdk.context import TenantContext
from smilero_sdk.registry import Market, Shop
from smilero_sdk.showing import Card
from smilero_storefront.views import address, shop_url

Thing = Mapping[str, Any]

# What schema.org calls the categories of the registry; each is a LocalBusiness.
TYPES = {
    **dict.fromkeys(("vegetable", "fruit", "grain", "meat", "fish", "dried", "sidedish", "grocery"), "GroceryStore"),
    **dict.fromkeys(("ricecake", "bakery"), "Bakery"),
    **dict.fromkeys(("clothes", "hanbok"), "ClothingStore"),
    **dict.fromkeys(("herb", "fabric", "accessory", "other"), "Store"),
    **dict.fromkeys(("repair", "service"), "LocalBusiness"),
    "restaurant": "Restaurant",
    "snack": "FastFoodRestaurant",
    "cafe": "CafeOrCoffeeShop",
    "shoes": "ShoeStore",
    "household": "HomeGoodsStore",
    "hardware": "HardwareStore",
    "flower": "Florist",
    "beauty": "BeautySalon",
}

# So many days ahead the days are told one by one.
AHEAD = timedelta(days=28)
# Of a day, in Google's words for schema.org's: one without `opens` would be a closed one. At which hours, nobody told us.
_OPEN, _CLOSED = ("00:00", "23:59"), ("00:00", "00:00")
_COUNTRY_CODE = "82"


def market_things(ctx: TenantContext, one: Market, days: Sequence[date]) -> tuple[Thing, ...]:
    """A market, and the way to it.

    Args:
        days: those from today on for `AHEAD` on which it is open.
    """
    url = market_url(ctx, one)
    thing = {"@type": "ShoppingCenter", "@id": url, "name": one.name, "url": url, **_reach(one.phone, address(one), one)}
    if one.latitude is not None:
        thing["geo"] = {"@type": "GeoCoordinates", "latitude": one.latitude, "longitude": one.longitude}
    return ({**thing, **opening(days, ctx.today)}, trail((ctx.tenant.name, f"{ctx.origin}/"), (one.name, url)))


def shop_things(ctx: TenantContext, one: Shop, place: Market) -> tuple[Thing, ...]:
    """A shop, and the way to it."""
    url, market = ctx.origin + shop_url(one), market_url(ctx, place)
    thing = {
        "@type": TYPES.get(one.category, "LocalBusiness"),
        "@id": url,
        "name": one.name,
        "url": url,
        **_reach(one.phone, f"{address(place)} {place.name} {one.stall}".strip(), place),
        "containedInPlace": {"@type": "ShoppingCenter", "@id": market, "name": place.name},
    }
    return (thing, trail((ctx.tenant.name, f"{ctx.origin}/"), (place.name, market), (one.name, url)))


def trail(*steps: tuple[str, str]) -> Thing:
    """The pages above a page and the page itself, each with its name and address."""
    items = [{"@type": "ListItem", "position": number, "name": name, "item": url} for number, (name, url) in enumerate(steps, 1)]
    return {"@type": "BreadcrumbList", "itemListElement": items}


def opening(days: Sequence[date], today: date) -> Thing:
    """When a market is open: nearly every day, with its closed days; or its market days, one by one."""
    ahead = [today + timedelta(days=number) for number in range(AHEAD.days)]
    closed = [day for day in ahead if day not in set(days)]
    if len(closed) <= len(ahead) // 7:
        told: dict[str, object] = {"openingHours": "Mo-Su"}
        if closed:
            told["specialOpeningHoursSpecification"] = [_on(day, *_CLOSED) for day in closed]
        return told
    return {"specialOpeningHoursSpecification": [_on(day, *_OPEN) for day in days]}


def market_card(ctx: TenantContext, one: Market) -> Card:
    """Of a market: when it is held."""
    return Card(one.name, line=one.days_text, note=address(one), place=ctx.tenant.name)


def shop_card(ctx: TenantContext, one: Shop) -> Card:
    """Of a shop: where it is and what it has."""
    return Card(one.name, place=f"{one.market} {one.stall}".strip(), note=one.goods or ctx.text(f"registry.category.{one.category}"))


def market_url(ctx: TenantContext, one: Market) -> str:
    """The whole address of a market."""
    return f"{ctx.origin}/storefront/markets/{one.id}"


def _on(day: date, opens: str, closes: str) -> dict[str, object]:
    dated = {"validFrom": day.isoformat(), "validThrough": day.isoformat()}
    return {"@type": "OpeningHoursSpecification", **dated, "opens": opens, "closes": closes}


def _reach(phone: str, street: str, place: Market) -> dict[str, object]:
    """Where, and how to call from anywhere (ITU-T E.164); Korea's zero is not dialled from abroad."""
    there = {"addressLocality": place.district} if place.district else {}
    found: dict[str, object] = {"address": {"@type": "PostalAddress", "streetAddress": street, **there, "addressCountry": "KR"}}
    digits = re.sub(r"\D", "", phone)
    if digits:
        found["telephone"] = f"+{_COUNTRY_CODE}{_without_code(phone, digits).removeprefix('0')}"
    return found


def _without_code(phone: str, digits: str) -> str:
    """As one dials it in Korea, or nearly: what was written for abroad without the country's code."""
    return digits.removeprefix(_COUNTRY_CODE) if phone.lstrip().startswith("+") else digits
