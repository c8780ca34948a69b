"""`/console/shops/…/people`: who works at a shop, whom it waits for, inviting at the counter and taking away."""

from dataclasses import dataclass
from http import HTTPStatus
from typing import Annotated
from urllib.parse import urlencode
from uuid import UUID
from zoneinfo import ZoneInfo

from pydantic import Field, ValidationError
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from smilero_core.identity.access import PEOPLE_MANAGE
from smilero_core.identity.invitations import ROLES, Invitations, Invitee, Waiting
from smilero_core.identity.memberships import Member, Memberships
from smilero_core.registry.models import ShopRow
from smilero_sdk.errors import Problem
from smilero_sdk.pages import Form
from smilero_sdk.roles import Role
from smilero_tenants.console.sending import counted, record_invited, send
from smilero_tenants.faces.own_pages import OwnPages, Shown, Values
from smilero_tenants.faces.posting import texts_of
from smilero_tenants.faces.visit import Visit

_PATH = "/console/shops/{shop_id:uuid}/people"
LONGEST_NAME = 40
# What just happened, as the address says it after a command.
_DONE = ("invited", "again", "revoked", "ended", "waiting")


class Wanted(Form):
    """Whom to invite."""

    phone: Annotated[str, Field(max_length=20)]
    name: Annotated[str, Field(min_length=1, max_length=LONGEST_NAME)]
    role: Role = Role.MERCHANT


@dataclass(frozen=True)
class Written:
    """What was written and could not be kept."""

    phone: str = ""
    name: str = ""
    role: str = Role.MERCHANT.value


class PeopleConsole:
    """The people of a shop."""

    def __init__(self, pages: OwnPages) -> None:
        self._pages = pages

    def routes(self) -> list[Route]:
        """The page, its question and its commands."""
        return [
            Route(_PATH, self.people),
            Route(_PATH, self.invite, methods=["POST"]),
            Route(f"{_PATH}/{{membership_id:uuid}}/end", self.ask_end),
            Route(f"{_PATH}/{{membership_id:uuid}}/end", self.end, methods=["POST"]),
            Route(f"{_PATH}/invitations/{{invitation_id:uuid}}/again", self.again, methods=["POST"]),
            Route(f"{_PATH}/invitations/{{invitation_id:uuid}}/revoke", self.revoke, methods=["POST"]),
        ]

    async def people(self, request: Request) -> Response:
        """Who works here, and who is awaited."""
        return await self._pages.show(request, _people)

    async def ask_end(self, request: Request) -> Response:
        """Whether to take it away."""
        return await self._pages.show(request, _question)

    async def invite(self, request: Request) -> Response:
        """Invite a number. The same number for the same role is invited once."""
        refused = await self._pages.knock(request, PEOPLE_MANAGE)
        if refused is not None:
            return refused
        posted = await texts_of(request)
        written = Written(posted.get("phone", "")[:20], posted.get("name", "")[:LONGEST_NAME], posted.get("role", ""))
        problem = await counted(self._pages, request, written.phone)

        async def carry_out(visit: Visit, posted: dict[str, str]) -> Shown | str:
            visit.require(PEOPLE_MANAGE)
            shop = await _shop(visit)
            if problem is not None:
                return await _people(visit, written, problem)
            try:
                wanted = _read(posted)
                outgoing = await _invitations(visit).invite(Invitee(wanted.phone, wanted.name, wanted.role, shop.id), _inviter(visit))
            except Problem as refusal:
                return await _people(visit, written, refusal)
            if outgoing is not None:
                await send(visit, outgoing, shop.name)
                await record_invited(visit, outgoing, shop.name)
            return _back(shop, "invited" if outgoing else "waiting")

        return await self._pages.command(request, carry_out)

    async def again(self, request: Request) -> Response:
        """Send a new link; the old one is void."""
        refused = await self._pages.knock(request, PEOPLE_MANAGE)
        if refused is not None:
            return refused
        problem = await counted(self._pages, request)

        async def carry_out(visit: Visit, _: dict[str, str]) -> Shown | str:
            visit.require(PEOPLE_MANAGE)
            shop = await _shop(visit)
            if problem is not None:
                return await _people(visit, Written(), problem)
            outgoing = await _invitations(visit).again(request.path_params["invitation_id"], shop.id)
            if outgoing is not None:
                await send(visit, outgoing, shop.name)
                await visit.context.audit.record("identity.audit.invited_again", outgoing.invitation_id, shop=shop.name)
            return _back(shop, "again")

        return await self._pages.command(request, carry_out)

    async def revoke(self, request: Request) -> Response:
        """Take an invitation back: its link opens nothing any more."""

        async def carry_out(visit: Visit, _: dict[str, str]) -> str:
            visit.require(PEOPLE_MANAGE)
            shop, invitation_id = await _shop(visit), request.path_params["invitation_id"]
            if await _invitations(visit).revoke(invitation_id, shop.id):
                await visit.context.audit.record("identity.audit.revoked", invitation_id, shop=shop.name)
            return _back(shop, "revoked")

        return await self._pages.command(request, carry_out)

    async def end(self, request: Request) -> Response:
        """Take somebody's role away."""

        async def carry_out(visit: Visit, _: dict[str, str]) -> str:
            visit.require(PEOPLE_MANAGE)
            shop = await _shop(visit)
            member = await _memberships(visit).end(request.path_params["membership_id"], shop.id)
            await visit.context.audit.record(
                f"identity.audit.ended.{member.role.value}",
                member.person_id,
                before={"role": member.role.value, "shop_id": shop.id},
                after={},
                shop=shop.name,
            )
            return _back(shop, "ended")

        return await self._pages.command(request, carry_out)


