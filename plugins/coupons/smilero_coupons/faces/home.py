"""The shop's yesterday in a sentence, and the tasks, for the portal's home."""

from dataclasses import dataclass
from datetime import date, timedelta

from smilero_coupons.periods import day_of, end_of
from smilero_coupons.routes import MANAGE, REDEEM
from smilero_coupons.service import CouponService
from smilero_sdk.context import TenantContext
from smilero_sdk.pages import HomePart, Tile

_DAY = timedelta(days=1)


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
    sentence, values = said(Days(row["today"], row["yesterday"], row["before"], first), today)
    tiles = [Tile("/campaigns", "coupons.tile.list", "ticket-percent")]
    if ctx.actor.may(REDEEM):
        tiles.insert(0, Tile("/check", "coupons.tile.check", "scan-line"))
    primary = Tile("/new", "coupons.tile.new", "ticket-plus") if ctx.actor.may(MANAGE) else tiles.pop(0)
    return HomePart(sentence, values, primary, tuple(tiles), detail="/campaigns" if first else None)


def said(days: Days, today: date) -> tuple[str, dict[str, int]]:
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
