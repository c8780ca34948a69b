"""Coupons that give so much that a foundation may want a second person to agree."""

from uuid import UUID

from smilero_coupons.choices import CouponSettings
from smilero_coupons.schemas import CampaignIn
from smilero_sdk.approvals import Approval, Fact, Proposal
from smilero_sdk.context import TenantContext
from smilero_sdk.errors import not_found

LARGE = "coupons.large"
# What a percentage costs nobody knows beforehand: half of it off is much at any stall.
_MUCH_PERCENT = 50


async def proposal(ctx: TenantContext, shop_id: UUID, kind: str, value: int, stock: int) -> Proposal | None:
    """What a campaign may cost, where that is much by the foundation's own settings; None for a small one. Raises `http.not_found`."""
    shop = await ctx.registry.shop(shop_id)
    if not ctx.actor.works_at(shop.id):
        raise not_found("shop")
    most = value * stock if kind == "won" else None
    much = value >= _MUCH_PERCENT if most is None else most >= ctx.settings(CouponSettings).two_won
    if not much:
        return None
    facts = [
        Fact("coupons.large.shop", shop.name),
        Fact("coupons.large.benefit", ctx.text(f"coupons.benefit.{kind}", value=value)),
        Fact("coupons.large.stock", ctx.text("coupons.stock", count=stock)),
    ]
    if most is not None:
        facts.append(Fact("coupons.large.most", ctx.text("coupons.large.won", amount=most)))
    return Proposal("coupons.large.said", {"shop": shop.name}, tuple(facts))


async def _of_body(ctx: TenantContext, body: CampaignIn) -> Proposal | None:
    return await proposal(ctx, body.shop_id, body.kind, body.value, body.stock)


# Of the API; the page's stands where its form is.
BY_API = Approval(LARGE, _of_body)
