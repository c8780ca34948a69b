"""Making a coupon in four taps: the task, how much, until when, how many. Three questions, each on a page of its own.

Answers travel in the address, so back and reload cost nothing; only the last tap writes.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Annotated, Literal
from urllib.parse import urlencode
from uuid import UUID

from babel.dates import format_skeleton
from pydantic import Field

from smilero_coupons.faces import pages
from smilero_coupons.large import LARGE, proposal
from smilero_coupons.models import Campaign
from smilero_coupons.periods import Period, day_of, end_of
from smilero_coupons.routes import MANAGE
from smilero_coupons.schemas import MOST_PERCENT, MOST_WON, CampaignIn
from smilero_coupons.service import CouponService
from smilero_sdk.approvals import Approval, Proposal
from smilero_sdk.context import TenantContext
from smilero_sdk.errors import Problem, not_found
from smilero_sdk.ids import uuid7
from smilero_sdk.pages import Face, Form, Redirect, View

BASE = "/portal/coupons"
STEPS = 3
AMOUNTS: tuple[tuple[Literal["won", "percent"], int], ...] = (("won", 1000), ("won", 2000), ("won", 3000), ("percent", 10))
STOCKS = (10, 30, 50, 100)

Amount = Annotated[int, Field(ge=1, le=MOST_WON)]


class Benefit(Form):
    """How much."""

    kind: Literal["won", "percent"] = "won"
    value: Amount


class BenefitUntil(Benefit):
    """How much, until when."""

    until: Period


class NewCampaign(BenefitUntil):
    """All three answers."""

    stock: Annotated[int, Field(ge=1, le=1_000_000)]


@pages.get(Face.PORTAL, "/new", permission=MANAGE)
async def ask_amount(ctx: TenantContext) -> View:
    """How much off; what was given last time is chosen already."""
    last = await _last(ctx)
    answers = [
        {
            "label": ctx.text(f"coupons.amount.{kind}", value=value),
            "note": _note(ctx, last, kind, value),
            "url": f"{BASE}/new/until?{urlencode({'kind': kind, 'value': value})}",
            "value": None,
            "selected": last is not None and (last.kind, last.value) == (kind, value),
        }
        for kind, value in _amounts(last)
    ]
    other = {"label": ctx.text("coupons.ask.other_amount"), "url": f"{BASE}/new/amount"}
    return _question(ctx, 1, "coupons.ask.amount", answers, "/portal", other=other)


@pages.get(Face.PORTAL, "/new/amount", permission=MANAGE)
async def ask_other_amount(ctx: TenantContext) -> View:
    """Any amount in won, by the number pad."""
    context = {
        "title": ctx.text("coupons.ask.amount"),
        "action_url": f"{BASE}/new/until",
        "unit": ctx.text("coupons.unit.won"),
        "error": None,
        "back_url": f"{BASE}/new",
    }
    return View("coupons/amount.html", context)


@pages.get(Face.PORTAL, "/new/until", permission=MANAGE)
async def ask_until(ctx: TenantContext, query: Benefit) -> View:
    """Until when, with the day that each answer means; what was said last time is chosen already."""
    _require_sensible(query)
    today = day_of(ctx.now, ctx.tenant.timezone)
    last = _last_period(await _last(ctx), ctx.tenant.timezone)
    answers = [
        {
            "label": ctx.text(f"coupons.until.{period.value}"),
            "note": _day_note(ctx, period.last_day(today), as_last_time=period is last),
            "url": f"{BASE}/new/stock?{urlencode({**query.model_dump(), 'until': period.value})}",
            "value": None,
            "selected": period is last,
        }
        for period in Period
    ]
    return _question(ctx, 2, "coupons.ask.until", answers, f"{BASE}/new")


@pages.get(Face.PORTAL, "/new/stock", permission=MANAGE)
async def ask_stock(ctx: TenantContext, query: BenefitUntil) -> View:
    """For how many; the answer makes the coupon. As last time is chosen already, at first what the foundation finds usual."""
    _require_sensible(query)
    last, usual = await _last(ctx), CouponService(ctx).chosen.stock
    chosen = last.stock if last is not None else usual
    answers = [
        {
            "label": ctx.text("coupons.stock", count=count),
            "note": ctx.text("coupons.ask.as_last_time") if last is not None and count == chosen else None,
            "url": None,
            "name": "stock",
            "value": count,
            "selected": count == chosen,
        }
        for count in _few(chosen, usual)
    ]
    send = {"action": f"{BASE}/campaigns", "key": str(uuid7()), "fields": query.model_dump(mode="json")}
    back = f"{BASE}/new/until?{urlencode({'kind': query.kind, 'value': query.value})}"
    return _question(ctx, 3, "coupons.ask.stock", answers, back, **send)


async def _what_it_gives(ctx: TenantContext, form: NewCampaign) -> Proposal | None:
    _require_sensible(form)
    return await proposal(ctx, required_shop(ctx), form.kind, form.value, form.stock)


@pages.post(Face.PORTAL, "/campaigns", permission=MANAGE, approval=Approval(LARGE, _what_it_gives))
async def make_campaign(ctx: TenantContext, form: NewCampaign) -> Redirect:
    """Make the coupon for the shop that the merchant works for just now."""
    _require_sensible(form)
    shop_id = required_shop(ctx)
    ends_at = end_of(form.until.last_day(day_of(ctx.now, ctx.tenant.timezone)), ctx.tenant.timezone)
    service = CouponService(ctx)
    wanted = CampaignIn(**form.model_dump(exclude={"until"}), shop_id=shop_id, per_person=service.chosen.per_person, ends_at=ends_at)
    campaign = await service.create(wanted)
    return Redirect(f"{BASE}/campaigns/{campaign.id}/made")


def required_shop(ctx: TenantContext) -> UUID:
    """The shop that is worked for. Raises `http.not_found` for somebody without one."""
    if ctx.shop_id is None:
        raise not_found("shop")
    return ctx.shop_id


def _question(ctx: TenantContext, step: int, title: str, answers: Sequence[Mapping[str, object]], back: str, **more: object) -> View:
    context = {
        "title": ctx.text(title),
        "step": step,
        "steps": STEPS,
        "step_text": ctx.text(f"coupons.step.{step}"),
        "answers": answers,
        "back_url": back,
        **more,
    }
    return View("coupons/question.html", context)


def _note(ctx: TenantContext, last: Campaign | None, kind: str, value: int) -> str | None:
    if last is not None and (last.kind, last.value) == (kind, value):
        return ctx.text("coupons.ask.as_last_time")
    return ctx.text("coupons.amount.percent_note") if kind == "percent" else None


def _amounts(last: Campaign | None) -> Sequence[tuple[str, int]]:
    """Four amounts, the last one among them: in the place of the one that is nearest to it."""
    if last is None or (last.kind, last.value) in AMOUNTS:
        return AMOUNTS
    place = min(range(len(AMOUNTS)), key=lambda index: (AMOUNTS[index][0] != last.kind, abs(AMOUNTS[index][1] - last.value)))
    return [(last.kind, last.value) if index == place else amount for index, amount in enumerate(AMOUNTS)]


def _few(chosen: int, usual: int) -> list[int]:
    """At most four numbers, with the chosen and the usual one among them."""
    numbers = sorted({*STOCKS, chosen, usual})
    while len(numbers) > len(STOCKS):
        numbers.remove(min((one for one in numbers if one not in {chosen, usual}), key=lambda one: abs(one - chosen)))
    return numbers


def _last_period(last: Campaign | None, timezone: str) -> Period | None:
    """What was answered last time: the first answer that gives the same end. None for an end that no answer gives, as of one taken back."""
    if last is None:
        return None
    made = day_of(last.created_at, timezone)
    return next((period for period in Period if end_of(period.last_day(made), timezone) == last.ends_at), None)


def _day_note(ctx: TenantContext, day: date, *, as_last_time: bool) -> str:
    note = ctx.text("coupons.until.note", day=str(format_skeleton("MMMEd", day, locale=ctx.language)))
    return f"{note} · {ctx.text('coupons.ask.as_last_time')}" if as_last_time else note


async def _last(ctx: TenantContext) -> Campaign | None:
    return await CouponService(ctx).repository.last_campaign(required_shop(ctx))


def _require_sensible(benefit: Benefit) -> None:
    if benefit.kind == "percent" and benefit.value > MOST_PERCENT:
        raise Problem("invalid.percent_over_100", 422)
