"""Sixty days of coupons: shops that give them, customers who take and use them, with the rhythm of week and market."""

from collections import Counter
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Literal
from uuid import UUID
from zoneinfo import ZoneInfo

from smilero_coupons.models import Campaign
from smilero_coupons.periods import Period, end_of
from smilero_coupons.schemas import CampaignIn
from smilero_coupons.service import CouponService
from smilero_coupons.slips import SlipService
from smilero_sdk.context import Actor, TenantContext
from smilero_sdk.demo import DemoLife
from smilero_sdk.registry import Shop

# Monday first: markets are full at the weekend.
_WEEK = (0.75, 0.75, 0.85, 0.9, 1.1, 1.6, 1.25)
_MARKET_DAY = 1.8
# A shop that has coupons gets known: from half of its pace to one and a half times in sixty days.
_AT_FIRST, _GROWTH = 0.5, 1.0
# Coupons used a day, of the first shop and of the others.
_FIRST_PACE, _SLOWEST, _QUICKEST = 10.0, 0.2, 0.9
_FIRST_STOCK, _FIRST_PER_PERSON = 200, 3
# What it has on paper for guests without a phone: a page to cut.
_SLIPS = 8
# Yesterday the first shop was talked about.
_TALKED_ABOUT = 2.5
_USED_SHARE, _SAME_DAY_SHARE = 0.85, 0.7
_OPENS, _HOURS = 9, 9
_AMOUNTS: tuple[tuple[Literal["won", "percent"], int], ...] = (("won", 1000), ("won", 2000), ("won", 3000), ("percent", 10), ("won", 500))
_STOCKS = (10, 10, 30, 30, 50)
_PERIODS = (Period.WEEK, Period.THIRTY, Period.MONTH)


@dataclass
class _Stall:
    """A shop on its way through the days.

    Attributes:
        pace: coupons taken on an ordinary day in the middle.
        next_day: when it makes its next campaign.
        taken: how many each customer has of the campaign.
        carried: what customers took home: the number, and until when it is good.
    """

    shop: Shop
    merchant: Actor
    pace: float
    next_day: date
    pause: int
    campaign: Campaign | None = None
    taken: Counter[UUID] = field(default_factory=Counter)
    carried: list[tuple[str, datetime]] = field(default_factory=list)

    def room(self) -> bool:
        """Whether the campaign has some left."""
        return self.campaign is not None and self.taken.total() < self.campaign.stock


class CouponLife:
    """Fills one tenant."""

    def __init__(self, life: DemoLife, timezone: str) -> None:
        self._life = life
        self._timezone = timezone
        self._random = life.random
        first = life.days[0]
        self._stalls = [self._stall(number, shop, first) for number, shop in enumerate(life.shops)]

    async def fill(self) -> None:
        """Day by day, so that what is written later happened later."""
        for number, day in enumerate(self._life.days):
            growth = _AT_FIRST + _GROWTH * number / len(self._life.days)
            async for stall, busy in self._open_on(day):
                await self._campaign(stall, day)
                await self._use_carried(stall, day)
                talk = _TALKED_ABOUT if stall is self._stalls[0] and day == self._life.days[-1] else 1
                await self._customers(stall, day, stall.pace * growth * busy * talk)
        await self._on_paper(self._stalls[0], self._life.days[-1])

    def _stall(self, number: int, shop: Shop, first: date) -> _Stall:
        merchant = self._life.merchant(shop)
        if number == 0:
            return _Stall(shop, merchant, _FIRST_PACE, first, 0)
        begins = first + timedelta(days=self._random.randrange(40))
        return _Stall(shop, merchant, self._random.uniform(_SLOWEST, _QUICKEST), begins, self._random.randrange(1, 20))

    async def _open_on(self, day: date) -> AsyncIterator[tuple[_Stall, float]]:
        """The stalls of the markets that are open, and how busy it is there."""
        busy: dict[UUID, float] = {}
        for stall in self._stalls:
            market = stall.shop.market_id
            if market not in busy:
                today = (await self._at(day, _OPENS * 60, stall.merchant).registry.market(market)).today
                busy[market] = _WEEK[day.weekday()] * (_MARKET_DAY if today.market_day else 1) if today.open else 0
            if busy[market]:
                yield stall, busy[market]

    async def _campaign(self, stall: _Stall, day: date) -> None:
        """A new one, when it is time for it."""
        if stall.next_day > day:
            return
        first = stall is self._stalls[0]
        period = Period.WEEK if first else self._random.choice(_PERIODS)
        kind, value = self._random.choice(_AMOUNTS[:3] if first else _AMOUNTS)
        ctx = self._at(day, 8 * 60 + self._random.randrange(60), stall.merchant)
        wanted = CampaignIn.model_validate(
            {
                "shop_id": stall.shop.id,
                "kind": kind,
                "value": value,
                "stock": _FIRST_STOCK if first else self._random.choice(_STOCKS),
                "per_person": _FIRST_PER_PERSON if first else 1,
                "ends_at": end_of(period.last_day(day), self._timezone),
            },
            context={"now": ctx.now},
        )
        stall.campaign = await CouponService(ctx).create(wanted)
        stall.taken.clear()
        stall.next_day = period.last_day(day) + timedelta(days=1 + stall.pause)

    async def _customers(self, stall: _Stall, day: date, expected: float) -> None:
        number = int(expected + self._random.random())
        minutes = sorted(_OPENS * 60 + self._random.randrange(_HOURS * 60) for _ in range(number))
        for minute in minutes:
            customer = self._random.choice(self._life.customers)
            campaign = stall.campaign
            if campaign is None or not stall.room() or campaign.ends_at <= self._moment(day, minute):
                return
            person = customer.person_id
            if person is None or stall.taken[person] >= campaign.per_person:
                continue
            claim = await CouponService(self._at(day, minute, customer)).claim(campaign.id)
            stall.taken[person] += 1
            if self._random.random() >= _USED_SHARE:
                continue
            if self._random.random() < _SAME_DAY_SHARE:
                till = self._at(day, minute + self._random.randrange(2, 40), stall.merchant)
                _ = await CouponService(till).redeem_at(stall.shop.id, claim.code)
            else:
                stall.carried.append((claim.code, campaign.ends_at))

    async def _use_carried(self, stall: _Stall, day: date) -> None:
        """What was taken home on another day is used on this one."""
        for code, ends_at in stall.carried:
            minute = _OPENS * 60 + self._random.randrange(_HOURS * 60)
            if self._moment(day, minute) < ends_at:
                _ = await CouponService(self._at(day, minute, stall.merchant)).redeem_at(stall.shop.id, code)
        stall.carried.clear()

    async def _on_paper(self, stall: _Stall, day: date) -> None:
        """A sheet of slips, of which one came back already."""
        minute = (_OPENS + _HOURS) * 60
        if stall.campaign is None or stall.campaign.ends_at <= self._moment(day, minute + 1):
            return
        if stall.campaign.stock - stall.taken.total() < _SLIPS:
            return
        slips = SlipService(self._at(day, minute, stall.merchant))
        sheet = await slips.make(stall.campaign, _SLIPS)
        first = (await slips.repository.unused(sheet.id))[0]
        _ = await CouponService(self._at(day, minute + 1, stall.merchant)).redeem_at(stall.shop.id, first)

    def _at(self, day: date, minute: int, actor: Actor) -> TenantContext:
        return self._life.at(self._moment(day, minute), actor)

    def _moment(self, day: date, minute: int) -> datetime:
        return datetime.combine(day, time.min, ZoneInfo(self._timezone)) + timedelta(minutes=minute, seconds=minute * 7 % 60)
