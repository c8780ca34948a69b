"""`/console/colleagues/…`: one person of the foundation, what one of its staff may, and ending."""

from http import HTTPStatus
from urllib.parse import urlencode
from uuid import UUID
from zoneinfo import ZoneInfo

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from smilero_core.identity.access import PEOPLE_MANAGE, RIGHTS_MANAGE
from smilero_core.identity.colleagues import OWNERS_MATTER, Colleague, Colleagues
from smilero_core.identity.rights import Rights, Said
from smilero_sdk.approvals import Approval, Fact, Proposal
from smilero_sdk.errors import Problem
from smilero_sdk.pages import Face, PageOperation, Redirect
from smilero_sdk.roles import Permission, Role
from smilero_tenants.approvals.own import command
from smilero_tenants.console.right_rows import Change, groups, right_of, told, words
from smilero_tenants.faces.own_pages import OwnPages, Shown, Values
from smilero_tenants.faces.visit import Visit

PATH = "/console/colleagues"
_ONE = f"{PATH}/{{colleague_id:uuid}}"


class OneColleagueConsole:
    """The pages about one of them."""

    def __init__(self, pages: OwnPages) -> None:
        self._pages = pages

    def routes(self) -> list[Route]:
        """The page, its command, the question and its answer."""
        return [
            Route(_ONE, self.person),
            Route(_ONE, self.change, methods=["POST"]),
            Route(f"{_ONE}/end", self.ask_end),
            Route(f"{_ONE}/end", self.end, methods=["POST"]),
        ]

    async def person(self, request: Request) -> Response:
        """One of them, with the rights that one of the staff has."""
        return await self._pages.show(request, _person)

    async def ask_end(self, request: Request) -> Response:
        """Whether to take the role away."""
        return await self._pages.show(request, _question)

    async def change(self, request: Request) -> Response:
        """One right of one person of the staff."""

        async def carry_out(visit: Visit, posted: dict[str, str]) -> str:
            visit.require(RIGHTS_MANAGE)
            colleague = await _colleague(visit)
            change = Change.read(posted.get("change", ""))
            if change is None or not change.role is colleague.role is Role.STAFF:
                raise Problem("rights.not_yours", HTTPStatus.UNPROCESSABLE_ENTITY)
            rights = Rights(visit.context.host, visit.parts.access)
            changed = await rights.say_of(colleague.person_id, change.permission, allowed=change.allowed)
            if changed:
                sentence = "identity.audit.right_given_to_one" if change.allowed else "identity.audit.right_taken_from_one"
                about = {"permission": change.permission}
                before, after = {**about, "allowed": not change.allowed}, {**about, "allowed": change.allowed}
                await visit.context.audit.record(sentence, colleague.person_id, before=before, after=after, **words(visit, change))
            return f"{PATH}/{colleague.id}?{urlencode({'done' if changed else 'same': change})}"

        return await self._pages.command(request, carry_out)

    async def end(self, request: Request) -> Response:
        """Take the role away; whoever ends himself is asked a second time."""

        async def carry_out(visit: Visit, posted: dict[str, str]) -> Shown | str:
            visit.require(PEOPLE_MANAGE)
            colleague = await _colleague(visit)
            require_for(visit, colleague.role)
            own = colleague.person_id == visit.context.visitor_id
            if own and posted.get("sure") != "true":
                return await _question(visit, second=True)
            try:
                return await command(visit, END, parameters={"colleague_id": colleague.id})
            except Problem as refusal:
                if refusal.status != HTTPStatus.CONFLICT:
                    raise
                return await _question(visit, refusal)

        return await self._pages.command(request, carry_out)


async def _said_of_end(visit: Visit, colleague_id: UUID) -> Proposal | None:
    """Of an owner or one of the staff; whoever leaves needs nobody's word. Raises as the command."""
    one = await colleagues_of(visit).one(colleague_id)
    require_for(visit, one.role)
    if one.role not in OWNERS_MATTER or one.person_id == visit.context.visitor_id:
        return None
    if one.role is Role.OWNER:
        await colleagues_of(visit).require_another_owner(one.person_id)
    role = visit.context.text(f"console.role.{one.role.value}")
    return Proposal("core.colleague.said.end", {"name": one.name, "role": role}, (Fact("core.colleague.tail", one.tail),))


