"""Coupons on paper: how many, each with a number of its own, out of the same stock as those on phones."""

import secrets
from http import HTTPStatus

from smilero_coupons.events import SlipsMade
from smilero_coupons.models import Campaign, Sheet
from smilero_coupons.repository import CouponRepository
from smilero_coupons.service import CouponService, topic
from smilero_coupons.sheets import SheetRepository
from smilero_sdk.context import TenantContext
from smilero_sdk.errors import Problem, not_found
from smilero_sdk.ids import uuid7

MOST = 200
_TRIES = 8
_NUMBERS = 1_000_000


class SlipService:
    """Slips of one request."""

    def __init__(self, ctx: TenantContext) -> None:
        self._ctx = ctx
        self.repository = SheetRepository(ctx.db)

    async def make(self, campaign: Campaign, count: int) -> Sheet:
        """Make a sheet of so many slips, all or none.

        Raises `coupons.ended`, `coupons.sold_out`, `coupons.few_left`, `coupons.shop_without` (409).
        """
        held = await CouponRepository(self._ctx.db).lock_campaign(campaign.id)
        if held is None:
            raise not_found("campaign")
        if not self._ctx.open_at(campaign.shop_id):
            raise Problem("coupons.shop_without", HTTPStatus.CONFLICT)
        if held["ends_at"] <= self._ctx.now:
            raise Problem("coupons.ended", HTTPStatus.CONFLICT)
        left = held["stock"] - held["claimed"]
        if left < count:
            raise Problem("coupons.few_left", HTTPStatus.CONFLICT, left=left) if left else Problem("coupons.sold_out", HTTPStatus.CONFLICT)
        now, by = self._ctx.now, self._ctx.actor.person_id
        sheet = Sheet(id=uuid7(now), campaign_id=campaign.id, shop_id=campaign.shop_id, count=count, created_by=by, created_at=now)
        await self.repository.add(sheet)
        await self._fill(sheet)
        await self._ctx.events.emit(SlipsMade(campaign_id=campaign.id, sheet_id=sheet.id, shop_id=sheet.shop_id, count=count))
        self._ctx.realtime.ring(topic(campaign.id))
        shop = await self._ctx.registry.shop(campaign.shop_id)
        await self._ctx.audit.record("coupons.audit.slips", sheet.id, shop=shop.name, count=count)
        return sheet

    async def take_back(self, sheet: Sheet) -> None:
        """Take a sheet back that was a mistake, soon and while no slip of it was used. Raises `coupons.undo_late` (409)."""
        chosen = CouponService(self._ctx).chosen
        await CouponRepository(self._ctx.db).lock_campaign(sheet.campaign_id)
        await self.repository.lock_slips(sheet.id)
        if not await self.repository.take_back(sheet.id, self._ctx.now - chosen.undo):
            raise Problem("coupons.undo_late", HTTPStatus.CONFLICT, minutes=chosen.undo_minutes)
        await self.repository.forget(sheet.id)
        self._ctx.realtime.ring(topic(sheet.campaign_id))
        shop = await self._ctx.registry.shop(sheet.shop_id)
        await self._ctx.audit.record("coupons.audit.slips_undone", sheet.id, shop=shop.name, count=sheet.count)

    async def _fill(self, sheet: Sheet) -> None:
        made = tried = 0
        for _ in range(_TRIES):
            codes = [f"{secrets.randbelow(_NUMBERS):06d}" for _ in range(sheet.count - made)]
            made += await self.repository.add_slips(sheet, codes, tried + 1, self._ctx.now)
            tried += len(codes)
            if made == sheet.count:
                return
        # As with a single one: more than a hundred thousand numbers are taken at the stall.
        raise Problem("coupons.no_code_left", HTTPStatus.SERVICE_UNAVAILABLE)
