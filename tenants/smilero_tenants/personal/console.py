"""`/console/people`: finding somebody, reading the number, which is put on record, and handing over or erasing on that person's behalf."""

from collections.abc import Callable
from http import HTTPStatus
from uuid import UUID

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from smilero_core.identity.access import PEOPLE_DATA, PEOPLE_MANAGE, PEOPLE_NUMBERS
from smilero_core.identity.finding import MOST, FoundPerson
from smilero_core.limits.limiter import Rule
from smilero_core.plugins import person_data
from smilero_sdk.errors import Problem
from smilero_sdk.pages import Face
from smilero_tenants.faces.own_pages import OwnPages, Shown, Values
from smilero_tenants.faces.parts import FaceParts
from smilero_tenants.faces.visit import SignInNeeded, Visit, to_sign_in, visiting
from smilero_tenants.personal.handing import as_file, exported, finder, forget_outside, number_of, told_kept

_PATH = "/console/people"
_ONE = f"{_PATH}/{{person_id:uuid}}"
# As many as somebody calls in a day; whoever wants all numbers of a foundation is stopped long before.
PER_READER = Rule("number-read", 60, 3600, fails_closed=True)
# Why staff erases somebody: words of ours, since the log keeps them for good and nothing personal may stand in it.
REASONS = ("asked", "mistaken", "over")
LONGEST = 40


class PersonConsole:
    """Handlers of one application.

    Args:
        parts: gives the running application, which exists only once it has started.
    """

    def __init__(self, parts: Callable[[], FaceParts]) -> None:
        self._parts = parts
        self._pages = OwnPages(parts, Face.CONSOLE)

    def routes(self) -> list[Route]:
        """A search is a form: a number must not stand in an address, which others keep."""
        return [
            Route(_PATH, self.people),
            Route(_PATH, self.search, methods=["POST"]),
            Route(_ONE, self.person),
            Route(f"{_ONE}/number", self.number, methods=["POST"]),
            Route(f"{_ONE}/export", self.export, methods=["POST"]),
            Route(f"{_ONE}/erase", self.ask),
            Route(f"{_ONE}/erase", self.erase, methods=["POST"]),
        ]

    async def people(self, request: Request) -> Response:
        """The empty search."""
        return await self._pages.show(request, _search)

    async def search(self, request: Request) -> Response:
        """Who is found by a number, four digits of it, or a name."""
        text = str((await request.form()).get("q", ""))[:LONGEST]
        return await self._pages.show(request, lambda visit: _search(visit, text))

    async def person(self, request: Request) -> Response:
        """Somebody by name and last four digits."""
        return await self._pages.show(request, _person)

    async def number(self, request: Request) -> Response:
        """The whole number, once; who read whose is on record before it is shown."""
        refused = await self._pages.knock(request, PEOPLE_NUMBERS)
        if refused is not None:
            return refused
        problem = await self._pages.take(request, (PER_READER, self._pages.blind_session(request)))

        async def carry_out(visit: Visit, _: dict[str, str]) -> Shown:
            visit.require(PEOPLE_NUMBERS)
            if problem is not None:
                raise problem
            number = await finder(visit.context).number(_id(visit))
            await visit.context.audit.record("identity.audit.number_read", _id(visit))
            return await _person(visit, number)

        return await self._pages.command(request, carry_out)

    async def export(self, request: Request) -> Response:
        """Everything about somebody as a ZIP. Raises `person.export_failed` (500)."""
        try:
            async with visiting(self._parts(), request, Face.CONSOLE, read_only=False) as visit:
                visit.require(PEOPLE_DATA)
                content = await exported(self._parts(), visit.context, _id(visit))
                await visit.context.audit.record("person.audit.exported", _id(visit))
        except SignInNeeded:
            return to_sign_in(request, Face.CONSOLE)
        return as_file(content, visit.tenant.slug, visit.context.today)

    async def ask(self, request: Request) -> Response:
        """Why, and whether to erase."""
        return await self._pages.show(request, _question)

    async def erase(self, request: Request) -> Response:
        """Erase somebody for good, and say what a law keeps."""
        phone, erased = None, False

        async def carry_out(visit: Visit, posted: dict[str, str]) -> Shown:
            nonlocal phone, erased
            visit.require(PEOPLE_DATA)
            reason = posted.get("reason")
            if reason not in REASONS:
                return await _question(visit, Problem("personal.console.why", HTTPStatus.UNPROCESSABLE_ENTITY))
            number = await number_of(visit.context, _id(visit))
            try:
                kept = await person_data.erase(visit.context, _id(visit), reason)
            except Problem as refused:
                if refused.status != HTTPStatus.CONFLICT:
                    raise
                return await _question(visit, refused)
            phone, erased = number, True
            return Shown("console/person_erased.html", {"kept": told_kept(visit.context, kept), "back_url": _PATH})

        answer = await self._pages.command(request, carry_out)
        if erased:
            await forget_outside(self._parts(), request.state.tenant, request.path_params["person_id"], phone)
        return answer


async def _search(visit: Visit, text: str | None = None) -> Shown:
    visit.require(PEOPLE_MANAGE)
    found = await finder(visit.context).search(text) if text else []
    values: Values = {
        "q": text or "",
        "rows": [_row(visit, one) for one in found],
        "more": len(found) == MOST,
        "asked": bool(text),
        "action": _PATH,
        "longest": LONGEST,
    }
    return Shown("console/people.html", values)


async def _person(visit: Visit, number: str | None = None) -> Shown:
    visit.require(PEOPLE_MANAGE)
    row = _row(visit, await finder(visit.context).one(_id(visit)))
    actor, here = visit.context.actor, str(row["url"])
    values: Values = {
        "person": row,
        "whole": number,
        "number_action": f"{here}/number" if actor.may(PEOPLE_NUMBERS) and row["tail"] and number is None else None,
        "export": f"{here}/export" if actor.may(PEOPLE_DATA) else None,
        "erase_url": f"{here}/erase" if actor.may(PEOPLE_DATA) else None,
        "back_url": _PATH,
    }
    return Shown("console/person.html", values)


async def _question(visit: Visit, refused: Problem | None = None) -> Shown:
    visit.require(PEOPLE_DATA)
    row = _row(visit, await finder(visit.context).one(_id(visit)))
    values: Values = {
        "person": row,
        "reasons": [{"value": one, "label": visit.context.text(f"personal.console.reason.{one}")} for one in REASONS],
        "kept": told_kept(visit.context, [person_data.KeptBy("", one) for one in person_data.KEPT]),
        "alert": visit.context.text(refused.code, **refused.params) if refused else None,
        "action": f"{row['url']}/erase",
        "back_url": row["url"],
    }
    return Shown("console/person_erase.html", values, refused.status if refused else HTTPStatus.OK)


def _row(visit: Visit, one: FoundPerson) -> Values:
    return {
        "name": one.name,
        "tail": one.tail,
        "held": [
            {"role": visit.context.text(f"person.role.{held.role.value}"), "place": held.place or visit.tenant.name} for held in one.held
        ],
        "url": f"{_PATH}/{one.id}",
    }


def _id(visit: Visit) -> UUID:
    person_id: UUID = visit.request.path_params["person_id"]
    return person_id
