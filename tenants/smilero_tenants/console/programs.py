"""`/console/programs`: which programs from outside the foundation has let in, and what people allowed them."""

from dataclasses import dataclass, field
from datetime import datetime
from http import HTTPStatus
from zoneinfo import ZoneInfo

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from smilero_core.identity.access import PROGRAMS_MANAGE
from smilero_core.identity.grants import Allowed, Grants
from smilero_core.identity.programs import LONGEST_NAME, UNATTENDED_ROLE, KnownProgram, NewProgram, Programs
from smilero_sdk.errors import Problem
from smilero_tenants.faces.own_pages import OwnPages, Shown, Values
from smilero_tenants.faces.visit import Visit
from smilero_tenants.oauth.scopes import SCOPE_FIELD, chosen_scopes, scopes_of, told_scopes

_PATH = "/console/programs"
_ONE = f"{_PATH}/{{client_id:uuid}}"
_LONGEST_ADDRESSES = 2000


@dataclass(frozen=True)
class Written:
    """What was written and could not be kept."""

    name: str = ""
    addresses: str = ""
    kind: str = "confidential"
    unattended: bool = False
    scopes: frozenset[str] = field(default=frozenset())

    @classmethod
    def of(cls, posted: dict[str, str]) -> "Written":
        """What a form says."""
        return cls(
            posted.get("name", "").strip()[: LONGEST_NAME + 1],
            posted.get("addresses", "")[:_LONGEST_ADDRESSES],
            posted.get("kind", ""),
            posted.get("unattended") == "true",
            chosen_scopes(posted),
        )


class ProgramConsole:
    """Programs from outside."""

    def __init__(self, pages: OwnPages) -> None:
        self._pages = pages

    def routes(self) -> list[Route]:
        """The list, one of them, and the commands."""
        return [
            Route(_PATH, self.programs),
            Route(_PATH, self.make, methods=["POST"]),
            Route(_ONE, self.program),
            Route(f"{_ONE}/secret", self.new_secret, methods=["POST"]),
            Route(f"{_ONE}/end", self.end, methods=["POST"]),
        ]

    async def programs(self, request: Request) -> Response:
        """Those that are let in, and letting one in."""
        return await self._pages.show(request, _programs)

    async def program(self, request: Request) -> Response:
        """One of them, and what it was allowed by whom."""

        async def show(visit: Visit) -> Shown:
            visit.require(PROGRAMS_MANAGE)
            return await _program(visit, await Programs(visit.context.host).one(request.path_params["client_id"]))

        return await self._pages.show(request, show)

    async def make(self, request: Request) -> Response:
        """Let one in; its secret is shown this once."""

        async def carry_out(visit: Visit, posted: dict[str, str]) -> Shown:
            visit.require(PROGRAMS_MANAGE)
            written = Written.of(posted)
            try:
                new = _read(visit, written)
                program_id, secret = await Programs(visit.context.host).make(new)
            except Problem as problem:
                return await _programs(visit, written, problem)
            told = {"addresses": list(new.addresses), "scopes": sorted(new.scopes), "unattended": new.unattended}
            await visit.context.audit.record("identity.audit.program_made", program_id, before={}, after=told, program=new.name)
            return await _program(visit, await Programs(visit.context.host).one(program_id), secret, made=True)

        return await self._pages.command(request, carry_out)

    async def new_secret(self, request: Request) -> Response:
        """Another secret, shown this once; the old one is void."""

        async def carry_out(visit: Visit, _: dict[str, str]) -> Shown:
            visit.require(PROGRAMS_MANAGE)
            program, secret = await Programs(visit.context.host).new_secret(request.path_params["client_id"])
            await visit.context.audit.record("identity.audit.program_secret", program.id, program=program.name)
            return await _program(visit, program, secret)

        return await self._pages.command(request, carry_out)

    async def end(self, request: Request) -> Response:
        """Let it in no more: its tokens are worthless at once."""

        async def carry_out(visit: Visit, _: dict[str, str]) -> str:
            visit.require(PROGRAMS_MANAGE)
            program = await Programs(visit.context.host).end(request.path_params["client_id"])
            await visit.context.audit.record("identity.audit.program_ended", program.id, program=program.name)
            return f"{_PATH}?done=ended"

        return await self._pages.command(request, carry_out)


def _read(visit: Visit, written: Written) -> NewProgram:
    """The program that was described. Raises what `Programs.make` raises for one that cannot be."""
    confidential = written.kind == "confidential"
    addresses = tuple(dict.fromkeys(written.addresses.split()))
    return NewProgram(written.name, addresses, written.scopes & _scopes(visit), confidential, written.unattended)


def _scopes(visit: Visit) -> frozenset[str]:
    return scopes_of(visit.parts.host, visit.context.plugins)


async def _programs(visit: Visit, written: Written | None = None, refused: Problem | None = None) -> Shown:
    visit.require(PROGRAMS_MANAGE)
    written = written or Written()
    text = visit.context.text
    by_itself = visit.parts.access.rights(UNATTENDED_ROLE)
    values: Values = {
        "programs": [_row(visit, one) for one in await Programs(visit.context.host).all()],
        "written": written,
        "scopes": [
            {**one, "field": SCOPE_FIELD + one["name"], "selected": one["name"] in written.scopes, "by_itself": one["name"] in by_itself}
            for one in told_scopes(visit.parts.catalogue, visit.context.language, _scopes(visit))
        ],
        "longest_name": LONGEST_NAME,
        "longest_addresses": _LONGEST_ADDRESSES,
        "action": _PATH,
        "alert": text(refused.code, **refused.params) if refused else None,
        "done": text("console.programs.done") if visit.request.query_params.get("done") == "ended" and not refused else None,
    }
    return Shown("console/programs.html", values, refused.status if refused else HTTPStatus.OK)


async def _program(visit: Visit, program: KnownProgram, secret: str | None = None, *, made: bool = False) -> Shown:
    granted = await Grants(visit.context.host).of_program(program.id)
    here = f"{_PATH}/{program.id}"
    values: Values = {
        "program": _row(visit, program),
        "client_id": str(program.id),
        "addresses": program.addresses,
        "scopes": [one["text"] for one in told_scopes(visit.parts.catalogue, visit.context.language, program.scopes)],
        "unattended": program.unattended,
        "granted": [_allowed(visit, one) for one in granted],
        "secret": secret,
        "made": made,
        "new_secret": f"{here}/secret" if program.confidential else None,
        "end": f"{here}/end",
        "endpoints": {name: visit.context.origin + path for name, path in _ENDPOINTS.items()},
        "back_url": _PATH,
    }
    return Shown("console/program.html", values)


_ENDPOINTS = {"authorize": "/oauth/authorize", "token": "/oauth/token"}


def _row(visit: Visit, program: KnownProgram) -> Values:
    kind = "confidential" if program.confidential else "public"
    return {
        "name": program.name,
        "url": f"{_PATH}/{program.id}",
        "kind": visit.context.text(f"console.programs.kind.{kind}"),
        "since": day(visit, program.since),
        "scopes": len(program.scopes),
    }


def _allowed(visit: Visit, one: Allowed) -> Values:
    told = told_scopes(visit.parts.catalogue, visit.context.language, frozenset(one.scopes))
    return {
        "person": one.person,
        "role": visit.context.text(f"person.role.{one.role.value}"),
        "scopes": [scope["text"] for scope in told],
        "since": day(visit, one.since),
    }


def day(visit: Visit, moment: datetime) -> str:
    """The calendar day where the markets are."""
    return f"{moment.astimezone(ZoneInfo(visit.tenant.timezone)):%Y-%m-%d}"
