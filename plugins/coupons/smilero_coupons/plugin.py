"""The manifest and hooks of the plugin `coupons`."""

from uuid import UUID

from smilero_coupons import events, figures
from smilero_coupons.cards import offer
from smilero_coupons.choices import CouponSettings, ShopCouponSettings
from smilero_coupons.demo import CouponLife
from smilero_coupons.faces import console, pages, paper, portal, public, wizard
from smilero_coupons.faces.home import home
from smilero_coupons.faces.undoing import last_step
from smilero_coupons.repository import CouponRepository
from smilero_coupons.routes import CLAIM, MANAGE, READ, REDEEM, api
from smilero_coupons.service import CouponService
from smilero_sdk.answers import Kept, Measure, MeasureValue, Period, PersonSection, Printout, Search, SearchHit
from smilero_sdk.api import Api
from smilero_sdk.context import TenantContext
from smilero_sdk.demo import DemoLife
from smilero_sdk.hooks import hookimpl
from smilero_sdk.manifest import DataClass, Level, Plugin
from smilero_sdk.pages import Face, HomePart, MenuItem, Pages, Undo, View
from smilero_sdk.registry import Shop
from smilero_sdk.roles import Lent, Permission, Role

_FOUNDATION = frozenset({Role.OWNER, Role.STAFF})


class Coupons:
    """The hooks."""

    @hookimpl
    def register_api(self) -> Api:
        """Operations for shops, customers and the till."""
        return api

    @hookimpl
    async def provide_shop_fragments(self, ctx: TenantContext, shop: Shop) -> list[View]:
        """The shop's open campaigns."""
        service = CouponService(ctx)
        campaigns = await service.repository.open_campaigns(shop.id, ctx.now)
        if not campaigns:
            return []
        mine = await service.own_claims(campaigns)
        note = (await ctx.shop_settings(ShopCouponSettings, shop.id)).note
        offers = [offer(ctx, campaign, mine[campaign.id]) for campaign in campaigns]
        return [View("coupons/slot_shop.html", {"campaigns": offers, "note": note})]

    @hookimpl
    def register_pages(self) -> Pages:
        """Pages for merchants, customers and the foundation."""
        return pages

    @hookimpl
    def register_menu(self) -> list[MenuItem]:
        """The till on the portal's bar, the list in the console."""
        return [
            MenuItem(Face.PORTAL, "/check", "coupons.bar.check", "scan-line", REDEEM),
            MenuItem(Face.CONSOLE, "/campaigns", "coupons.title", "ticket-percent", READ),
        ]

    @hookimpl
    async def provide_home(self, ctx: TenantContext) -> HomePart:
        """Yesterday's customers and the tasks."""
        return await home(ctx)

    @hookimpl
    async def provide_undo(self, ctx: TenantContext) -> Undo | None:
        """The coupon that was made or used last."""
        return await last_step(ctx)

    @hookimpl
    async def provide_search(self, ctx: TenantContext, search: Search) -> list[SearchHit]:
        """Coupons by shop or amount."""
        return await figures.hits(ctx, search, READ)

    @hookimpl
    async def provide_prints(self, ctx: TenantContext, shop: Shop) -> list[Printout]:
        """A sheet for each coupon that can be taken."""
        return await figures.sheets(ctx, shop)

    @hookimpl
    def register_measures(self) -> list[Measure]:
        """Issued, used, by how many, for how much."""
        return figures.MEASURES

    @hookimpl
    async def provide_measures(self, ctx: TenantContext, period: Period) -> list[MeasureValue]:
        """By shop and day."""
        return await figures.values(ctx, period)

    @hookimpl
    async def provide_person_export(self, ctx: TenantContext, person_id: UUID) -> list[PersonSection]:
        """The coupons that somebody took."""
        rows = await CouponRepository(ctx.db).claims_by(person_id)
        shown = [
            {
                "shop": row["shop"],
                "benefit": ctx.text(f"coupons.benefit.{row['kind']}", value=row["value"]),
                "claimed_at": row["claimed_at"].isoformat(),
                "redeemed_at": row["redeemed_at"].isoformat() if row["redeemed_at"] else None,
            }
            for row in rows
        ]
        return [PersonSection("coupons.title", shown)] if shown else []

    @hookimpl
    async def provide_person_erasure(self, ctx: TenantContext, person_id: UUID) -> list[Kept]:
        """Unused coupons go back to their shops; what was used is counted by them and names nobody once the person is blank."""
        await CouponRepository(ctx.db).give_back_open_claims(person_id)
        return []

    @hookimpl
    async def provide_demo(self, ctx: TenantContext, life: DemoLife) -> None:
        """Campaigns, claims and redemptions of sixty days."""
        await CouponLife(life, ctx.tenant.timezone).fill()


# Importing them declares their pages.
_FACES = (console, paper, portal, public, wizard)

plugin = Plugin(
    name="coupons",
    package="smilero_coupons",
    title={"ko": "쿠폰", "en": "Coupons", "zh": "优惠券", "vi": "Phiếu ưu đãi", "uk": "Купони"},
    description={
        "ko": "쿠폰을 만들고 나누고 씁니다",
        "en": "Make, share and redeem coupons",
        "zh": "制作、分发和使用优惠券",
        "vi": "Làm, chia sẻ và dùng phiếu ưu đãi",
        "uk": "Створювати, роздавати й приймати купони",
    },
    version="0.1.0",
    owner="Smilero",
    licence="Apache-2.0",
    level=Level.SHOP,
    icon="ticket-percent",
    data_classes=(DataClass.PERSONAL,),
    implementation=Coupons(),
    models=("smilero_coupons.models",),
    events=events.ALL,
    settings=CouponSettings,
    shop_settings=ShopCouponSettings,
    permissions=(
        Permission(MANAGE, _FOUNDATION | {Role.MERCHANT}, Lent.WORK),
        Permission(REDEEM, _FOUNDATION | {Role.MERCHANT, Role.CLERK}, Lent.WORK),
        Permission(READ, _FOUNDATION | {Role.MERCHANT, Role.CLERK}, Lent.LOOK),
        # A coupon is taken for oneself.
        Permission(CLAIM, frozenset({Role.CUSTOMER, Role.MERCHANT, Role.CLERK, Role.OFFICER, Role.STAFF, Role.OWNER})),
    ),
)
