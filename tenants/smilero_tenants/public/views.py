"""What the public pages show, as plain values for their templates."""

from collections.abc import Iterable, Sequence
from datetime import date

from smilero_core.registry.categories import Category
from smilero_core.registry.market_row import district
from smilero_core.registry.models import MarketRow, ShopRow
from smilero_core.registry.reading import Market
from smilero_sdk.i18n import Catalogue

View = dict[str, object]


class PublicViews:
    """Views in one language, of one day."""

    def __init__(self, catalogue: Catalogue, language: str, today: date) -> None:
        self._catalogue = catalogue
        self._language = language
        self._today = today

    def home(self, markets: Iterable[Market], query: str) -> View:
        """Markets that are open today and those that are not; with a query, only those whose name or address has it."""
        found = [market for market in markets if _matches(query, market.row.name, address(market.row))]
        return {
            "today": self._today,
            "q": query,
            "open_today": [self.market(market) for market in found if market.calendar.is_open(self._today)],
            "closed_today": [self.market(market) for market in found if not market.calendar.is_open(self._today)],
        }

    def market(self, market: Market) -> View:
        """One market, for a row or for its page."""
        row, calendar = market.row, market.calendar
        reason = calendar.why_closed(self._today)
        return {
            "url": market_url(row),
            "name": row.name,
            "address": address(row),
            "district": district(address(row)),
            "days_text": calendar.describe(self._catalogue, self._language),
            "shops": row.stated_shops,
            "is_open": reason is None,
            "is_market_day": calendar.is_market_day(self._today),
            "closed_reason": self._catalogue.text(self._language, reason) if reason else None,
            "next_open": calendar.next_open(self._today),
            "phone": row.phone or None,
            "homepage": row.homepage or None,
            **{name: getattr(row, name) for name in ("latitude", "longitude", "toilet", "parking", "goods")},
        }

    def categories(self, shops: Sequence[ShopRow], query: str) -> list[View]:
        """Shops by category in the order of the list, with a query only those whose name, goods or category has it."""
        groups: list[View] = []
        for category in Category:
            label = category.label(self._catalogue, self._language)
            members = [shop for shop in shops if shop.category == category and _matches(query, shop.name, shop.goods, label)]
            if members:
                rows = [{"url": shop_url(shop), "name": shop.name, "stall": shop.stall or None} for shop in members]
                groups.append({"name": label, "shops": rows})
        return groups

    def shop(self, shop: ShopRow, market: Market) -> View:
        """One shop, open when its market is."""
        return {
            "name": shop.name,
            "stall": shop.stall or None,
            "category": shop.goods or Category(shop.category).label(self._catalogue, self._language),
            "phone": shop.phone or None,
            "is_open": market.calendar.is_open(self._today) if shop.status == "open" else False,
            "next_open": market.calendar.next_open(self._today),
        }


def address(row: MarketRow) -> str:
    """The road address, else the lot's."""
    return row.road_address or row.lot_address


def market_url(row: MarketRow) -> str:
    """The page of a market."""
    return f"/markets/{row.id}"


def shop_url(row: ShopRow) -> str:
    """The page of a shop."""
    return f"/shops/{row.id}"


def _matches(query: str, *texts: str) -> bool:
    needle = "".join(query.split()).casefold()
    return not needle or any(needle in "".join(text.split()).casefold() for text in texts)
