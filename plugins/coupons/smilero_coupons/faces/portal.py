"""A merchant's coupons on the phone, and checking a customer's at the till."""

from datetime import timedelta
from typing import Annotated
from uuid import UUID

from pydantic import Field, StringConstraints

from smilero_coupons.cards import card, state
from smilero_coupons.faces import pages
from smilero_coupons.faces.wizard import BASE, required_shop
from smilero_coupons.models import Campaign, Redemption
from smilero_coupons.periods import day_of, end_of
from smilero_coupons.routes import MANAGE, READ, REDEEM
from smilero_coupons.service import CouponService, topic
from smilero_coupons.slips import SlipService
from smilero_sdk.context import TenantContext
from smilero_sdk.errors import not_found
from smilero_sdk.ids import uuid7
from smilero_sdk.pages import Face, Form, Live, Redirect, View

_SHOWN = 30


class Code(Form):
    """The customer's number, spoken or read by the camera; spaces and hyphens do not matter."""

    code: Annotated[str, StringConstraints(max_length=20)]


class Prefilled(Form):
    """A number that the phone's own camera read already."""

    code: Annotated[str, Field(max_length=6)] = ""


class Before(Form):
    """What led here."""

    undone: bool = False


@pages.get(Face.PORTAL, "/campaigns", permission=READ)
async def list_campaigns(ctx: TenantContext, query: Before) -> View:
    """The shop's coupons, newest first, and that one was just taken back."""
    rows = await CouponService(ctx).repository.campaigns_page(None, _SHOWN, [required_shop(ctx)])
    campaigns = [
        {
            **card(ctx, row),
            "claimed": row.claimed,
            "redeemed": row.redeemed,
            "stock": row.stock,
            "state_text": ctx.text(f"coupons.state.{state(ctx, row)}"),
            "url": f"{BASE}/campaigns/{row.id}",
            "live_id": str(row.id),
        }
        for row in rows
    ]
    return View("coupons/list.html", {"campaigns": campaigns, "make_url": f"{BASE}/new", "undone": query.undone})


@pages.get(Face.PORTAL, "/campaigns/{campaign_id}/made", permission=MANAGE)
async def show_made(ctx: TenantContext, campaign_id: UUID) -> View:
    """A new coupon: tell people of it."""
    campaign = await own_campaign(ctx, campaign_id)
    return View(
        "coupons/made.html",
        {
            **card(ctx, campaign),
            **_share(ctx, campaign),
            "list_url": f"{BASE}/campaigns",
            "slips_url": f"{BASE}/campaigns/{campaign.id}/slips",
        },
    )


@pages.get(Face.PORTAL, "/campaigns/{campaign_id}", permission=READ)
async def show_campaign(ctx: TenantContext, campaign_id: UUID) -> View:
    """One coupon, counting live."""
    campaign = await own_campaign(ctx, campaign_id)
    sheets = await SlipService(ctx).repository.of_campaign(campaign.id)
    context = {
        "state_text": ctx.text(f"coupons.state.{state(ctx, campaign)}"),
        "claimed": campaign.claimed,
        "redeemed": campaign.redeemed,
        "stock": campaign.stock,
        "on_paper": sum(sheet["count"] for sheet in sheets),
        "live_url": f"{BASE}/campaigns/{campaign.id}/live",
        "end_action": None,
        "slips_url": f"{BASE}/campaigns/{campaign.id}/slips" if ctx.actor.may(MANAGE) else None,
        "key": str(uuid7()),
        "back_url": f"{BASE}/campaigns",
    }
    return View("coupons/campaign.html", {**card(ctx, campaign), **_share(ctx, campaign), **context})


@pages.get(Face.PORTAL, "/campaigns/{campaign_id}/live", permission=READ)
async def live_counts(ctx: TenantContext, campaign_id: UUID) -> Live:
    """The counts of one coupon, as they change."""
    campaign = await own_campaign(ctx, campaign_id)
    return Live(topic(campaign.id), "counts", {"claimed": campaign.claimed, "redeemed": campaign.redeemed}, shared=True)


