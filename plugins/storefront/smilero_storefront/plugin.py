"""The manifest and hooks of the plugin `storefront`."""

from smilero_sdk.answers import Search, SearchHit
from smilero_sdk.context import TenantContext
from smilero_sdk.hooks import hookimpl
from smilero_sdk.manifest import Plugin
from smilero_sdk.pages import Pages, View
from smilero_storefront import routes


class Storefront:
    """The hooks."""

    @hookimpl
    def register_pages(self) -> Pages:
        """Markets and shops for customers."""
        return routes.pages

    @hookimpl
    async def provide_front_page(self, ctx: TenantContext, search: str) -> View:
        """The directory."""
        return await routes.front_page(ctx, search)

    @hookimpl
    async def provide_search(self, ctx: TenantContext, search: Search) -> list[SearchHit]:
        """Markets for customers; shops are the registry's own answer, and lead to this plugin's pages."""
        return await routes.hits(ctx, search)


plugin = Plugin(
    name="storefront",
    package="smilero_storefront",
    title={"ko": "가게 소개", "en": "Shop pages", "zh": "店铺介绍", "vi": "Giới thiệu cửa hàng", "uk": "Сторінки крамниць"},
    description={
        "ko": "오늘 여는 시장과 가게를 손님에게 보여 줍니다",
        "en": "Shows customers the markets that are open today and their shops",
        "zh": "向顾客展示今天营业的市场和店铺",
        "vi": "Cho khách thấy chợ và cửa hàng mở hôm nay",
        "uk": "Показує покупцям ринки, відчинені сьогодні, та їхні крамниці",
    },
    version="0.1.0",
    owner="Smilero",
    licence="Apache-2.0",
    icon="store",
    starts_on=True,
    implementation=Storefront(),
)
