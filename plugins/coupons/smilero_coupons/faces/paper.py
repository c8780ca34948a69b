"""A merchant's coupons on paper: how many, the sheets that were made, and each as a PDF to print and cut."""

from http import HTTPStatus
from typing import Annotated
from uuid import UUID

from babel.dates import format_skeleton
from pydantic import Field

from smilero_coupons.cards import card, last_day, state
from smilero_coupons.faces import pages
from smilero_coupons.faces.portal import own_campaign
from smilero_coupons.faces.wizard import BASE
from smilero_coupons.models import Campaign, Sheet
from smilero_coupons.routes import MANAGE
from smilero_coupons.slips import MOST, SlipService
from smilero_sdk.context import TenantContext
from smilero_sdk.errors import Problem, not_found
from smilero_sdk.ids import uuid7
from smilero_sdk.pages import Face, Form, Redirect, View
from smilero_sdk.papers import Slips

# Whole pages: eight stand on an A4.
_COUNTS = (8, 24, 40, 80)


class Count(Form):
    """How many slips."""

    count: Annotated[int, Field(ge=1, le=MOST)]


@pages.get(Face.PORTAL, "/campaigns/{campaign_id}/slips", permission=MANAGE)
async def ask_count(ctx: TenantContext, campaign_id: UUID) -> View:
    """How many on paper, while there are some left, and the sheets made so far."""
    campaign = await own_campaign(ctx, campaign_id)
    left = campaign.stock - campaign.claimed if state(ctx, campaign) == "open" else 0
    sheets = await SlipService(ctx).repository.of_campaign(campaign.id)
    context = {
        "answers": [_answer(ctx, count, left) for count in _counts(left)],
        "left": left,
        "action": f"{BASE}/campaigns/{campaign.id}/slips",
        "key": str(uuid7()),
        "sheets": [
            {
                "title": ctx.text("coupons.slips.sheet", count=row["count"]),
                "note": ctx.text("coupons.slips.used", used=row["used"], count=row["count"]),
                "url": f"{BASE}/sheets/{row['id']}",
            }
            for row in sheets
        ],
        "back_url": f"{BASE}/campaigns/{campaign.id}",
    }
    return View("coupons/slips.html", {**card(ctx, campaign), **context})


@pages.post(Face.PORTAL, "/campaigns/{campaign_id}/slips", permission=MANAGE)
async def make_slips(ctx: TenantContext, form: Count, campaign_id: UUID) -> Redirect:
    """Make them, out of the coupon's stock."""
    sheet = await SlipService(ctx).make(await own_campaign(ctx, campaign_id), form.count)
    return Redirect(f"{BASE}/sheets/{sheet.id}")


@pages.get(Face.PORTAL, "/sheets/{sheet_id}", permission=MANAGE)
async def show_sheet(ctx: TenantContext, sheet_id: UUID) -> View:
    """A sheet, to be printed."""
    sheet = await _own(ctx, sheet_id)
    campaign = await own_campaign(ctx, sheet.campaign_id)
    unused = len(await SlipService(ctx).repository.unused(sheet.id))
    ended = state(ctx, campaign) == "ended"
    context = {
        "title": ctx.text("coupons.slips.sheet", count=sheet.count),
        "used_text": ctx.text("coupons.slips.used", used=sheet.count - unused, count=sheet.count),
        "paper_url": f"{BASE}/sheets/{sheet.id}/paper" if unused and not ended else None,
        "back_url": f"{BASE}/campaigns/{campaign.id}/slips",
    }
    return View("coupons/sheet.html", {**card(ctx, campaign), **context})


@pages.paper(Face.PORTAL, "/sheets/{sheet_id}/paper", permission=MANAGE)
async def print_slips(ctx: TenantContext, sheet_id: UUID) -> Slips:
    """The slips that were not used yet: the same numbers as often as they are printed. Raises `coupons.slips_used` (409)."""
    sheet = await _own(ctx, sheet_id)
    campaign = await own_campaign(ctx, sheet.campaign_id)
    numbers = await SlipService(ctx).repository.unused(sheet.id)
    if not numbers:
        raise Problem("coupons.slips_used", HTTPStatus.CONFLICT)
    return Slips(str(card(ctx, campaign)["benefit"]), tuple(numbers), _lines(ctx, campaign), "/coupons/r/{number}")


@pages.post(Face.PORTAL, "/sheets/{sheet_id}/undo", permission=MANAGE)
async def undo_sheet(ctx: TenantContext, sheet_id: UUID) -> Redirect:
    """Take a sheet back that was a mistake."""
    sheet = await _own(ctx, sheet_id)
    await SlipService(ctx).take_back(sheet)
    return Redirect(f"{BASE}/campaigns/{sheet.campaign_id}/slips")


def _lines(ctx: TenantContext, campaign: Campaign) -> tuple[str, ...]:
    until = str(format_skeleton("yMMMd", last_day(ctx, campaign), locale=ctx.language))
    return ctx.text("coupons.slips.until", until=until), ctx.text("coupons.slips.how")


def _counts(left: int) -> list[int]:
    """Whole pages as far as there are coupons, and what is left where that is less."""
    few = [count for count in _COUNTS if count <= left]
    return [*few, left] if 0 < left < _COUNTS[-1] and left not in few else few


def _answer(ctx: TenantContext, count: int, left: int) -> dict[str, object]:
    pages_of_paper = -(-count // _COUNTS[0])
    note = "coupons.slips.all" if count == left else "coupons.slips.pages"
    return {
        "label": ctx.text("coupons.slips.count", count=count),
        "note": ctx.text(note, count=pages_of_paper),
        "url": None,
        "name": "count",
        "value": count,
        "selected": False,
    }


async def _own(ctx: TenantContext, sheet_id: UUID) -> Sheet:
    sheet = await SlipService(ctx).repository.sheet(sheet_id)
    if sheet is None or not ctx.actor.works_at(sheet.shop_id):
        raise not_found("sheet")
    return sheet
