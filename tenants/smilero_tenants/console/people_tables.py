"""The tables of people: who works in which role and where, and who is invited to a shop and has not come yet."""

from collections.abc import Sequence
from uuid import UUID
from zoneinfo import ZoneInfo

from asyncpg import Record

from smilero_core.identity.access import PEOPLE_DATA, PEOPLE_MANAGE
from smilero_core.identity.invitations import Invitations
from smilero_core.identity.listing import INVITED, PeopleListing
from smilero_core.identity.phone import spoken_phone
from smilero_core.plugins.context import Context
from smilero_sdk.context import TenantContext
from smilero_sdk.errors import not_found
from smilero_sdk.roles import Role
from smilero_sdk.tables import Asks, BulkAction, Choice, Column, Filter, Found, Kind, Link, Nothing, Row, State, Table, Wanted
from smilero_tenants.tables.place import Place, of_host

_ROLES = (Role.OWNER, Role.STAFF, Role.OFFICER, Role.MERCHANT, Role.CLERK)
_TONES = {"waiting": "wait", "expired": "off"}


class MemberSource:
    """Memberships that hold now."""

    async def find(self, ctx: TenantContext, wanted: Wanted, /) -> Found:
        """The ids."""
        return await PeopleListing(of_host(ctx).host).members(wanted)

    async def rows(self, ctx: TenantContext, ids: Sequence[UUID], /) -> list[Row]:
        """The rows."""
        context = of_host(ctx)
        return [_member(context, one) for one in await PeopleListing(context.host).member_rows(ids)]


class InvitationSource:
    """Invitations to shops that still wait."""

    async def find(self, ctx: TenantContext, wanted: Wanted, /) -> Found:
        """The ids."""
        return await PeopleListing(of_host(ctx).host).invitations(wanted)

    async def rows(self, ctx: TenantContext, ids: Sequence[UUID], /) -> list[Row]:
        """The rows."""
        context = of_host(ctx)
        return [_invitation(context, one) for one in await PeopleListing(context.host).invitation_rows(ids)]


def _member(context: Context, row: Record) -> Row:
    number = _number(context, row)
    people = {"shop": f"/console/shops/{row['shop_id']}/people"} if row["shop_id"] else {}
    values = {
        "name": row["name"],
        "role": context.text(f"person.role.{row['role']}"),
        "shop": row["shop"],
        "market": row["market"],
        "tail": number[-4:],
        "since": row["created_at"].astimezone(ZoneInfo(context.tenant.timezone)).date(),
        "phone": spoken_phone(number) if number else None,
    }
    return Row(row["id"], values, url=f"/console/people/{row['person_id']}", links=people)


def _invitation(context: Context, row: Record) -> Row:
    state = "expired" if row["expired"] else "waiting"
    values = {
        "name": row["name"],
        "role": context.text(f"person.role.{row['role']}"),
        "shop": row["shop"],
        "market": row["market"],
        "tail": _number(context, row)[-4:],
        "sent": row["sent_at"],
        "expires": row["expires_at"],
        "state": State(context.text(f"console.awaited.state.{state}"), _TONES[state]),
    }
    people = f"/console/shops/{row['shop_id']}/people"
    return Row(row["id"], values, url=people)


def _number(context: Context, row: Record) -> str:
    sealed = row["phone_sealed"]
    return context.services.vault.open(context.tenant.id, "phone", sealed) if sealed else ""


async def _roles(ctx: TenantContext) -> list[Choice]:
    return [Choice(one.value, ctx.text(f"person.role.{one.value}")) for one in _ROLES]


async def _markets(ctx: TenantContext) -> list[Choice]:
    return [Choice(str(one.row.id), one.row.name) for one in await of_host(ctx).reader.markets()]


async def _states(ctx: TenantContext) -> list[Choice]:
    return [Choice(one, ctx.text(f"console.awaited.state.{one}")) for one in INVITED]


async def _revoke(ctx: TenantContext, invitation_id: UUID) -> None:
    """Take one back. Raises `http.not_found`, also for one that was taken meanwhile, and for the foundation's own."""
    context = of_host(ctx)
    found = await PeopleListing(context.host).invitation_rows([invitation_id])
    if not found:
        raise not_found("invitation")
    if await Invitations(context.host, context.tenant.id, context.services.vault).revoke(invitation_id, found[0]["shop_id"]):
        await context.audit.record("identity.audit.revoked", invitation_id, shop=found[0]["shop"])


MEMBERS = Place(
    "/console/members",
    Table(
        name="members",
        title="console.members.title",
        lead="console.members.lead",
        counted="console.members.counted",
        columns=(
            Column("name", "console.members.name", sortable=True),
            Column("role", "console.members.role"),
            Column("shop", "console.members.shop", sortable=True),
            Column("market", "console.members.market", sortable=True),
            Column("tail", "console.people.tail"),
            Column("since", "console.members.since", Kind.DATE, sortable=True),
            # Whole numbers are an owner's to take, and only as a file, which is on record.
            Column("phone", "console.shops.phone", Kind.PHONE, permission=PEOPLE_DATA, on_page=False),
        ),
        source=MemberSource(),
        nothing=Nothing("console.members.none", "console.members.none_text", "users"),
        sort="name",
        filters=(
            Filter("q", "console.members.name"),
            Filter("role", "console.members.role", Asks.CHOICE, _roles),
            Filter("market", "console.members.market", Asks.CHOICE, _markets),
        ),
        links=(Link("console.awaited.title", "/console/invitations/waiting", PEOPLE_MANAGE),),
    ),
    PEOPLE_MANAGE,
)
AWAITED = Place(
    "/console/invitations/waiting",
    Table(
        name="invitations",
        title="console.awaited.title",
        lead="console.awaited.lead",
        columns=(
            Column("name", "console.members.name", sortable=True),
            Column("shop", "console.members.shop", sortable=True),
            Column("market", "console.members.market", sortable=True),
            Column("role", "console.members.role"),
            Column("tail", "console.people.tail"),
            Column("sent", "console.awaited.sent", Kind.MOMENT, sortable=True),
            Column("expires", "console.awaited.expires", Kind.MOMENT, sortable=True, shown=False),
            Column("state", "console.shops.status", Kind.STATE),
        ),
        source=InvitationSource(),
        nothing=Nothing("console.awaited.none", "console.awaited.none_text", "mail-open"),
        sort="-sent",
        filters=(
            Filter("q", "console.awaited.search"),
            Filter("market", "console.members.market", Asks.CHOICE, _markets),
            Filter("state", "console.shops.status", Asks.CHOICE, _states),
        ),
        actions=(
            BulkAction("revoke", "console.awaited.revoke", "console.awaited.revoke_ask", "console.awaited.revoked", PEOPLE_MANAGE, _revoke),
        ),
        links=(Link("console.invitations.title", "/console/invitations", PEOPLE_MANAGE),),
    ),
    PEOPLE_MANAGE,
)
