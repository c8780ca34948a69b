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
from smilero_sdk.context import TenantContext
from smilero_sdk.errors import not_found
from smilero_sdk.ids import uuid7
from smilero_sdk.pages import Face, Form, HomePart, Live, Redirect, Tile, View
from smilero_sdk.roles import Role

_SHOWN = 30


class Code(Form):
    """The customer's number, spoken or read by the camera; spaces and hyphens do not matter."""

    code: Annotated[str, StringConstraints(max_length=20)]


class Prefilled(Form):
    """A number that the phone's own camera read already."""

    code: Annotated[str, Field(max_length=6)] = ""


@pages.get(Face.PORTAL, "/campaigns", permission=READ)
async def list_campaigns(ctx: TenantContext) -> View:
    """The shop's coupons, newest first."""
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
    return View("coupons/list.html", {"campaigns": campaigns, "make_url": f"{BASE}/new"})


@pages.get(Face.PORTAL, "/campaigns/{campaign_id}/made", permission=MANAGE)
async def show_made(ctx: TenantContext, campaign_id: UUID) -> View:
    """A new coupon: tell people of it, or take it back for ten minutes."""
    campaign = await _own(ctx, campaign_id)
    undo = f"{BASE}/campaigns/{campaign.id}/undo" if _can_undo(ctx, campaign) else None
    minutes = CouponService(ctx).chosen.undo_minutes
    context = {"undo_action": undo, "undo_minutes": minutes, "key": str(uuid7()), "list_url": f"{BASE}/campaigns"}
    return View("coupons/made.html", {**card(ctx, campaign), **_share(ctx, campaign), **context})


@pages.get(Face.PORTAL, "/campaigns/{campaign_id}", permission=READ)
async def show_campaign(ctx: TenantContext, campaign_id: UUID) -> View:
    """One coupon, counting live."""
    campaign = await _own(ctx, campaign_id)
    context = {
        "state_text": ctx.text(f"coupons.state.{state(ctx, campaign)}"),
        "claimed": campaign.claimed,
        "redeemed": campaign.redeemed,
        "stock": campaign.stock,
        "live_url": f"{BASE}/campaigns/{campaign.id}/live",
        "end_action": None,
        "key": str(uuid7()),
        "back_url": f"{BASE}/campaigns",
    }
    return View("coupons/campaign.html", {**card(ctx, campaign), **_share(ctx, campaign), **context})


@pages.get(Face.PORTAL, "/campaigns/{campaign_id}/live", permission=READ)
async def live_counts(ctx: TenantContext, campaign_id: UUID) -> Live:
    """The counts of one coupon, as they change."""
    campaign = await _own(ctx, campaign_id)
    return Live(topic(campaign.id), "counts", {"claimed": campaign.claimed, "redeemed": campaign.redeemed}, shared=True)


@pages.post(Face.PORTAL, "/campaigns/{campaign_id}/undo", permission=MANAGE)
async def undo_campaign(ctx: TenantContext, campaign_id: UUID) -> Redirect:
    """Take a coupon back that nobody has claimed yet."""
    await CouponService(ctx).undo_campaign(await _own(ctx, campaign_id))
    return Redirect(f"{BASE}/campaigns")


@pages.get(Face.PORTAL, "/check", permission=REDEEM)
async def ask_code(ctx: TenantContext, query: Prefilled) -> View:
    """The customer's number, by the number pad or the camera."""
    required_shop(ctx)
    context = {"action": f"{BASE}/redemptions", "key": str(uuid7()), "error": None, "digits": 6, "scan": True, "code": query.code}
    return View("coupons/check.html", context)


@pages.post(Face.PORTAL, "/redemptions", permission=REDEEM)
async def redeem(ctx: TenantContext, form: Code) -> Redirect:
    """Use the coupon at the shop that is worked for."""
    digits = "".join(character for character in form.code if character.isascii() and character.isdigit())
    redemption = await CouponService(ctx).redeem_at(required_shop(ctx), digits)
    return Redirect(f"{BASE}/redemptions/{redemption.id}")


