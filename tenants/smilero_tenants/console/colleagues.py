"""`/console/colleagues`: the people of the foundation itself, and inviting them."""

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
from smilero_core.identity.colleagues import OWNERS_MATTER, ROLES
from smilero_core.identity.invitations import Invitations, Invitee, Outgoing, Waiting
from smilero_core.identity.phone import normal_phone
from smilero_sdk.approvals import Approval, Fact, Proposal
from smilero_sdk.errors import Problem
from smilero_sdk.pages import Face, Form, PageOperation, Redirect
from smilero_sdk.roles import Role
from smilero_tenants.approvals.own import command
from smilero_tenants.console.colleague import PATH, WHO_BELONGS, colleagues_of, listed, may_for, require_for
from smilero_tenants.console.sending import counted, record_invited, send
from smilero_tenants.faces.own_pages import OwnPages, Shown, Values
from smilero_tenants.faces.visit import SignInNeeded, Visit

LONGEST_NAME = 40
_DONE = ("invited", "again", "revoked", "ended", "waiting")


class Wanted(Form):
    """Whom to invite; the market counts for officers."""

    phone: Annotated[str, Field(max_length=20)]
    name: Annotated[str, Field(min_length=1, max_length=LONGEST_NAME)]
    role: Role
    market: UUID | None = None


class Search(Form):
    """Whom to show: a part of a name, or the last four digits of a number."""

    q: Annotated[str, Field(max_length=60)] = ""


@dataclass(frozen=True)
class Written:
    """What was written and could not be kept."""

    phone: str = ""
    name: str = ""
    role: str = ""
    market: str = ""


class ColleagueConsole:
    """The list of the people of the foundation."""

    def __init__(self, pages: OwnPages) -> None:
        self._pages = pages

    def routes(self) -> list[Route]:
        """The list and its commands."""
        return [
            Route(PATH, self.people),
            Route(PATH, self.invite, methods=["POST"]),
            Route(f"{PATH}/invitations/{{invitation_id:uuid}}/again", self.again, methods=["POST"]),
            Route(f"{PATH}/invitations/{{invitation_id:uuid}}/revoke", self.revoke, methods=["POST"]),
        ]

    async def people(self, request: Request) -> Response:
        """Who belongs to the foundation, and who is awaited."""
        return await self._pages.show(request, _people)

    async def invite(self, request: Request) -> Response:
        """Invite a number. The same number for the same role is invited once."""
        refused = await self._pages.knock(request, PEOPLE_MANAGE)
        if refused is not None:
            return refused
        posted = {name: str(value) for name, value in (await request.form()).items()}
        problem = await counted(self._pages, request, posted.get("phone", ""))

        async def carry_out(visit: Visit, posted: dict[str, str]) -> Shown | str:
            visit.require(PEOPLE_MANAGE)
            written = Written(*(posted.get(name, "")[:60] for name in ("phone", "name", "role", "market")))
            try:
                wanted = _read(posted)
                require_for(visit, wanted.role)
                if problem is not None:
                    raise problem
                return await command(visit, INVITE, wanted)
            except Problem as refusal:
                if refusal.status in {HTTPStatus.FORBIDDEN, HTTPStatus.NOT_FOUND}:
                    raise
                return await _people(visit, written, refusal)

        return await self._pages.command(request, carry_out)

    async def again(self, request: Request) -> Response:
        """Send a new link; the old one is void."""
        refused = await self._pages.knock(request, PEOPLE_MANAGE)
        if refused is not None:
            return refused
        problem = await counted(self._pages, request)

        async def carry_out(visit: Visit, _: dict[str, str]) -> Shown | str:
            invitations, invitation_id = _invitations(visit), request.path_params["invitation_id"]
            require_for(visit, await invitations.role_of(invitation_id))
            if problem is not None:
                return await _people(visit, None, problem)
            outgoing = await invitations.again(invitation_id, None)
            if outgoing is not None:
                place = await _place(visit, outgoing)
                await send(visit, outgoing, place)
                await visit.context.audit.record("identity.audit.invited_again", invitation_id, shop=place)
            return _back("again")

        return await self._pages.command(request, carry_out)

    async def revoke(self, request: Request) -> Response:
        """Take an invitation back: its link opens nothing any more."""

        async def carry_out(visit: Visit, _: dict[str, str]) -> str:
            visit.require(PEOPLE_MANAGE)
            invitations, invitation_id = _invitations(visit), request.path_params["invitation_id"]
            require_for(visit, await invitations.role_of(invitation_id))
            if await invitations.revoke(invitation_id, None):
                await visit.context.audit.record("identity.audit.revoked", invitation_id, shop=visit.tenant.name)
            return _back("revoked")

        return await self._pages.command(request, carry_out)


