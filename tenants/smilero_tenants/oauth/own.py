"""`/console/tokens` and `/portal/tokens`: one's own tokens for one's own programs, and what one allowed others'."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta
from http import HTTPStatus
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from babel.dates import format_skeleton
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from smilero_core.identity.access import TOKENS_MAKE
from smilero_core.identity.grants import Allowed, Grants
from smilero_core.identity.personal_tokens import LONGEST_NAME, KeptToken, kept_tokens, revoke_token
from smilero_core.identity.tokens import MOST_DAYS, NewToken, make_token
from smilero_sdk.errors import Problem
from smilero_sdk.pages import Face
from smilero_tenants.faces.own_pages import OwnPages, Shown, Values
from smilero_tenants.faces.parts import FaceParts
from smilero_tenants.faces.visit import SignInNeeded, Visit
from smilero_tenants.oauth.scopes import SCOPE_FIELD, chosen_scopes, scopes_of, told_scopes

_PATHS = {Face.PORTAL: "/portal/tokens", Face.CONSOLE: "/console/tokens"}
_DAYS = (30, 90, MOST_DAYS)
_DONE = ("revoked", "taken_back")


@dataclass(frozen=True)
class Written:
    """What was written and could not be kept."""

    name: str = ""
    days: str = str(_DAYS[1])
    scopes: frozenset[str] = field(default=frozenset())


class TokenPages:
    """Handlers of one face of one application.

    Args:
        parts: gives the running application, which exists only once it has started.
    """

    def __init__(self, parts: Callable[[], FaceParts], face: Face) -> None:
        self._pages = OwnPages(parts, face)
        self._face = face

    def routes(self) -> list[Route]:
        """The page and its commands."""
        path = _PATHS[self._face]
        return [
            Route(path, self.tokens),
            Route(path, self.make, methods=["POST"]),
            Route(f"{path}/{{token_id:uuid}}/revoke", self.revoke, methods=["POST"]),
            Route(f"{path}/programs/{{grant_id:uuid}}/end", self.take_back, methods=["POST"]),
        ]

    async def tokens(self, request: Request) -> Response:
        """What there is, and making one."""
        return await self._pages.show(request, self._page)

    async def make(self, request: Request) -> Response:
        """Make a token; it is shown this once."""

        async def carry_out(visit: Visit, posted: dict[str, str]) -> Shown:
            visit.require(TOKENS_MAKE)
            written = Written(posted.get("name", "").strip(), posted.get("days", "")[:4], chosen_scopes(posted))
            try:
                new = _read(visit, written)
                token_id, token = await make_token(visit.context.host, new)
            except Problem as problem:
                return await self._page(visit, written, problem)
            told = {"role": new.role.value, "scopes": sorted(new.scopes or ()), "days": new.lifetime.days}
            await visit.context.audit.record("identity.audit.token_made", token_id, before={}, after=told, token=new.name)
            return await self._page(visit, token=token)

        return await self._pages.command(request, carry_out)

    async def revoke(self, request: Request) -> Response:
        """Revoke one of one's own."""

        async def carry_out(visit: Visit, _: dict[str, str]) -> str:
            visit.require(TOKENS_MAKE)
            token_id = request.path_params["token_id"]
            name = await revoke_token(visit.context.host, token_id, _me(visit))
            if name is not None:
                await visit.context.audit.record("identity.audit.token_revoked", token_id, token=name)
            return f"{_PATHS[self._face]}?done=revoked"

        return await self._pages.command(request, carry_out)

    async def take_back(self, request: Request) -> Response:
        """Allow a program nothing any more."""

        async def carry_out(visit: Visit, _: dict[str, str]) -> str:
            visit.require(TOKENS_MAKE)
            grant_id = request.path_params["grant_id"]
            program = await Grants(visit.context.host).take_back(grant_id, _me(visit))
            if program is not None:
                await visit.context.audit.record("identity.audit.program_taken_back", grant_id, program=program)
            return f"{_PATHS[self._face]}?done=taken_back"

        return await self._pages.command(request, carry_out)

    async def _page(self, visit: Visit, written: Written | None = None, refused: Problem | None = None, token: str | None = None) -> Shown:
        visit.require(TOKENS_MAKE)
        me, text, written = _me(visit), visit.context.text, written or Written()
        path, done = _PATHS[self._face], visit.request.query_params.get("done")
        scopes = told_scopes(visit.parts.catalogue, visit.context.language, _may(visit))
        values: Values = {
            "tokens": [_token(visit, one, path) for one in await kept_tokens(visit.context.host, me)],
            "programs": [_program(visit, one, path) for one in await Grants(visit.context.host).of_person(me)],
            "token": token,
            "written": written,
            "scopes": [{**one, "field": SCOPE_FIELD + one["name"], "selected": one["name"] in written.scopes} for one in scopes],
            "days": [
                {"value": str(days), "label": text("portal.tokens.days", days=days), "selected": str(days) == written.days}
                for days in _DAYS
            ],
            "longest_name": LONGEST_NAME,
            "action": path,
            "alert": text(refused.code, **refused.params) if refused else None,
            "done": text(f"portal.tokens.done.{done}") if done in _DONE and not refused and not token else None,
            "back_url": "/portal/help",
        }
        return Shown(f"{self._face.value}/tokens.html", values, refused.status if refused else HTTPStatus.OK)


