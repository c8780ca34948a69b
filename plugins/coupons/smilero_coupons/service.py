"""What may be done with coupons, and why not."""

import re
import secrets
from collections.abc import Collection
from http import HTTPStatus
from uuid import UUID

from asyncpg import Record, UniqueViolationError

from smilero_coupons.choices import CouponSettings
from smilero_coupons.events import CampaignCreated, CampaignUndone, Claimed, Redeemed, RedemptionUndone
from smilero_coupons.models import Campaign, Claim, Redemption
from smilero_coupons.repository import CouponRepository
from smilero_coupons.schemas import CampaignIn, RedemptionIn
from smilero_sdk.context import TenantContext
from smilero_sdk.errors import Problem, not_found
from smilero_sdk.ids import uuid7
from smilero_sdk.roles import Role

_TRIES = 8
_CODE = re.compile(r"[0-9]{6}")
_SHOP_ROLES = frozenset({Role.MERCHANT, Role.CLERK})


def topic(campaign_id: UUID) -> str:
    """The live topic of a campaign's counts."""
    return f"coupons.campaign.{campaign_id}"


class CouponService:
    """Coupons of one request: of its tenant, by its actor, in its transaction."""

    def __init__(self, ctx: TenantContext) -> None:
        self._ctx = ctx
        self.repository = CouponRepository(ctx.db)

    @property
    def chosen(self) -> CouponSettings:
        """What the foundation chose."""
        return self._ctx.settings(CouponSettings)

    async def create(self, wanted: CampaignIn) -> Campaign:
        """Make a campaign for a shop of the actor's. Raises `http.not_found` for any other shop."""
        shop = await self._ctx.registry.shop(wanted.shop_id)
        if not self._ctx.actor.works_at(shop.id):
            raise not_found("shop")
        now = self._ctx.now
        campaign = Campaign(
            **wanted.model_dump(), id=uuid7(now), created_by=self._ctx.actor.person_id, created_at=now, claimed=0, redeemed=0
        )
        campaign = await self.repository.add_campaign(campaign)
        await self._ctx.events.emit(CampaignCreated(campaign_id=campaign.id, shop_id=shop.id))
        after = {"kind": campaign.kind, "value": campaign.value, "stock": campaign.stock, "ends_at": campaign.ends_at}
        await self._ctx.audit.record("coupons.audit.made", campaign.id, after=after, shop=shop.name)
        return campaign

    async def claim(self, campaign_id: UUID) -> Claim:
        """Take one for the actor.

        Raises `coupons.ended`, `coupons.sold_out`, `coupons.per_person`, `coupons.shop_without` (409), `http.not_found`.
        """
        person_id = self._person()
        campaign = await self.repository.lock_campaign(campaign_id)
        if campaign is None:
            raise not_found("campaign")
        self._require_open_at(campaign["shop_id"])
        if campaign["ends_at"] <= self._ctx.now:
            raise Problem("coupons.ended", HTTPStatus.CONFLICT)
        taken = await self.repository.claims_of(campaign_id, person_id)
        if taken >= campaign["per_person"]:
            raise Problem("coupons.per_person", HTTPStatus.CONFLICT, limit=campaign["per_person"])
        if campaign["claimed"] >= campaign["stock"]:
            raise Problem("coupons.sold_out", HTTPStatus.CONFLICT)
        claim = await self._with_code(campaign, person_id, taken + 1)
        await self._ctx.events.emit(Claimed(campaign_id=campaign_id, claim_id=claim.id, shop_id=claim.shop_id))
        self._ctx.realtime.ring(topic(campaign_id))
        return claim

    async def redeem(self, wanted: RedemptionIn) -> Redemption:
        """Use a claim at the till.

        Raises `coupons.code_unknown` (404), `coupons.which_shop`, `coupons.already_redeemed`, `coupons.ended`,
        `coupons.shop_without` (409).
        """
        claims = await self.repository.lock_claims(wanted.code, self._shops(wanted.shop_id))
        if not claims:
            raise Problem("coupons.code_unknown", HTTPStatus.NOT_FOUND)
        if len([claim for claim in claims if claim["redeemed_at"] is None]) > 1:
            raise Problem("coupons.which_shop", HTTPStatus.CONFLICT)
        claim = claims[0]
        self._require_open_at(claim["shop_id"])
        if claim["redeemed_at"] is not None:
            raise Problem("coupons.already_redeemed", HTTPStatus.CONFLICT)
        if claim["ends_at"] <= self._ctx.now:
            raise Problem("coupons.ended", HTTPStatus.CONFLICT)
        redemption = await self.repository.add_redemption(claim, self._ctx.actor.person_id, self._ctx.now)
        if redemption is None:
            raise Problem("coupons.already_redeemed", HTTPStatus.CONFLICT)
        ids = {"campaign_id": claim["campaign_id"], "claim_id": claim["id"], "shop_id": claim["shop_id"]}
        await self._ctx.events.emit(Redeemed(**ids, redemption_id=redemption.id))
        self._ctx.realtime.ring(topic(claim["campaign_id"]))
        return redemption

    async def redeem_at(self, shop_id: UUID, digits: str) -> Redemption:
        """Use the claim that a number stands for at one shop. Raises as `redeem`; a wrong form is an unknown number."""
        if not _CODE.fullmatch(digits):
            raise Problem("coupons.code_unknown", HTTPStatus.NOT_FOUND)
        return await self.redeem(RedemptionIn(code=digits, shop_id=shop_id))

    async def undo_campaign(self, campaign: Campaign) -> None:
        """End a campaign that was a mistake, soon and while nobody has claimed. Raises `coupons.undo_late` (409)."""
        late = self._ctx.now >= campaign.created_at + self.chosen.undo
        if late or not await self.repository.end_unclaimed(campaign.id, self._ctx.now):
            raise self._undo_late()
        await self._ctx.events.emit(CampaignUndone(campaign_id=campaign.id, shop_id=campaign.shop_id))
        shop = await self._ctx.registry.shop(campaign.shop_id)
        await self._ctx.audit.record("coupons.audit.undone", campaign.id, shop=shop.name)

    async def undo_redemption(self, redemption: Redemption) -> None:
        """Take a redemption back within the foundation's minutes: the customer has the coupon again, with the same number.

        Raises `coupons.undone_before`, `coupons.undo_late` (409), the latter also when another open claim has the number by now.
        """
        if redemption.undone_at is not None:
            raise Problem("coupons.undone_before", HTTPStatus.CONFLICT)
        try:
            async with self._ctx.db.savepoint():
                undone = await self.repository.undo_redemption(redemption.id, self._ctx.now - self.chosen.undo, self._ctx.now)
        except UniqueViolationError:
            undone = False
        if not undone:
            raise self._undo_late()
        ids = {"campaign_id": redemption.campaign_id, "claim_id": redemption.claim_id, "shop_id": redemption.shop_id}
        await self._ctx.events.emit(RedemptionUndone(**ids, redemption_id=redemption.id))
        self._ctx.realtime.ring(topic(redemption.campaign_id))
        shop = await self._ctx.registry.shop(redemption.shop_id)
        await self._ctx.audit.record("coupons.audit.unused", redemption.id, shop=shop.name)

    async def own_claims(self, campaigns: Collection[Campaign]) -> dict[UUID, list[Claim]]:
        """The visitor's claims of each campaign by its id, oldest first; none for somebody who has not signed in."""
        found: dict[UUID, list[Claim]] = {campaign.id: [] for campaign in campaigns}
        person_id = self._ctx.visitor_id
        if person_id is not None and found:
            for claim in await self.repository.own_claims(found, person_id):
                found[claim.campaign_id].append(claim)
        return found

    def visible_shops(self, wanted: UUID | None) -> list[UUID] | None:
        """The shops whose rows the actor may list; None: all of the tenant's. Raises `http.not_found` for another's shop."""
        return self._shops(wanted)

    def _require_open_at(self, shop_id: UUID) -> None:
        if not self._ctx.open_at(shop_id):
            raise Problem("coupons.shop_without", HTTPStatus.CONFLICT)

    def _undo_late(self) -> Problem:
        return Problem("coupons.undo_late", HTTPStatus.CONFLICT, minutes=self.chosen.undo_minutes)

    def _shops(self, wanted: UUID | None) -> list[UUID] | None:
        actor = self._ctx.actor
        if wanted is not None:
            if not actor.works_at(wanted):
                raise not_found("shop")
            return [wanted]
        return sorted(actor.shop_ids) if actor.role in _SHOP_ROLES else None

    def _person(self) -> UUID:
        person_id = self._ctx.actor.person_id
        if person_id is None:
            raise Problem("http.forbidden", HTTPStatus.FORBIDDEN)
        return person_id

    async def _with_code(self, campaign: Record, person_id: UUID, nth: int) -> Claim:
        for _ in range(_TRIES):
            code = f"{secrets.randbelow(1_000_000):06d}"
            now = self._ctx.now
            claim = Claim(id=uuid7(now), campaign_id=campaign["id"], shop_id=campaign["shop_id"], person_id=person_id, nth=nth)
            claim.code, claim.claimed_at = code, now
            if await self.repository.add_claim(claim) is not None:
                return claim
        # Eight collisions in a row: more than a hundred thousand open claims at one stall.
        raise Problem("coupons.no_code_left", HTTPStatus.SERVICE_UNAVAILABLE)
