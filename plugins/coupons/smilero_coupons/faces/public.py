"""A coupon for whoever got its link, and a customer's own to show at the till."""

from collections.abc import Mapping
from uuid import UUID

from smilero_coupons.cards import card, offer, state
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
from smilero_sdk.showing import Card, Listed, Listing


async def _open_count(ctx: TenantContext) -> int:
    return await CouponService(ctx).repository.count_open(ctx.now)


async def _open(ctx: TenantContext, offset: int, limit: int) -> list[Listed]:
    found = await CouponService(ctx).repository.some_open(ctx.now, offset, limit)
    return [Listed(one.id, one.created_at) for one in found]


@pages.get(Face.PUBLIC, "/c/{campaign_id}", permission=None, listing=Listing(_open_count, _open))
async def show_coupon(ctx: TenantContext, campaign_id: UUID) -> View:
    """The coupon behind a shared link."""
    service = CouponService(ctx)
    campaign = await service.repository.campaign(campaign_id)
    if campaign is None:
        raise not_found("campaign")
    mine = (await service.own_claims([campaign]))[campaign.id]
    shown, shop = offer(ctx, campaign, mine), await _shop(ctx, campaign)
    context = {
        "campaign": shown,
        "shop": shop,
        "share_url": f"{ctx.origin}/coupons/c/{campaign.id}",
        "share_text": ctx.text("coupons.share_text", benefit=shown["benefit"]),
    }
    return View("coupons/coupon.html", context, *_outside(ctx, campaign, shown, shop))


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
    if claim is None or claim.person_id is None or claim.person_id != ctx.actor.person_id:
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


def _outside(
    ctx: TenantContext, campaign: Campaign, shown: Mapping[str, object], shop: Mapping[str, object]
) -> tuple[Card, tuple[Mapping[str, object], ...]]:
    """How a coupon looks where its address is shared, and to search engines while it can be had."""
    can_be_had = state(ctx, campaign) == "open" and ctx.open_at(campaign.shop_id)
    note = shown["conditions"] if can_be_had else ctx.text("coupons.state.ended")
    card = Card(str(shop["name"]), line=str(shown["benefit"]), place=str(shop["place"]), note=str(note))
    offer = {
        "@type": "Offer",
        "name": shown["benefit"],
        "url": f"{ctx.origin}/coupons/c/{campaign.id}",
        "availability": "https://schema.org/InStock",
        "validThrough": campaign.ends_at.isoformat(),
        "offeredBy": {"@type": "LocalBusiness", "name": shop["name"], "url": f"{ctx.origin}{shop['url']}"},
    }
    return card, (offer,) if can_be_had else ()


async def _shop(ctx: TenantContext, campaign: Campaign) -> dict[str, object]:
    shop = await ctx.registry.shop(campaign.shop_id)
    note = (await ctx.shop_settings(ShopCouponSettings, shop.id)).note
    return {"name": shop.name, "url": f"/storefront/shops/{shop.id}", "place": f"{shop.market} {shop.stall}".strip(), "note": note}