def _read(visit: Visit, written: Written) -> NewToken:
    """The token that was described. Raises `tokens.name`, `.no_scopes`, `.scope`, `.days` (422)."""
    if not 1 <= len(written.name) <= LONGEST_NAME or not written.name.isprintable():
        raise _wrong("name", most=LONGEST_NAME)
    if not written.scopes:
        raise _wrong("no_scopes")
    beyond = written.scopes - _may(visit)
    if beyond:
        raise _wrong("scope", scope=_harmless(beyond))
    if not written.days.isascii() or not written.days.isdigit():
        raise _wrong("days", most=MOST_DAYS)
    return NewToken(_me(visit), visit.context.actor.role, written.name, written.scopes, timedelta(days=int(written.days)))


def _harmless(scopes: frozenset[str]) -> str:
    return ", ".join(sorted(one for one in scopes if one.replace(".", "").replace("_", "").isalnum())[:3])


def _wrong(reason: str, **values: Any) -> Problem:  # noqa: ANN401 - the sentence's
    return Problem(f"tokens.{reason}", HTTPStatus.UNPROCESSABLE_ENTITY, **values)


def _may(visit: Visit) -> frozenset[str]:
    """What the visitor can give: what she holds, of what is on."""
    return visit.context.actor.permissions & scopes_of(visit.parts.host, visit.context.plugins)


def _me(visit: Visit) -> UUID:
    if visit.visitor is None:
        raise SignInNeeded
    return visit.visitor.person_id


def _token(visit: Visit, one: KeptToken, path: str) -> Values:
    zone = ZoneInfo(visit.tenant.timezone)
    return {
        "name": one.name or visit.context.text("portal.tokens.nameless"),
        "scopes": None if one.scopes is None else _texts(visit, one.scopes),
        "made": _day(visit, one.created_at.astimezone(zone)),
        "until": _day(visit, one.expires_at.astimezone(zone)),
        "used": _day(visit, one.last_used_on) if one.last_used_on else None,
        "revoke": f"{path}/{one.id}/revoke",
    }


def _day(visit: Visit, moment: date) -> str:
    """With its year, as the visitor's language writes it."""
    return str(format_skeleton("yMMMd", moment, locale=visit.context.language))


def _program(visit: Visit, one: Allowed, path: str) -> Values:
    return {
        "name": one.program,
        "scopes": _texts(visit, one.scopes),
        "since": _day(visit, one.since.astimezone(ZoneInfo(visit.tenant.timezone))),
        "end": f"{path}/programs/{one.id}/end",
    }


def _texts(visit: Visit, scopes: Iterable[str]) -> list[str]:
    return [one["text"] for one in told_scopes(visit.parts.catalogue, visit.context.language, frozenset(scopes))]
