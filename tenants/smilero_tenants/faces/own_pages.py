"""The host's own pages and commands on a face: who visits, one transaction, the frame around what is shown."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from http import HTTPStatus

from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from smilero_core.limits.limiter import Rule
from smilero_core.plugins.context import CORE
from smilero_sdk.errors import Problem
from smilero_sdk.pages import Face, Live, PageOperation
from smilero_sdk.papers import Paper
from smilero_tenants.faces.frames import frame
from smilero_tenants.faces.live import arguments_of, live_response
from smilero_tenants.faces.papers import look_of, on_paper, paper_language
from smilero_tenants.faces.parts import FaceParts
from smilero_tenants.faces.posting import texts_of
from smilero_tenants.faces.visit import SESSION_COOKIE, SignInNeeded, Visit, to_sign_in, visiting

Values = dict[str, object]


@dataclass(frozen=True)
class Shown:
    """A template and what it shows besides the frame."""

    template: str
    values: Values
    status: int = HTTPStatus.OK
    headers: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def telling(cls, template: str, values: Values, refused: Problem | None) -> "Shown":
        """A page that says why not, with what the problem says in headers: when to come again. The page alone without one."""
        return cls(template, values, refused.status, refused.headers) if refused else cls(template, values)


class OwnPages:
    """Handlers of one face of one application.

    Args:
        parts: gives the running application, which exists only once it has started.
        lent: whether somebody who acts for a merchant may come too. Pages of an account are one's own.
    """

    def __init__(self, parts: Callable[[], FaceParts], face: Face, *, lent: bool = False) -> None:
        self._parts = parts
        self._face = face
        self._lent = lent

    @property
    def parts(self) -> FaceParts:
        """The running application."""
        return self._parts()

    async def show(self, request: Request, make: Callable[[Visit], Awaitable[Shown | str]]) -> Response:
        """Answer with a page, or lead to the one whose address `make` returns. `make` asks for the permission."""
        try:
            async with visiting(self._parts(), request, self._face) as visit:
                self._admit(visit)
                shown = await make(visit)
                framed = await frame(visit) if isinstance(shown, Shown) else {}
        except SignInNeeded:
            return to_sign_in(request, self._face)
        return self._answer(request, shown, framed)

    async def command(self, request: Request, carry_out: Callable[[Visit, dict[str, str]], Awaitable[Shown | str]]) -> Response:
        """Carry out what a form asks for: `carry_out` returns where to go on, or a page that says why not, having undone its own work."""
        # The form arrives before the transaction opens: a slow sender must not hold a connection.
        posted = await texts_of(request)
        try:
            async with visiting(self._parts(), request, self._face, read_only=False) as visit:
                self._admit(visit)
                answer = await carry_out(visit, posted)
                framed = await frame(visit) if isinstance(answer, Shown) else {}
        except SignInNeeded:
            return to_sign_in(request, self._face)
        # What a plugin may do has perhaps just changed: here it holds at once.
        self._parts().gate.forget(visit.tenant.id)
        return self._answer(request, answer, framed)

    async def live(self, request: Request, operation: PageOperation) -> Response:
        """Answer with the live part of a page, which the operation's handler looks up anew at each bell and as the clock says."""
        try:
            async with visiting(self._parts(), request, self._face) as visit:
                self._admit(visit)
                visit.require(operation.permission)
                seen = await operation.handler(visit.context, **arguments_of(request, operation))
        except SignInNeeded:
            return to_sign_in(request, self._face)
        if not isinstance(seen, Live):
            msg = f"{operation.handler.__name__} is no live part"
            raise TypeError(msg)
        return await live_response(self._parts(), visit, CORE, operation, seen)

    async def paper(self, request: Request, make: Callable[[Visit], Awaitable[Paper]]) -> Response:
        """Answer with something to print. `make` asks for the permission. Raises as `on_paper`."""
        tenant = request.state.tenant
        language = paper_language(tenant, request.state.language) if tenant else None
        try:
            async with visiting(self._parts(), request, self._face, language=language) as visit:
                self._admit(visit)
                paper, look = await make(visit), await look_of(visit)
        except SignInNeeded:
            return to_sign_in(request, self._face)
        return await on_paper(self._parts(), visit.tenant, paper, look)

    async def knock(self, request: Request, permission: str | None) -> Response | None:
        """Ask whether the visitor may, in a transaction of its own, before anything is counted or read; else where to go.

        Raises `faces.not_for_you`, `http.forbidden` (403).
        """
        try:
            async with visiting(self._parts(), request, self._face) as visit:
                self._admit(visit)
                visit.require(permission)
        except SignInNeeded:
            return to_sign_in(request, self._face)
        return None

    async def take(self, request: Request, *counted: tuple[Rule, str]) -> Problem | None:
        """Count against limits, with no transaction open; what was reached, or None."""
        try:
            for rule, subject in counted:
                await self._parts().limiter.take(request.state.tenant.id, rule, subject)
        except Problem as problem:
            return problem
        return None

    def blind(self, request: Request, purpose: str, value: str) -> str:
        """What limits may know of a value that is personal."""
        return self._parts().vault.index(request.state.tenant.id, purpose, value).hex()

    def blind_session(self, request: Request) -> str:
        """What limits may know of the session."""
        return self.blind(request, "session", request.cookies.get(SESSION_COOKIE, ""))

    def _admit(self, visit: Visit) -> None:
        visit.require_role()
        if not self._lent:
            visit.require_own()

    def _answer(self, request: Request, shown: Shown | str, framed: Values) -> Response:
        if isinstance(shown, str):
            return RedirectResponse(shown, HTTPStatus.SEE_OTHER)
        language = request.state.language
        page = self._parts().templates.render(shown.template, language, **{**framed, **shown.values})
        return HTMLResponse(page, shown.status, headers={**shown.headers, "Content-Language": language, "Cache-Control": "no-store"})
