"""The coupon API, below `/api/v1/coupons`."""

from uuid import UUID

from smilero_coupons.large import BY_API
from smilero_coupons.models import Claim
from smilero_coupons.schemas import (
    CampaignIn,
    CampaignList,
    CampaignOut,
    ClaimList,
    ClaimOut,
    Page,
    RedemptionIn,
    RedemptionList,
    RedemptionOut,
)
from smilero_coupons.service import CouponService
from smilero_sdk.api import Api, Idempotency
from smilero_sdk.context import TenantContext
from smilero_sdk.errors import not_found
from smilero_sdk.limits import limited

MANAGE = "coupons.manage"
CLAIM = "coupons.claim"
REDEEM = "coupons.redeem"
READ = "coupons.read"

# So many claims in so many seconds by one caller. A program that takes all it can get is slowed; nobody at a stall is.
CLAIMS = (120, 600)

api = Api()


@api.post("/campaigns", permission=MANAGE, idempotency=Idempotency.OPTIONAL, approval=BY_API)
async def create_campaign(ctx: TenantContext, body: CampaignIn) -> CampaignOut:
    """Make a campaign for one of the caller's shops."""
    return CampaignOut.model_validate(await CouponService(ctx).create(body))


@api.get("/campaigns", permission=READ)
async def list_campaigns(ctx: TenantContext, query: Page) -> CampaignList:
    """Campaigns of the caller's shops; of all shops for the foundation."""
    service = CouponService(ctx)
    rows = await service.repository.campaigns_page(query.cursor, query.limit + 1, service.visible_shops(query.shop_id))
    page = rows[: query.limit]
    return CampaignList(
        items=[CampaignOut.model_validate(row) for row in page],
        next_cursor=page[-1].id if len(rows) > query.limit else None,
    )


@api.get("/campaigns/{campaign_id}", permission=None)
async def read_campaign(ctx: TenantContext, campaign_id: UUID) -> CampaignOut:
    """One campaign; anybody who has the link may see it."""
    campaign = await CouponService(ctx).repository.campaign(campaign_id)
    if campaign is None:
        raise not_found("campaign")
    return CampaignOut.model_validate(campaign)


@api.post("/campaigns/{campaign_id}/claims", permission=CLAIM, idempotency=Idempotency.OPTIONAL)
@limited(*CLAIMS)
async def claim_coupon(ctx: TenantContext, campaign_id: UUID) -> ClaimOut:
    """Take one coupon for the caller; the answer has the number for the till."""
    return ClaimOut.model_validate(await CouponService(ctx).claim(campaign_id))


@api.get("/claims", permission=CLAIM)
async def list_claims(ctx: TenantContext, query: Page) -> ClaimList:
    """The caller's own claims; for the people of shops and of the foundation the claims of their shops."""
    service = CouponService(ctx)
    if ctx.actor.may(READ):
        whose, shops = None, service.visible_shops(query.shop_id)
    else:
        whose, shops = ctx.actor.person_id, [query.shop_id] if query.shop_id else None
        if whose is None:
            return ClaimList(items=[], next_cursor=None)
    rows = await service.repository.claims_page(query.cursor, query.limit + 1, shops, whose)
    page = rows[: query.limit]
    return ClaimList(items=[_claim(ctx, row) for row in page], next_cursor=page[-1].id if len(rows) > query.limit else None)


@api.get("/claims/{claim_id}", permission=CLAIM)
async def read_claim(ctx: TenantContext, claim_id: UUID) -> ClaimOut:
    """One claim, for its holder and the shop's people."""
    actor = ctx.actor
    claim = await CouponService(ctx).repository.claim(claim_id)
    if claim is None or not (_holds(ctx, claim) or (actor.may(READ) and actor.works_at(claim.shop_id))):
        raise not_found("claim")
    return _claim(ctx, claim)


@api.post("/redemptions", permission=REDEEM, idempotency=Idempotency.REQUIRED)
async def redeem_coupon(ctx: TenantContext, body: RedemptionIn) -> RedemptionOut:
    """Use a coupon at the till, once."""
    return RedemptionOut.model_validate(await CouponService(ctx).redeem(body))


@api.get("/redemptions", permission=READ)
async def list_redemptions(ctx: TenantContext, query: Page) -> RedemptionList:
    """Redemptions at the caller's shops; at all shops for the foundation."""
    service = CouponService(ctx)
    rows = await service.repository.redemptions_page(query.cursor, query.limit + 1, service.visible_shops(query.shop_id))
    page = rows[: query.limit]
    return RedemptionList(
        items=[RedemptionOut.model_validate(row) for row in page],
        next_cursor=page[-1].id if len(rows) > query.limit else None,
    )


@api.get("/redemptions/{redemption_id}", permission=READ)
async def read_redemption(ctx: TenantContext, redemption_id: UUID) -> RedemptionOut:
    """One redemption, for the shop's people."""
    redemption = await CouponService(ctx).repository.redemption(redemption_id)
    if redemption is None or not ctx.actor.works_at(redemption.shop_id):
        raise not_found("redemption")
    return RedemptionOut.model_validate(redemption)


def _holds(ctx: TenantContext, claim: Claim) -> bool:
    """Whether it is the caller's own. What is on paper is nobody's, also where the caller is nobody in person."""
    return claim.person_id is not None and claim.person_id == ctx.actor.person_id


def _claim(ctx: TenantContext, claim: Claim) -> ClaimOut:
    told = ClaimOut.model_validate(claim)
    return told if _holds(ctx, claim) else told.model_copy(update={"code": None})
