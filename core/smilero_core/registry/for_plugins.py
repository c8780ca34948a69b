"""The registry as plugins see it."""

from datetime import date
from uuid import UUID

from smilero_core.registry.categories import Category
from smilero_core.registry.market_row import district
from smilero_core.registry.models import MarketRow, ShopRow
from smilero_core.registry.reading import Market as StoredMarket
from smilero_core.registry.reading import RegistryReader
from smilero_sdk.i18n import Catalogue
from smilero_sdk.registry import Market, Opening, Shop

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