async def _said_of_invitation(visit: Visit, form: Wanted) -> Proposal | None:
    """Of an owner or one of the staff. Raises `http.forbidden`, `identity.phone`."""
    require_for(visit, form.role)
    if form.role not in OWNERS_MATTER:
        return None
    role = visit.context.text(f"console.role.{form.role.value}")
    return Proposal(
        "core.colleague.said.invite", {"name": form.name, "role": role}, (Fact("core.colleague.tail", normal_phone(form.phone)[-4:]),)
    )


async def _invite(visit: Visit, form: Wanted) -> Redirect:
    """Raises `http.forbidden`, and as `Invitations.invite`."""
    require_for(visit, form.role)
    market = form.market if form.role is Role.OFFICER else None
    outgoing = await _invitations(visit).invite(Invitee(form.phone, form.name, form.role, market_id=market), _myself(visit))
    if outgoing is not None:
        place = await _place(visit, outgoing)
        await send(visit, outgoing, place)
        await record_invited(visit, outgoing, place)
    return Redirect(_back("invited" if outgoing else "waiting"))


INVITE = PageOperation(
    Face.CONSOLE, "POST", "/colleagues", _invite, PEOPLE_MANAGE, None, Wanted, {}, approval=Approval(WHO_BELONGS, _said_of_invitation)
)


def _read(posted: dict[str, str]) -> Wanted:
    """What a form says. Raises `invitations.name`, `colleagues.role`, `colleagues.market` (422)."""
    try:
        wanted = Wanted.model_validate_strings({name: value for name, value in posted.items() if name in Wanted.model_fields and value})
    except ValidationError as error:
        field = error.errors()[0]["loc"][0]
        code = {"role": "colleagues.role", "market": "colleagues.market"}.get(str(field), "invitations.name")
        raise Problem(code, HTTPStatus.UNPROCESSABLE_ENTITY) from error
    if wanted.role not in ROLES:
        raise Problem("colleagues.role", HTTPStatus.UNPROCESSABLE_ENTITY)
    if wanted.role is Role.OFFICER and wanted.market is None:
        raise Problem("colleagues.market", HTTPStatus.UNPROCESSABLE_ENTITY)
    return wanted


async def _people(visit: Visit, written: Written | None = None, refused: Problem | None = None) -> Shown:
    visit.require(PEOPLE_MANAGE)
    query = {name: value for name, value in visit.request.query_params.items() if name in Search.model_fields}
    search, done = Search.model_validate_strings(query), visit.request.query_params.get("done")
    markets = {market.row.id: market.row.name for market in await visit.context.reader.markets()}
    roles = [role for role in ROLES if may_for(visit, role)]
    written = written or Written(role=(Role.STAFF if Role.STAFF in roles else Role.OFFICER).value)
    values: Values = {
        "q": search.q,
        "people": [listed(visit, one) for one in await colleagues_of(visit).all(search.q)],
        "waiting": [_waiting(visit, one, markets) for one in await _invitations(visit).waiting(None)],
        "written": written,
        "roles": [_choice(visit, role, written) for role in roles],
        "markets": [{"id": str(key), "name": name, "selected": str(key) == written.market} for key, name in markets.items()],
        "longest_name": LONGEST_NAME,
        "action": PATH,
        "alert": visit.context.text(refused.code, **refused.params) if refused else None,
        "done": visit.context.text(f"console.people.done.{done}") if done in _DONE and not refused else None,
    }
    return Shown("console/colleagues.html", values, refused.status if refused else HTTPStatus.OK)


def _waiting(visit: Visit, one: Waiting, markets: dict[UUID, str]) -> Values:
    here, may = f"{PATH}/invitations/{one.id}", may_for(visit, one.role)
    return {
        "name": one.name,
        "tail": one.tail,
        "role": visit.context.text(f"console.role.{one.role.value}"),
        "market": markets.get(one.market_id) if one.market_id else None,
        "sent": f"{one.sent_at.astimezone(ZoneInfo(visit.tenant.timezone)):%Y-%m-%d %H:%M}",
        "expired": one.expired,
        "again": f"{here}/again" if may else None,
        "revoke": f"{here}/revoke" if may else None,
    }


def _choice(visit: Visit, role: Role, written: Written) -> Values:
    return {"value": role.value, "label": visit.context.text(f"console.role.{role.value}"), "selected": role.value == written.role}


async def _place(visit: Visit, outgoing: Outgoing) -> str:
    """What a text and the log call the place: an officer's market, else the foundation."""
    if outgoing.market_id is None:
        return visit.tenant.name
    return (await visit.context.reader.market(outgoing.market_id)).row.name


def _invitations(visit: Visit) -> Invitations:
    return Invitations(visit.context.host, visit.tenant.id, visit.parts.vault)


def _myself(visit: Visit) -> UUID:
    person_id = visit.context.visitor_id
    if person_id is None:
        raise SignInNeeded
    return person_id


def _back(done: str) -> str:
    return f"{PATH}?{urlencode({'done': done})}"
