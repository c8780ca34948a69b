"""What a merchant or clerk did last with coupons, on phones or on paper, and can still take back."""

from smilero_coupons.routes import MANAGE, REDEEM
from smilero_coupons.service import CouponService
from smilero_sdk.context import TenantContext
from smilero_sdk.pages import Undo

_RIGHTS = {"campaigns": MANAGE, "redemptions": REDEEM, "sheets": MANAGE}


async def last_step(ctx: TenantContext) -> Undo | None:
    """The visitor's newest coupon made, used or put on paper at the shop that is worked for, while it can be taken back."""
    if ctx.shop_id is None or ctx.visitor_id is None:
        return None
    service = CouponService(ctx)
    within = service.chosen.undo
    rows = await service.repository.last_steps(ctx.shop_id, ctx.visitor_id, ctx.now - within, ctx.now)
    allowed = [row for row in rows if ctx.actor.may(_RIGHTS[row["what"]])]
    if not allowed:
        return None
    last = max(allowed, key=lambda row: row["at"])
    label = f"coupons.step.{last['what']}.{last['kind']}"
    return Undo(f"/{last['what']}/{last['id']}/undo", label, last["at"], last["at"] + within, {"value": last["value"]})
