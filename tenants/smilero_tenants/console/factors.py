"""`/console/factors`: by what one proves oneself, and for owners, whose second factor is lost."""

from datetime import datetime
from http import HTTPStatus
from uuid import UUID
from zoneinfo import ZoneInfo

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from smilero_core.identity.access import FACTORS_RESET
from smilero_core.identity.factors import Factors, Guarded, guarded_people
from smilero_core.identity.passkeys import Passkey, Passkeys
from smilero_core.identity.sessions import SignedIn, end_sessions
from smilero_sdk.errors import Problem, not_found
from smilero_tenants.faces.own_pages import OwnPages, Shown, Values
from smilero_tenants.faces.visit import FACTOR, SignInNeeded, Visit, to_factor

_PATH = "/console/factors"
_PEOPLE = f"{_PATH}/people"
LONGEST_REASON = 200
# What just happened, as the address says it after a command.
_DONE = ("added", "removed", "renamed", "recovered")


class FactorConsole:
    """The factors of the visitor, and of the others."""

    def __init__(self, pages: OwnPages) -> None:
        self._pages = pages

    def routes(self) -> list[Route]:
        """One's own; those of the others, and taking them away."""
        reset = f"{_PEOPLE}/{{person_id:uuid}}/reset"
        return [
            Route(_PATH, self.mine),
            Route(_PEOPLE, self.people),
            Route(reset, self.ask_reset),
            Route(reset, self.reset, methods=["POST"]),
        ]

    async def mine(self, request: Request) -> Response:
        """What the visitor has."""
        return await self._pages.show(request, _mine)

    async def people(self, request: Request) -> Response:
        """What everybody has who needs something."""
        return await self._pages.show(request, _people)

    async def ask_reset(self, request: Request) -> Response:
        """Whether to take somebody's factors away, and why."""
        return await self._pages.show(request, _question)

    async def reset(self, request: Request) -> Response:
        """Take somebody's factors away; that person is signed out everywhere, and sets up new ones at the next sign-in."""

        async def carry_out(visit: Visit, posted: dict[str, str]) -> Shown | str:
            one = await _other(visit)
            if not _me(visit).fresh:
                return to_factor(visit.request)
            reason = " ".join(posted.get("reason", "").split())
            if not 0 < len(reason) <= LONGEST_REASON:
                return await _question(visit, Problem("identity.factor.reason", HTTPStatus.UNPROCESSABLE_ENTITY, most=LONGEST_REASON))
            await Factors(visit.context.host, visit.tenant.id, visit.parts.vault).reset(one.person_id)
            await end_sessions(visit.context.host, one.person_id)
            await visit.context.audit.record(f"identity.audit.factor.reset.{one.role.value}", one.person_id, reason=reason)
            return f"{_PEOPLE}?done=reset"

        return await self._pages.command(request, carry_out)


async def _mine(visit: Visit) -> Shown:
    me, session, vault = _me(visit), visit.context.host, visit.parts.vault
    held = await Factors(session, visit.tenant.id, vault).held(me.person_id)
    passkeys = await Passkeys(session, visit.tenant.id, vault).of(me.person_id)
    done = visit.request.query_params.get("done")
    values: Values = {
        "app_since": _day(visit, held.app_since),
        "passkeys": [_passkey(visit, one) for one in passkeys],
        "codes": held.recovery_codes,
        "fresh": me.fresh,
        "last": (held.app_since is not None) + held.passkeys == 1,
        "fresh_url": f"{FACTOR}?next={_PATH}",
        "app": {"add": f"{FACTOR}/app?next={_PATH}", "remove": f"{FACTOR}/app/remove"},
        "add_passkey": {"options": f"{FACTOR}/passkeys/options", "action": f"{FACTOR}/passkeys"},
        "new_codes": f"{FACTOR}/codes",
        "next": _PATH,
        "people_url": _PEOPLE if visit.context.actor.may(FACTORS_RESET) else None,
        "done": visit.context.text(f"console.factors.done.{done}") if done in _DONE else None,
    }
    return Shown("console/factors.html", values)


async def _people(visit: Visit) -> Shown:
    visit.require(FACTORS_RESET)
    me = _me(visit)
    values: Values = {
        "people": [
            {
                "name": one.name,
                "role": visit.context.text(f"person.role.{one.role.value}"),
                "app": one.app,
                "passkeys": one.passkeys,
                "reset": f"{_PEOPLE}/{one.person_id}/reset" if one.person_id != me.person_id and (one.app or one.passkeys) else None,
            }
            for one in await guarded_people(visit.context.host)
        ],
        "done": visit.context.text("console.factors.done.reset") if visit.request.query_params.get("done") == "reset" else None,
        "back_url": _PATH,
    }
    return Shown("console/factor_people.html", values)


async def _question(visit: Visit, refused: Problem | None = None) -> Shown | str:
    one = await _other(visit)
    if not _me(visit).fresh:
        return to_factor(visit.request)
    values: Values = {
        "person": {"name": one.name, "role": visit.context.text(f"person.role.{one.role.value}")},
        "action": f"{_PEOPLE}/{one.person_id}/reset",
        "longest": LONGEST_REASON,
        "alert": visit.context.text(refused.code, **refused.params) if refused else None,
        "back_url": _PEOPLE,
    }
    return Shown("console/factor_reset.html", values, refused.status if refused else HTTPStatus.OK)


async def _other(visit: Visit) -> Guarded:
    """Whose factors it is about. Raises `http.not_found`, `identity.factor.yourself` (409)."""
    visit.require(FACTORS_RESET)
    found = await _guarded(visit, visit.request.path_params["person_id"])
    if found.person_id == _me(visit).person_id:
        raise Problem("identity.factor.yourself", HTTPStatus.CONFLICT)
    return found


async def _guarded(visit: Visit, person_id: UUID) -> Guarded:
    found = next((one for one in await guarded_people(visit.context.host) if one.person_id == person_id), None)
    if found is None:
        raise not_found("person")
    return found


def _me(visit: Visit) -> SignedIn:
    if visit.visitor is None:
        raise SignInNeeded
    return visit.visitor


def _passkey(visit: Visit, one: Passkey) -> Values:
    path = f"{FACTOR}/passkeys/{one.id}"
    return {
        "id": str(one.id),
        "name": one.name,
        "since": _day(visit, one.since),
        "used": _day(visit, one.used_at),
        "rename": f"{path}/name",
        "remove": f"{path}/remove",
    }


def _day(visit: Visit, moment: datetime | None) -> str | None:
    return f"{moment.astimezone(ZoneInfo(visit.tenant.timezone)):%Y-%m-%d}" if moment else None
