"""What the pages show, as plain values for their templates."""

import re
from collections.abc import Callable, Iterable, Sequence
from itertools import groupby

from smilero_sdk.context import TenantContext
from smilero_sdk.finding import flat, pattern
from smilero_sdk.registry import Market, Shop

Values = dict[str, object]
Text = Callable[..., str]
# Shops on one page: of some 10 kB compressed, and no longer than a thumb likes.
MOST = 200


def home(ctx: TenantContext, markets: Iterable[Market], query: str) -> Values:
    """Markets that are open today and those that are not; with a query, only those whose name or address has it."""
    found = [one for one in markets if matches(query, one.name, address(one))]
    return {
        "today": ctx.today,
        "q": query,
        "open_today": [market(ctx.text, one) for one in found if one.today.open],
        "closed_today": [market(ctx.text, one) for one in found if not one.today.open],
        "site": site(ctx, found),
    }


def market(text: Text, one: Market) -> Values:
    """One market, for a row or for its page."""
    today = one.today
    return {
        "url": f"/storefront/markets/{one.id}",
        "name": one.name,
        "address": address(one),
        "district": one.district,
        "days_text": one.days_text,
        "shops": one.stated_shops,
        "is_open": today.open,
        "is_market_day": today.market_day,
        "closed_reason": text(today.reason) if today.reason else None,
        "next_open": today.next_open,
        "phone": one.phone or None,
        "homepage": one.homepage or None,
        **{name: getattr(one, name) for name in ("latitude", "longitude", "toilet", "parking", "goods")},
    }


def directory(text: Text, shops: Sequence[Shop], query: str, kind: str, part: int) -> Values:
    """The shops of a market, no more at once than an old phone can show: {categories, kinds, kind|None, part, parts, found}.

    Up to `MOST` shops stand in `categories`, together. Of more, `kinds` has the categories to choose from, and `categories` the chosen
    one, in parts; with a query the first that fit, and `found` says how many there are.
    """
    found = categories(text, shops, query)
    total = sum(len(_members(one)) for one in found)
    plain: Values = {"categories": found, "kinds": [], "kind": None, "part": 1, "parts": 1, "found": total}
    if total <= MOST:
        return plain
    if query:
        return {**plain, "categories": _first(found)}
    kinds = [{"name": one["name"], "url": f"?kind={one['code']}#shops", "count": len(_members(one))} for one in found]
    chosen = next((one for one in found if one["code"] == kind), None)
    if chosen is None:
        return {**plain, "categories": [], "kinds": kinds}
    members = _members(chosen)
    parts = -(-len(members) // MOST)
    here = min(part, parts)
    shown = {**chosen, "shops": members[(here - 1) * MOST : here * MOST]}
    return {**plain, "categories": [shown], "kind": kind, "part": here, "parts": parts}


def _members(category: Values) -> list[Values]:
    shops = category["shops"]
    return shops if isinstance(shops, list) else []


def _first(found: Sequence[Values]) -> list[Values]:
    """As many as are shown at once."""
    left, kept = MOST, []
    for one in found:
        members = _members(one)[:left]
        left -= len(members)
        kept += [{**one, "shops": members}] if members else []
    return kept


def categories(text: Text, shops: Sequence[Shop], query: str) -> list[Values]:
    """Shops by category; with a query, only those whose name, goods or category has it."""
    groups: list[Values] = []
    for code, members in groupby(shops, key=lambda shop: shop.category):
        label = text(f"registry.category.{code}")
        found = [shop for shop in members if matches(query, shop.name, shop.goods, label)]
        if found:
            rows = [{"url": shop_url(shop), "name": shop.name, "stall": shop.stall or None} for shop in found]
            groups.append({"code": code, "name": label, "shops": rows})
    return groups


def shop(text: Text, one: Shop, place: Market) -> Values:
    """One shop; whether it is open is told by its market's day."""
    return {
        "name": one.name,
        "stall": one.stall or None,
        "category": one.goods or text(f"registry.category.{one.category}"),
        "phone": one.phone or None,
        "is_open": place.today.open if one.status == "open" else False,
        "next_open": place.today.next_open,
    }


def site(ctx: TenantContext, markets: Sequence[Market]) -> Values:
    """The frame of the pages, with where the figures come from: the newest of the markets shown."""
    dated = [(one.data_date, one.provider) for one in markets if one.data_date and one.provider]
    source = max(dated, default=None)
    named = {"name": source[1], "date": source[0]} if source else None
    return {"name": ctx.tenant.name, "seal": ctx.tenant.seal, "phone": ctx.tenant.phone or None, "source": named}


def address(one: Market) -> str:
    """The road address, else the lot's."""
    return one.road_address or one.lot_address


def shop_url(one: Shop) -> str:
    """The page of a shop."""
    return f"/storefront/shops/{one.id}"


def matches(query: str, *texts: str) -> bool:
    """Whether a text has the query: spaces and case aside, and by initial consonants."""
    asked = pattern(query)
    return any(re.search(asked, flat(text)) for text in texts)
