"""`/sign-in/factor`: where owners and staff show the second factor, by an app, a passkey, or a code on paper."""

from collections.abc import Callable
from datetime import UTC, datetime
from http import HTTPStatus
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from smilero_core.identity.factors import Factors, Held, Tried, Verdict
from smilero_core.identity.passkeys import Ceremony
from smilero_sdk.errors import Problem
from smilero_tenants.faces.own_pages import Shown, Values
from smilero_tenants.faces.parts import FaceParts
from smilero_tenants.faces.visit import FACTOR
from smilero_tenants.sign_in.sitting import Answer, FactorDesk, Options, Sitting, next_path

RECOVERY = f"{FACTOR}/recovery"
SETUP = f"{FACTOR}/setup"
_REFUSED = HTTPStatus.UNPROCESSABLE_ENTITY


class FactorPages:
    """Handlers of one application.

    Args:
        parts: gives the running application, which exists only once it has started.
    """

    def __init__(self, parts: Callable[[], FaceParts]) -> None:
        self._desk = FactorDesk(parts)

    def routes(self) -> list[Route]:
        """The question, and three ways to answer it."""
        return [
            Route(FACTOR, self.ask),
            Route(FACTOR, self.check_code, methods=["POST"]),
            Route(f"{FACTOR}/options", self.options, methods=["POST"]),
            Route(f"{FACTOR}/passkey", self.check_passkey, methods=["POST"]),
            Route(RECOVERY, self.ask_recovery),
            Route(RECOVERY, self.check_recovery, methods=["POST"]),
        ]

    async def ask(self, request: Request) -> Response:
        """What somebody has to show; whoever has nothing yet is led to setting one up, whoever has just shown it goes on."""
        path = next_path(request.query_params.get("next"))

        async def make(sitting: Sitting) -> Answer:
            held = await sitting.factors.held(sitting.visitor.person_id)
            if not held.any:
                return f"{SETUP}?{urlencode({'next': path})}"
            return path if sitting.visitor.fresh else await _question(sitting, held, path)

        return await self._desk.show(request, make)

    async def check_code(self, request: Request) -> Response:
        """Judge a code of the app."""

        async def carry_out(sitting: Sitting, posted: dict[str, str]) -> Answer:
            path = next_path(posted.get("next"))
            tried = await sitting.factors.try_code(sitting.visitor.person_id, posted.get("code", ""), datetime.now(UTC))
            if tried.verdict is Verdict.RIGHT:
                await sitting.enter()
                return path
            await _record_spent(sitting, tried)
            return await _question(sitting, await sitting.factors.held(sitting.visitor.person_id), path, problem_of(tried))

        return await self._desk.command(request, carry_out)

    async def options(self, request: Request) -> Response:
        """What the browser's dialogue for one of the visitor's own passkeys needs."""

        async def carry_out(sitting: Sitting, _: dict[str, str]) -> Answer:
            return Options(await sitting.passkeys.ask(Ceremony.FACTOR, sitting.asking, sitting.visitor.person_id))

        return await self._desk.command(request, carry_out)

    async def check_passkey(self, request: Request) -> Response:
        """Judge a passkey: it must be the visitor's own."""

        async def carry_out(sitting: Sitting, posted: dict[str, str]) -> Answer:
            path, mine = next_path(posted.get("next")), sitting.visitor.person_id
            if await sitting.passkeys.prove(Ceremony.FACTOR, sitting.asking, posted.get("credential", "")) == mine:
                await sitting.enter()
                return path
            return await _question(sitting, await sitting.factors.held(mine), path, Problem("identity.passkey.refused", _REFUSED))

        return await self._desk.command(request, carry_out)

    async def ask_recovery(self, request: Request) -> Response:
        """Which code on paper."""
        path = next_path(request.query_params.get("next"))

        async def make(sitting: Sitting) -> Answer:
            return _recovery(sitting, path)

        return await self._desk.show(request, make)

    async def check_recovery(self, request: Request) -> Response:
        """Use a code on paper up. It leads to the page of the factors: whoever needed it has perhaps lost one."""

        async def carry_out(sitting: Sitting, posted: dict[str, str]) -> Answer:
            tried = await sitting.factors.try_recovery(sitting.visitor.person_id, posted.get("code", ""))
            if tried.verdict is Verdict.RIGHT:
                held = await sitting.factors.held(sitting.visitor.person_id)
                await sitting.record("identity.audit.factor.recovery_used", left=held.recovery_codes)
                await sitting.enter()
                return "/console/factors?done=recovered"
            await _record_spent(sitting, tried)
            return _recovery(sitting, next_path(posted.get("next")), problem_of(tried))

        return await self._desk.command(request, carry_out)


async def _question(sitting: Sitting, held: Held, path: str, problem: Problem | None = None) -> Shown:
    demo = await _code_for_demo(sitting.factors, sitting) if sitting.parts.demo and held.app_since else None
    values: Values = {
        "by_app": held.app_since is not None,
        "by_passkey": held.passkeys > 0,
        "action": FACTOR,
        "passkey": {"options": f"{FACTOR}/options", "action": f"{FACTOR}/passkey"},
        "recovery_url": f"{RECOVERY}?{urlencode({'next': path})}",
        "next": path,
        "error": sitting.text(problem.code, **problem.params) if problem else None,
        "demo": demo,
    }
    return Shown("portal/factor.html", values, problem.status if problem else HTTPStatus.OK)


async def _code_for_demo(factors: Factors, sitting: Sitting) -> str:
    """What an app would show, for demo people have none. Of a code used just now it says to wait for the next."""
    code = await factors.code_now(sitting.visitor.person_id, datetime.now(UTC))
    return sitting.text("portal.factor.demo", code=code) if code else sitting.text("portal.factor.demo_wait")


def _recovery(sitting: Sitting, path: str, problem: Problem | None = None) -> Shown:
    values: Values = {
        "action": RECOVERY,
        "next": path,
        "back_url": f"{FACTOR}?{urlencode({'next': path})}",
        "error": sitting.text(problem.code, **problem.params) if problem else None,
    }
    return Shown("portal/recovery.html", values, problem.status if problem else HTTPStatus.OK)


def problem_of(tried: Tried) -> Problem:
    """What is said of a try that was not right."""
    return Problem(f"identity.factor.{tried.verdict.value}", _REFUSED, left=tried.left)


async def _record_spent(sitting: Sitting, tried: Tried) -> None:
    if tried.last:
        await sitting.record("identity.audit.factor.spent")
