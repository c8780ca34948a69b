"""The table of shops."""

from collections.abc import Sequence
from uuid import UUID

from asyncpg import Record

from smilero_core.identity.access import PEOPLE_MANAGE, PEOPLE_NUMBERS, REGISTRY_MANAGE
from smilero_core.identity.memberships import Memberships
from smilero_core.plugins.context import Context
from smilero_core.registry.categories import Category
from smilero_core.registry.listing import STATUSES, ShopListing
from smilero_sdk.context import TenantContext
from smilero_sdk.pages import Face
from smilero_sdk.tables import Asks, BulkAction, Choice, Column, Filter, Found, Kind, Link, Nothing, Row, State, Table, Wanted
from smilero_tenants.faces.frames import shop_page
from smilero_tenants.tables.place import Place, of_host

_TONES = {"open": "on", "closed": "off", "left": "off"}


class ShopSource:
    """Shops by the registry."""

    async def find(self, ctx: TenantContext, wanted: Wanted, /) -> Found:
        """The ids."""
        return await ShopListing(of_host(ctx).host).find(wanted)

    async def rows(self, ctx: TenantContext, ids: Sequence[UUID], /) -> list[Row]:
        """The rows."""
        context = of_host(ctx)
        return [_row(context, record) for record in await ShopListing(context.host).rows(ids)]


def _row(context: Context, row: Record) -> Row:
    shop_id = row["id"]
    without = sum(shop_id in shops for shops in context.plugins.without.values())
    uses = context.text("console.shops.without", count=without) if without else context.text("console.shops.all_on")
    people = {"people": f"/console/shops/{shop_id}/people"} if context.actor.may(PEOPLE_MANAGE) else {}
    return Row(
        shop_id,
        {
            "name": row["name"],
            "stall": row["stall"],
            "category": Category(row["category"]).label(context.catalogue, context.language),
            "goods": row["goods"],
            "market": row["market"],
            "business_number": row["business_number"],
            "phone": row["phone"],
            "status": State(context.text(f"console.shops.status.{row['status']}"), _TONES[row["status"]]),
            "created": row["created_at"],
            "people": context.text("console.shops.who") if people else None,
            "uses": uses,
        },
        url=shop_page(context, Face.CONSOLE, shop_id, row["name"]),
        links={**people, "uses": f"/console/shops/{shop_id}/plugins"},
    )


def _marking(status: str) -> BulkAction:
    async def mark(ctx: TenantContext, shop_id: UUID) -> None:
        context = of_host(ctx)
        marked = await ShopListing(context.host).mark(shop_id, status)
        if marked.was == status:
            return
        if status == "left":
            memberships = Memberships(context.host, context.tenant.id, context.services.vault)
            for member in await memberships.at(shop_id):
                await memberships.end(member.id, shop_id)
                held = {"role": member.role.value, "shop_id": shop_id}
                await context.audit.record(
                    f"identity.audit.ended.{member.role.value}", member.person_id, before=held, after={}, shop=marked.name
                )
        before, after = (context.text(f"console.shops.status.{one}") for one in (marked.was, status))
        await context.audit.record(
            "console.shops.audit.marked", shop_id, before={"state": before}, after={"state": after}, shop=marked.name, state=after
        )

    key = f"console.shops.many.{status}"
    return BulkAction(status, key, f"{key}.ask", f"{key}.done", REGISTRY_MANAGE, mark)


async def _markets(ctx: TenantContext) -> list[Choice]:
    return [Choice(str(one.row.id), one.row.name) for one in await of_host(ctx).reader.markets()]


async def _categories(ctx: TenantContext) -> list[Choice]:
    context = of_host(ctx)
    return [Choice(one.value, one.label(context.catalogue, context.language)) for one in Category]


async def _statuses(ctx: TenantContext) -> list[Choice]:
    return [Choice(one, ctx.text(f"console.shops.status.{one}")) for one in STATUSES]


SHOPS = Place(
    "/console/shops",
    Table(
        name="shops",
        title="console.shops.title",
        lead="console.shops.lead",
        counted="console.shops.total",
        columns=(
            Column("name", "console.shops.name", sortable=True),
            Column("stall", "console.shops.stall", sortable=True),
            Column("category", "console.shops.category"),
            Column("goods", "console.shops.goods", sortable=True, shown=False),
            Column("market", "console.shops.market", sortable=True),
            Column("business_number", "console.shops.business_number", sortable=True, shown=False),
            Column("phone", "console.shops.phone", Kind.PHONE, shown=False, permission=PEOPLE_NUMBERS),
            Column("status", "console.shops.status", Kind.STATE, sortable=True),
            Column("created", "console.shops.created", Kind.MOMENT, sortable=True, shown=False),
            Column("people", "console.shops.people", in_file=False),
            Column("uses", "console.shops.uses", in_file=False),
        ),
        source=ShopSource(),
        nothing=Nothing("console.shops.none", "console.shops.none_text", "store"),
        sort="name",
        filters=(
            Filter("q", "console.shops.search"),
            Filter("market", "console.shops.market", Asks.CHOICE, _markets),
            Filter("category", "console.shops.category", Asks.CHOICE, _categories),
            Filter("status", "console.shops.status", Asks.CHOICE, _statuses),
        ),
        actions=tuple(_marking(one) for one in STATUSES),
        links=(
            Link("imports.title", "/console/shops/import", REGISTRY_MANAGE),
            Link("console.invitations.title", "/console/invitations", PEOPLE_MANAGE),
        ),
    ),
)
