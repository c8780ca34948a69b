"""The shop's yesterday in a sentence, and the tasks, for the portal's home."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from babel.dates import format_skeleton

from smilero_coupons.periods import day_of, end_of
from smilero_coupons.routes import MANAGE, REDEEM
from smilero_coupons.service import CouponService
from smilero_sdk.context import TenantContext
from smilero_sdk.pages import HomePart, Tile

_DAY = timedelta(days=1)
_MOMENT = timedelta(microseconds=1)
# The longest rest that is looked over: two rounds of a five-day market, or a holiday of a week.
_BACK = timedelta(days=14)

Said = tuple[str, dict[str, object]]


@dataclass(frozen=True)
class Days:
    """Coupons used at a shop on three days, and when it made its first one; None: it never has."""

    today: int
    yesterday: int
    before: int
    first: date | None


async def home(ctx: TenantContext) -> HomePart:
    """How many came with a coupon yesterday, and the tasks."""
    if ctx.shop_id is None:
        return HomePart()
    timezone = ctx.tenant.timezone
    today = day_of(ctx.now, timezone)
    midnights = [end_of(today - number * _DAY, timezone) for number in (3, 2, 1)]
    row = await CouponService(ctx).repository.days(ctx.shop_id, *midnights)
    first = day_of(row["first"], timezone) if row["first"] else None
    days = Days(row["today"], row["yesterday"], row["before"], first)
    sentence, values = await _said_of_market_days(ctx, ctx.shop_id, days, today) or said(days, today)
    tiles = [Tile("/campaigns", "coupons.tile.list", "ticket-percent")]
    if ctx.actor.may(REDEEM):
        tiles.insert(0, Tile("/check", "coupons.tile.check", "scan-line"))
    primary = Tile("/new", "coupons.tile.new", "ticket-plus") if ctx.actor.may(MANAGE) else tiles.pop(0)
    return HomePart(sentence, values, primary, tuple(tiles), detail="/campaigns" if first else None)


async def _said_of_market_days(ctx: TenantContext, shop_id: UUID, days: Days, today: date) -> Said | None:
    """The sentence where the market was shut on one of the two days, so that its nobody says nothing; None: it was not.

    Costs its statements only where nobody came on one of them. A shop's first days have their own sentence.
    """
    if days.first is None or days.first >= today - _DAY or (days.yesterday and days.before):
        return None
    shop = await ctx.registry.shop(shop_id)
    opened = await ctx.registry.open_days(shop.market_id, today - _BACK, today - _DAY)
    if today - _DAY not in opened:
        if days.yesterday:
            return None
        count, values = await _last_of(ctx, shop_id, opened)
        return ("coupons.home.shut", values) if count else ("coupons.home.shut_quiet", {})
    if days.yesterday and today - 2 * _DAY not in opened:
        count, values = await _last_of(ctx, shop_id, opened[:-1])
        return ("coupons.home.since", {**values, "yesterday": days.yesterday}) if count else None
    return None


async def _last_of(ctx: TenantContext, shop_id: UUID, opened: Sequence[date]) -> tuple[int, dict[str, object]]:
    """How many came on the last of some days, and the values that say it: `day`, `count`."""
    if not opened:
        return 0, {}
    last, timezone = opened[-1], ctx.tenant.timezone
    since, until = end_of(last - _DAY, timezone), end_of(last, timezone) - _MOMENT
    count = await CouponService(ctx).repository.redemptions_between(shop_id, since, until)
    return count, {"day": str(format_skeleton("MMMd", last, locale=ctx.language)), "count": count}


def said(days: Days, today: date) -> Said:
    """The sentence and its values: yesterday against the day before; who began yesterday or today has no day before."""
    if days.first is None:
        return "coupons.home.first", {}
    if days.first == today:
        return ("coupons.home.today", {"today": days.today}) if days.today else ("coupons.home.begun", {})
    if not days.yesterday:
        return ("coupons.home.rest", {"before": days.before}) if days.before else ("coupons.home.none", {})
    if days.first == today - _DAY:
        return "coupons.home.started", {"yesterday": days.yesterday}
    if days.yesterday == days.before:
        return "coupons.home.same", {"yesterday": days.yesterday}
    key = "coupons.home.more" if days.yesterday > days.before else "coupons.home.fewer"
    return key, {"yesterday": days.yesterday, "difference": abs(days.yesterday - days.before)}
