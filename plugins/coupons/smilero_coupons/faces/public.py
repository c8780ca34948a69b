"""A coupon for whoever got its link, and a customer's own to show at the till."""

from uuid import UUID

from smilero_coupons.cards import card, offer
from smilero_coupons.choices import ShopCouponSettings
from smilero_coupons.faces import pages
from smilero_coupons.faces.wizard import BASE
from smilero_coupons.models import Campaign
from smilero_coupons.routes import CLAIM, CLAIMS
from smilero_coupons.service import CouponService
from smilero_sdk.context import TenantContext
from smilero_sdk.errors import not_found
from smilero_sdk.limits import limited
from smilero_sdk.pages import Face, Redirect, View


@pages.get(Face.PUBLIC, "/c/{campaign_id}", permission=None)
async def show_coupon(ctx: TenantContext, campaign_id: UUID) -> View:
    """The coupon behind a shared link."""
    service = CouponService(ctx)
    campaign = await service.repository.campaign(campaign_id)
    if campaign is None:
        raise not_found("campaign")
    mine = (await service.own_claims([campaign]))[campaign.id]
    shown = offer(ctx, campaign, mine)
    context = {
        "campaign": shown,
        "shop": await _shop(ctx, campaign),
        "share_url": f"{ctx.origin}/coupons/c/{campaign.id}",
        "share_text": ctx.text("coupons.share_text", benefit=shown["benefit"]),
    }
    return View("coupons/coupon.html", context)


@pages.post(Face.PUBLIC, "/c/{campaign_id}/claim", permission=CLAIM)
@limited(*CLAIMS)
async def claim(ctx: TenantContext, campaign_id: UUID) -> Redirect:
    """Take one."""
    return Redirect(f"/coupons/claims/{(await CouponService(ctx).claim(campaign_id)).id}")


@pages.get(Face.PUBLIC, "/claims/{claim_id}", permission=CLAIM)
async def show_mine(ctx: TenantContext, claim_id: UUID) -> View:
    """The customer's own coupon, with its number and what the till's camera reads."""
    repository = CouponService(ctx).repository
    claim = await repository.claim(claim_id)
    if claim is None or claim.person_id != ctx.actor.person_id:
        raise not_found("claim")
    campaign = await repository.campaign(claim.campaign_id)
    if campaign is None:
        raise not_found("campaign")
    context = {
        "shop": await _shop(ctx, campaign),
        "code": f"{claim.code[:3]} {claim.code[3:]}",
        "till_url": f"{ctx.origin}/coupons/r/{claim.code}",
        "used_at": claim.redeemed_at,
        "used_text": ctx.text("coupons.used_text"),
    }
    return View("coupons/mine.html", {**card(ctx, campaign), **context})


@pages.get(Face.PUBLIC, "/r/{code}", permission=None)
async def to_the_till(ctx: TenantContext, code: str) -> Redirect:  # noqa: ARG001 - every page has the context
    """What a coupon's QR code says: the till's own page, for a phone whose camera opened it by itself."""
    digits = code if len(code) == 6 and code.isascii() and code.isdigit() else ""  # noqa: PLR2004 - the length of a number
    return Redirect(f"{BASE}/check?code={digits}")


async def _shop(ctx: TenantContext, campaign: Campaign) -> dict[str, object]:
    shop = await ctx.registry.shop(campaign.shop_id)
    note = (await ctx.shop_settings(ShopCouponSettings, shop.id)).note
    return {"name": shop.name, "url": f"/storefront/shops/{shop.id}", "place": f"{shop.market} {shop.stall}".strip(), "note": note}
