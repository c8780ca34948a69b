"""The coupons of all shops, for the foundation."""

from typing import Annotated
from urllib.parse import urlencode
from uuid import UUID

from babel.dates import format_skeleton
from pydantic import Field

from smilero_coupons.cards import card, last_day, state
from smilero_coupons.faces import pages
from smilero_coupons.routes import READ
from smilero_coupons.service import CouponService
from smilero_sdk.context import TenantContext
from smilero_sdk.pages import Face, Form, View

_PAGE = 50
_TONES = {"open": "on", "sold_out": "wait", "ended": "off"}


class Search(Form):
    """Which coupons."""

    q: Annotated[str, Field(max_length=60)] = ""
    cursor: UUID | None = None


@pages.get(Face.CONSOLE, "/campaigns", permission=READ)
async def list_all(ctx: TenantContext, query: Search) -> View:
    """Every shop's coupons, newest first."""
    repository = CouponService(ctx).repository
    rows = await repository.console_page(query.q, query.cursor, _PAGE + 1)
    shown = [
        {
            "shop": shop,
            "shop_url": f"/storefront/shops/{row.shop_id}",
            "benefit": card(ctx, row)["benefit"],
            "until": str(format_skeleton("MMMd", last_day(ctx, row), locale=ctx.language)),
            "claimed": row.claimed,
            "redeemed": row.redeemed,
            "stock": row.stock,
            "state_text": ctx.text(f"coupons.state.{state(ctx, row)}"),
            "state_tone": _TONES[state(ctx, row)],
        }
        for shop, row in rows[:_PAGE]
    ]
    more = f"/console/coupons/campaigns?{urlencode({'q': query.q, 'cursor': rows[_PAGE - 1][1].id})}" if len(rows) > _PAGE else None
    return View("coupons/console_list.html", {"rows": shown, "next_url": more, "q": query.q})
