"""A campaign as its sentences."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Literal

from babel.dates import format_skeleton

from smilero_coupons.models import Campaign, Claim
from smilero_coupons.periods import day_of
from smilero_sdk.context import TenantContext
from smilero_sdk.ids import uuid7

State = Literal["open", "ended", "sold_out"]


def card(ctx: TenantContext, campaign: Campaign) -> dict[str, object]:
    """Title, benefit, conditions, address and what is left, in the reader's language."""
    until = str(format_skeleton("MMMd", last_day(ctx, campaign), locale=ctx.language))
    return {
        "title": ctx.text("coupons.title"),
        "benefit": ctx.text(f"coupons.benefit.{campaign.kind}", value=campaign.value),
        "conditions": ctx.text("coupons.conditions", count=campaign.per_person, until=until),
        "left": campaign.stock - campaign.claimed,
        "url": f"/coupons/c/{campaign.id}",
    }


def offer(ctx: TenantContext, campaign: Campaign, mine: Sequence[Claim]) -> dict[str, object]:
    """The card with what a visitor can do: take a coupon, or see the last of those that are `mine`."""
    shown: str = "mine" if len(mine) >= campaign.per_person else state(ctx, campaign)
    if shown == "open" and not ctx.open_at(campaign.shop_id):
        shown = "without"
    return {
        **card(ctx, campaign),
        "state": shown,
        "state_text": ctx.text(f"coupons.state.{shown}"),
        "action": f"/coupons/c/{campaign.id}/claim",
        "key": str(uuid7()),
        "mine_url": f"/coupons/claims/{mine[-1].id}" if mine else None,
    }


def state(ctx: TenantContext, campaign: Campaign) -> State:
    """Whether it can be claimed, and if not, why."""
    if campaign.ends_at <= ctx.now:
        return "ended"
    return "open" if campaign.claimed < campaign.stock else "sold_out"


def last_day(ctx: TenantContext, campaign: Campaign) -> date:
    """The last day that it is good for: one that ends at midnight is good until the day before."""
    return day_of(campaign.ends_at - timedelta(microseconds=1), ctx.tenant.timezone)
