"""The coupons of all shops, for the foundation."""

from collections.abc import Sequence
from uuid import UUID

from smilero_coupons.cards import card, last_day, state
from smilero_coupons.faces import pages
from smilero_coupons.models import Campaign
from smilero_coupons.routes import READ
from smilero_coupons.service import CouponService
from smilero_sdk.context import TenantContext
from smilero_sdk.tables import Asks, Choice, Column, Filter, Found, Kind, Nothing, Row, State, Table, Wanted

_TONES = {"open": "on", "sold_out": "wait", "ended": "off"}


class CampaignSource:
    """Campaigns by the repository."""

    async def find(self, ctx: TenantContext, wanted: Wanted, /) -> Found:
        """The ids."""
        return await CouponService(ctx).repository.find_for_table(wanted, ctx.now)

    async def rows(self, ctx: TenantContext, ids: Sequence[UUID], /) -> list[Row]:
        """The rows."""
        return [_row(ctx, shop, campaign) for shop, campaign in await CouponService(ctx).repository.with_shops(ids)]


def _row(ctx: TenantContext, shop: str, campaign: Campaign) -> Row:
    now = state(ctx, campaign)
    return Row(
        campaign.id,
        {
            "shop": shop,
            "benefit": str(card(ctx, campaign)["benefit"]),
            "until": last_day(ctx, campaign),
            "stock": campaign.stock,
            "claimed": campaign.claimed,
            "redeemed": campaign.redeemed,
            "made": campaign.created_at,
            "state": State(ctx.text(f"coupons.state.{now}"), _TONES[now]),
        },
        url=f"/storefront/shops/{campaign.shop_id}",
    )


async def _states(ctx: TenantContext) -> list[Choice]:
    return [Choice(one, ctx.text(f"coupons.state.{one}")) for one in _TONES]


pages.table(
    "/campaigns",
    Table(
        name="campaigns",
        title="coupons.title",
        lead="coupons.console.lead",
        columns=(
            Column("shop", "coupons.console.shop", sortable=True),
            Column("benefit", "coupons.console.benefit"),
            Column("until", "coupons.console.until", Kind.DATE, sortable=True),
            Column("stock", "coupons.console.stock", Kind.NUMBER, sortable=True),
            Column("claimed", "coupons.console.claimed", Kind.NUMBER, sortable=True),
            Column("redeemed", "coupons.console.redeemed", Kind.NUMBER, sortable=True),
            Column("state", "coupons.console.status", Kind.STATE),
            Column("made", "coupons.console.made", Kind.MOMENT, sortable=True, shown=False),
        ),
        source=CampaignSource(),
        nothing=Nothing("coupons.console.none", "coupons.console.none_text", "ticket-percent"),
        sort="-made",
        filters=(
            Filter("q", "coupons.console.search"),
            Filter("state", "coupons.console.status", Asks.CHOICE, _states),
        ),
    ),
    permission=READ,
)