@pages.get(Face.PORTAL, "/redemptions/{redemption_id}", permission=REDEEM)
async def show_result(ctx: TenantContext, redemption_id: UUID) -> View:
    """What to do at the till."""
    service = CouponService(ctx)
    redemption = await _own_redemption(ctx, redemption_id)
    campaign = await _own(ctx, redemption.campaign_id)
    today = day_of(ctx.now, ctx.tenant.timezone)
    nth = await service.repository.redemptions_between(
        redemption.shop_id, end_of(today - timedelta(days=1), ctx.tenant.timezone), redemption.redeemed_at
    )
    context = {
        "sentence": ctx.text(f"coupons.till.{campaign.kind}", value=campaign.value),
        "detail": ctx.text("coupons.till.detail", count=nth),
        "next_url": f"{BASE}/check",
        "undo_action": f"{BASE}/redemptions/{redemption.id}/undo" if ctx.now < redemption.redeemed_at + service.chosen.undo else None,
        "undo_minutes": service.chosen.undo_minutes,
        "key": str(uuid7()),
    }
    return View("coupons/result.html", context)


@pages.post(Face.PORTAL, "/redemptions/{redemption_id}/undo", permission=REDEEM)
async def undo_redemption(ctx: TenantContext, redemption_id: UUID) -> Redirect:
    """Take the last redemption back."""
    await CouponService(ctx).undo_redemption(await _own_redemption(ctx, redemption_id))
    return Redirect(f"{BASE}/check")


async def home(ctx: TenantContext) -> HomePart:
    """How many came with a coupon yesterday, and the tasks."""
    tiles = [Tile("/campaigns", "coupons.tile.list", "ticket-percent")]
    if ctx.actor.may(REDEEM):
        tiles.insert(0, Tile("/check", "coupons.tile.check", "scan-line"))
    if ctx.shop_id is None:
        return HomePart()
    timezone, repository = ctx.tenant.timezone, CouponService(ctx).repository
    midnight = end_of(day_of(ctx.now, timezone) - timedelta(days=1), timezone)
    day = timedelta(days=1)
    today = await repository.redemptions_between(ctx.shop_id, midnight, ctx.now)
    yesterday = await repository.redemptions_between(ctx.shop_id, midnight - day, midnight)
    before = await repository.redemptions_between(ctx.shop_id, midnight - 2 * day, midnight - day)
    sentence, values = _said(today, yesterday, before)
    primary = Tile("/new", "coupons.tile.new", "ticket-plus") if ctx.actor.may(MANAGE) else tiles.pop(0)
    return HomePart(sentence, values, primary, tuple(tiles))


def _said(today: int, yesterday: int, before: int) -> tuple[str, dict[str, int]]:
    if today and not yesterday:
        return "coupons.home.today", {"today": today}
    if not yesterday:
        return "coupons.home.none", {}
    if yesterday == before:
        return "coupons.home.same", {"yesterday": yesterday}
    key = "coupons.home.more" if yesterday > before else "coupons.home.fewer"
    return key, {"yesterday": yesterday, "difference": abs(yesterday - before)}


async def _own_redemption(ctx: TenantContext, redemption_id: UUID) -> Redemption:
    redemption = await CouponService(ctx).repository.redemption(redemption_id)
    if redemption is None or redemption.undone_at is not None or not ctx.actor.works_at(redemption.shop_id):
        raise not_found("redemption")
    return redemption


async def _own(ctx: TenantContext, campaign_id: UUID) -> Campaign:
    campaign = await CouponService(ctx).repository.campaign(campaign_id)
    if campaign is None or not ctx.actor.works_at(campaign.shop_id):
        raise not_found("campaign")
    return campaign


def _share(ctx: TenantContext, campaign: Campaign) -> dict[str, object]:
    url = f"{ctx.origin}/coupons/c/{campaign.id}"
    text = ctx.text("coupons.share_text", benefit=ctx.text(f"coupons.benefit.{campaign.kind}", value=campaign.value))
    return {"share_url": url, "share_text": text, "print_url": f"/portal/print/coupons/{campaign.id}"}


def _can_undo(ctx: TenantContext, campaign: Campaign) -> bool:
    return campaign.claimed == 0 and ctx.now < campaign.created_at + CouponService(ctx).chosen.undo and ctx.actor.role is not Role.CLERK