@pages.post(Face.PORTAL, "/campaigns/{campaign_id}/undo", permission=MANAGE)
async def undo_campaign(ctx: TenantContext, campaign_id: UUID) -> Redirect:
    """Take a coupon back that nobody has claimed yet."""
    await CouponService(ctx).undo_campaign(await own_campaign(ctx, campaign_id))
    return Redirect(f"{BASE}/campaigns?undone=true")


@pages.get(Face.PORTAL, "/check", permission=REDEEM, kept=True)
async def ask_code(ctx: TenantContext, query: Prefilled) -> View:
    """The customer's number, by the number pad or the camera."""
    required_shop(ctx)
    context = {"action": f"{BASE}/redemptions", "key": str(uuid7()), "error": None, "digits": 6, "scan": True, "code": query.code}
    return View("coupons/check.html", context)


@pages.post(Face.PORTAL, "/redemptions", permission=REDEEM, kept_as="coupons.kept_as")
async def redeem(ctx: TenantContext, form: Code) -> Redirect:
    """Use the coupon at the shop that is worked for."""
    digits = "".join(character for character in form.code if character.isascii() and character.isdigit())
    redemption = await CouponService(ctx).redeem_at(required_shop(ctx), digits)
    campaign = await own_campaign(ctx, redemption.campaign_id)
    return Redirect(f"{BASE}/redemptions/{redemption.id}", f"coupons.kept.{campaign.kind}", {"value": campaign.value})


@pages.get(Face.PORTAL, "/redemptions/{redemption_id}", permission=REDEEM)
async def show_result(ctx: TenantContext, redemption_id: UUID) -> View:
    """What to do at the till, or that it was taken back."""
    service = CouponService(ctx)
    redemption = await _own_redemption(ctx, redemption_id)
    if redemption.undone_at is not None:
        return View("coupons/undone.html", {"next_url": f"{BASE}/check"})
    campaign = await own_campaign(ctx, redemption.campaign_id)
    today = day_of(ctx.now, ctx.tenant.timezone)
    nth = await service.repository.redemptions_between(
        redemption.shop_id, end_of(today - timedelta(days=1), ctx.tenant.timezone), redemption.redeemed_at
    )
    context = {
        "sentence": ctx.text(f"coupons.till.{campaign.kind}", value=campaign.value),
        "detail": ctx.text("coupons.till.detail", count=nth),
        "next_url": f"{BASE}/check",
    }
    return View("coupons/result.html", context)


@pages.post(Face.PORTAL, "/redemptions/{redemption_id}/undo", permission=REDEEM)
async def undo_redemption(ctx: TenantContext, redemption_id: UUID) -> Redirect:
    """Take the last redemption back."""
    await CouponService(ctx).undo_redemption(await _own_redemption(ctx, redemption_id))
    return Redirect(f"{BASE}/redemptions/{redemption_id}")


async def _own_redemption(ctx: TenantContext, redemption_id: UUID) -> Redemption:
    redemption = await CouponService(ctx).repository.redemption(redemption_id)
    if redemption is None or not ctx.actor.works_at(redemption.shop_id):
        raise not_found("redemption")
    return redemption


async def own_campaign(ctx: TenantContext, campaign_id: UUID) -> Campaign:
    """A campaign of a shop of the actor's. Raises `http.not_found`."""
    campaign = await CouponService(ctx).repository.campaign(campaign_id)
    if campaign is None or not ctx.actor.works_at(campaign.shop_id):
        raise not_found("campaign")
    return campaign


def _share(ctx: TenantContext, campaign: Campaign) -> dict[str, object]:
    url = f"{ctx.origin}/coupons/c/{campaign.id}"
    text = ctx.text("coupons.share_text", benefit=ctx.text(f"coupons.benefit.{campaign.kind}", value=campaign.value))
    return {"share_url": url, "share_text": text, "print_url": f"/portal/print/coupons/{campaign.id}"}
