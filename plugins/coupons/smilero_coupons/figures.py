"""What the host finds, prints and counts of coupons."""

import re
from urllib.parse import urlencode

from smilero_coupons.cards import card
from smilero_coupons.models import Campaign
from smilero_coupons.repository import CouponRepository
from smilero_sdk.answers import Measure, MeasureValue, Period, Printout, Search, SearchHit, Unit
from smilero_sdk.context import TenantContext
from smilero_sdk.finding import WITHIN, pattern, weight
from smilero_sdk.pages import Face
from smilero_sdk.registry import Shop

# What a percentage was worth is not in `given`: what the customer paid is not known to us.
MEASURES = [
    Measure("issued", Unit.COUNT),
    Measure("used", Unit.COUNT),
    Measure("customers", Unit.PEOPLE),
    Measure("given", Unit.WON),
]


async def values(ctx: TenantContext, period: Period) -> list[MeasureValue]:
    """The figures of each shop and day that has any."""
    rows = await CouponRepository(ctx.db).figures(period.first, period.last, ctx.tenant.timezone)
    return [MeasureValue(one.name, row["day"], row[one.name], row["shop_id"]) for row in rows for one in MEASURES if row[one.name]]


async def hits(ctx: TenantContext, search: Search, permission: str) -> list[SearchHit]:
    """Coupons of a shop or an amount: of all shops in the console, of the one that is worked for on the portal."""
    # Nobody need have signed in on the public face.
    if search.face is Face.PUBLIC or not ctx.actor.may(permission) or (search.face is Face.PORTAL and ctx.shop_id is None):
        return []
    amount = re.sub(r"\D", "", search.text)[:9]
    shop_id = ctx.shop_id if search.face is Face.PORTAL else None
    rows = await CouponRepository(ctx.db).find(pattern(search.text), int(amount) if amount else None, shop_id, search.limit)
    return [_hit(ctx, search, shop, campaign) for shop, campaign in rows]


async def sheets(ctx: TenantContext, shop: Shop) -> list[Printout]:
    """A sheet for each coupon that can be taken."""
    return [_sheet(ctx, campaign) for campaign in await CouponRepository(ctx.db).open_campaigns(shop.id, ctx.now)]


def _hit(ctx: TenantContext, search: Search, shop: str, campaign: Campaign) -> SearchHit:
    shown = card(ctx, campaign)
    path = f"/campaigns/{campaign.id}" if search.face is Face.PORTAL else f"/campaigns?{urlencode({'q': shop})}"
    return SearchHit(str(shown["benefit"]), f"{shop} · {shown['conditions']}", path, weight(search.text, shop) or WITHIN)


def _sheet(ctx: TenantContext, campaign: Campaign) -> Printout:
    shown = card(ctx, campaign)
    lines = (str(shown["conditions"]), ctx.text("coupons.sheet.how"))
    return Printout(str(campaign.id), "coupons.sheet", str(shown["benefit"]), lines, f"/c/{campaign.id}")