async def _end(visit: Visit, colleague_id: UUID) -> Redirect:
    """Raises `http.not_found`, `http.forbidden`, `colleagues.last_owner` (409)."""
    require_for(visit, (await colleagues_of(visit).one(colleague_id)).role)
    ended = await colleagues_of(visit).end(colleague_id)
    place = {} if ended.market_id is None else {"market_id": ended.market_id}
    await visit.context.audit.record(
        f"identity.audit.ended.{ended.role.value}",
        ended.person_id,
        before={"role": ended.role.value, **place},
        after={},
        shop=ended.market or visit.tenant.name,
    )
    return Redirect("/" if ended.person_id == visit.context.visitor_id else f"{PATH}?done=ended")


# Who comes to the foundation and who goes: what a foundation may want two people for, by one name.
WHO_BELONGS = "core.colleague"
END = PageOperation(
    Face.CONSOLE,
    "POST",
    "/colleagues/{colleague_id}/end",
    _end,
    PEOPLE_MANAGE,
    None,
    None,
    {"colleague_id": UUID},
    approval=Approval(WHO_BELONGS, _said_of_end),
)


def may_for(visit: Visit, role: Role) -> bool:
    """Whether the visitor may make and end somebody in a role."""
    actor = visit.context.actor
    return actor.may(PEOPLE_MANAGE) and (role not in OWNERS_MATTER or actor.may(RIGHTS_MANAGE))


def require_for(visit: Visit, role: Role) -> None:
    """Raises `http.forbidden`."""
    visit.require(PEOPLE_MANAGE)
    if not may_for(visit, role):
        raise Problem("http.forbidden", HTTPStatus.FORBIDDEN)


async def _person(visit: Visit) -> Shown:
    visit.require(PEOPLE_MANAGE)
    colleague = await _colleague(visit)
    news, rows = None, []
    if colleague.role is Role.STAFF and visit.context.actor.may(RIGHTS_MANAGE):
        said = await Rights(visit.context.host, visit.parts.access).said()
        rows = groups(visit, lambda permission: _right(visit, permission, colleague, said))
        news = _news(visit)
    values: Values = {
        "person": listed(visit, colleague),
        "groups": rows,
        "news": news,
        "action": f"{PATH}/{colleague.id}",
        "end_url": f"{PATH}/{colleague.id}/end" if may_for(visit, colleague.role) else None,
        "back_url": PATH,
    }
    return Shown("console/colleague.html", values)


def _news(visit: Visit) -> Values | None:
    query = visit.request.query_params
    if (done := Change.read(query.get("done", ""))) and visit.parts.access.may_be_changed(done.permission, Role.STAFF):
        return told(visit, done)
    return {"text": visit.context.text("console.rights.same"), "undo": None} if "same" in query else None


def _right(visit: Visit, permission: Permission, colleague: Colleague, said: Said) -> Values | None:
    access, name = visit.parts.access, permission.name
    if not access.may_be_changed(name, Role.STAFF):
        return None
    allowed = name in access.rights(Role.STAFF, said.otherwise(Role.STAFF, colleague.person_id))
    return {
        "text": right_of(visit, name),
        "allowed": allowed,
        "change": str(Change(Role.STAFF, name, not allowed)),
        "differs": name in said.of_people.get(colleague.person_id, {}),
    }


async def _question(visit: Visit, refused: Problem | None = None, *, second: bool = False) -> Shown:
    visit.require(PEOPLE_MANAGE)
    colleague = await _colleague(visit)
    require_for(visit, colleague.role)
    values: Values = {
        "person": listed(visit, colleague),
        "own": colleague.person_id == visit.context.visitor_id,
        "second": second,
        "action": f"{PATH}/{colleague.id}/end",
        "alert": visit.context.text(refused.code, **refused.params) if refused else None,
        "back_url": f"{PATH}/{colleague.id}",
    }
    return Shown("console/colleague_end.html", values, refused.status if refused else HTTPStatus.OK)


def listed(visit: Visit, one: Colleague) -> Values:
    """One of them as the pages show one."""
    return {
        "name": one.name,
        "tail": one.tail,
        "role": visit.context.text(f"console.role.{one.role.value}"),
        "market": one.market,
        "since": f"{one.since.astimezone(ZoneInfo(visit.tenant.timezone)):%Y-%m-%d}",
        "url": f"{PATH}/{one.id}",
    }


async def _colleague(visit: Visit) -> Colleague:
    return await colleagues_of(visit).one(visit.request.path_params["colleague_id"])


def colleagues_of(visit: Visit) -> Colleagues:
    """They in the visit's transaction."""
    return Colleagues(visit.context.host, visit.tenant.id, visit.parts.vault)
