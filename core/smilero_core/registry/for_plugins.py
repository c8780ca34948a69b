"""The registry as plugins see it."""

from datetime import date, timedelta
from uuid import UUID

from smilero_core.registry.categories import Category
from smilero_core.registry.market_row import district
from smilero_core.registry.models import MarketRow, ShopRow
from smilero_core.registry.reading import Market as StoredMarket
from smilero_core.registry.reading import RegistryReader
from smilero_sdk.i18n import Catalogue
from smilero_sdk.registry import Counts, Market, Opening, Shop
from smilero_sdk.showing import Listed

_ORDER = {category.value: place for place, category in enumerate(Category)}


class PluginRegistry:
    """Implements `smilero_sdk.context.Registry`, on one day and in one language."""

    def __init__(self, reader: RegistryReader, catalogue: Catalogue, language: str, today: date) -> None:
        self._reader = reader
        self._catalogue = catalogue
        self._language = language
        self._today = today

    async def shop(self, shop_id: UUID) -> Shop:
        """The shop. Raises `http.not_found`."""
        row = await self._reader.shop_row(shop_id)
        return as_shop(row, (await self._reader.market(row.market_id)).row)

    async def markets(self) -> list[Market]:
        """All markets, by name."""
        return [self._market(market) for market in await self._reader.markets()]

    async def market(self, market_id: UUID) -> Market:
        """The market. Raises `http.not_found`."""
        return self._market(await self._reader.market(market_id))

    async def shops_of(self, market_id: UUID) -> list[Shop]:
        """The shops of a market that have not left, by category, then by name. Raises `http.not_found`."""
        market = (await self._reader.market(market_id)).row
        shops = [as_shop(row, market) for row in await self._reader.shops_of(market_id)]
        return sorted(shops, key=lambda shop: _ORDER.get(shop.category, len(_ORDER)))

    async def open_days(self, market_id: UUID, first: date, last: date) -> list[date]:
        """The days on which the market is open, both ends included. Raises `http.not_found`."""
        calendar = (await self._reader.market(market_id)).calendar
        days = (first + timedelta(days=number) for number in range((last - first).days + 1))
        return [day for day in days if calendar.is_open(day)]

    async def counts(self) -> Counts:
        """How many markets and shops there are."""
        return Counts(*await self._reader.counts())

    async def listed_markets(self, offset: int, limit: int) -> list[Listed]:
        """A part of the markets, by id."""
        return [Listed(row["id"], row["updated_at"]) for row in await self._reader.changed_markets(offset, limit)]

    async def listed_shops(self, offset: int, limit: int) -> list[Listed]:
        """A part of the shops that have not left, by id."""
        return [Listed(row["id"], row["updated_at"]) for row in await self._reader.changed_shops(offset, limit)]

    def _market(self, stored: StoredMarket) -> Market:
        row, calendar = stored.row, stored.calendar
        reason = calendar.why_closed(self._today)
        return Market(
            id=row.id,
            name=row.name,
            road_address=row.road_address,
            lot_address=row.lot_address,
            district=district(row.road_address or row.lot_address),
            days_text=calendar.describe(self._catalogue, self._language),
            stated_shops=row.stated_shops,
            goods=tuple(row.goods),
            homepage=row.homepage,
            phone=row.phone,
            toilet=row.toilet,
            parking=row.parking,
            latitude=row.latitude,
            longitude=row.longitude,
            data_date=row.data_date,
            provider=row.provider,
            today=Opening(reason is None, calendar.is_market_day(self._today), reason, calendar.next_open(self._today)),
        )


def as_shop(row: ShopRow, market: MarketRow) -> Shop:
    """The SDK's value of a shop."""
    return Shop(row.id, row.market_id, market.name, row.name, row.stall, row.category, row.goods, row.phone, row.status)