def _read(posted: dict[str, str]) -> Wanted:
    """What a form says. Raises `invitations.name`, `invitations.role` (422)."""
    try:
        wanted = Wanted.model_validate_strings({name: value for name, value in posted.items() if name in Wanted.model_fields})
    except ValidationError as error:
        field = error.errors()[0]["loc"][0]
        raise Problem("invitations.role" if field == "role" else "invitations.name", HTTPStatus.UNPROCESSABLE_ENTITY) from error
    if wanted.role not in ROLES:
        raise Problem("invitations.role", HTTPStatus.UNPROCESSABLE_ENTITY)
    return wanted


async def _people(visit: Visit, written: Written | None = None, refused: Problem | None = None) -> Shown:
    visit.require(PEOPLE_MANAGE)
    shop = await _shop(visit)
    market = (await visit.context.reader.market(shop.market_id)).row.name
    here, written = _address(shop), written or Written()
    done = visit.request.query_params.get("done")
    values: Values = {
        "shop": {"name": shop.name, "place": f"{market} {shop.stall}".strip()},
        "people": [_member(visit, one, here) for one in await _memberships(visit).at(shop.id)],
        "waiting": [_waiting(visit, one, here) for one in await _invitations(visit).waiting(shop.id)],
        "written": written,
        "roles": [
            {"value": role.value, "label": visit.context.text(f"person.role.{role.value}"), "selected": role.value == written.role}
            for role in ROLES
        ],
        "longest_name": LONGEST_NAME,
        "action": here,
        "alert": visit.context.text(refused.code, **refused.params) if refused else None,
        "done": visit.context.text(f"console.people.done.{done}") if done in _DONE and not refused else None,
        "back_url": "/console/shops",
    }
    return Shown.telling("console/shop_people.html", values, refused)


async def _question(visit: Visit) -> Shown:
    visit.require(PEOPLE_MANAGE)
    shop = await _shop(visit)
    member = await _memberships(visit).one(visit.request.path_params["membership_id"], shop.id)
    values: Values = {"shop": shop.name, "member": _member(visit, member, _address(shop)), "back_url": _address(shop)}
    return Shown("console/shop_person_end.html", values)


def _member(visit: Visit, member: Member, here: str) -> Values:
    return {
        "name": member.name,
        "tail": member.tail,
        "role": visit.context.text(f"person.role.{member.role.value}"),
        "since": f"{member.since.astimezone(ZoneInfo(visit.tenant.timezone)):%Y-%m-%d}",
        "end": f"{here}/{member.id}/end",
    }


def _waiting(visit: Visit, one: Waiting, here: str) -> Values:
    return {
        "name": one.name,
        "tail": one.tail,
        "role": visit.context.text(f"person.role.{one.role.value}"),
        "sent": f"{one.sent_at.astimezone(ZoneInfo(visit.tenant.timezone)):%Y-%m-%d %H:%M}",
        "expired": one.expired,
        "again": f"{here}/invitations/{one.id}/again",
        "revoke": f"{here}/invitations/{one.id}/revoke",
    }


async def _shop(visit: Visit) -> ShopRow:
    shop_id: UUID = visit.request.path_params["shop_id"]
    return await visit.context.reader.shop_row(shop_id)


def _invitations(visit: Visit) -> Invitations:
    return Invitations(visit.context.host, visit.tenant.id, visit.parts.vault)


def _memberships(visit: Visit) -> Memberships:
    return Memberships(visit.context.host, visit.tenant.id, visit.parts.vault)


def _inviter(visit: Visit) -> UUID:
    """Who invites. A page has somebody in person behind it, since it has a session."""
    person_id = visit.context.visitor_id
    if person_id is None:
        raise Problem("http.sign_in", HTTPStatus.UNAUTHORIZED)
    return person_id


def _address(shop: ShopRow) -> str:
    return f"/console/shops/{shop.id}/people"


def _back(shop: ShopRow, done: str) -> str:
    return f"{_address(shop)}?{urlencode({'done': done})}"
