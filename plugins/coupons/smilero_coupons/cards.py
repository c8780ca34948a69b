"""A campaign as its sentences."""

from datetime import timedelta
from zoneinfo import ZoneInfo

from babel.dates import format_skeleton

from smilero_coupons.models import Campaign
from smilero_sdk.context import TenantContext


def card(ctx: TenantContext, campaign: Campaign) -> dict[str, object]:
    """Title, benefit, conditions and what is left, in the reader's language."""
    # The last day that it is good for: one that ends at midnight is good until the day before.
    last = (campaign.ends_at - timedelta(microseconds=1)).astimezone(ZoneInfo(ctx.tenant.timezone)).date()
    return {
        "title": ctx.text("coupons.title"),
        "benefit": ctx.text(f"coupons.benefit.{campaign.kind}", value=campaign.value),
        "conditions": ctx.text(
            "coupons.conditions", count=campaign.per_person, until=str(format_skeleton("MMMd", last, locale=ctx.language))
        ),
        "left": campaign.stock - campaign.claimed,
    }
