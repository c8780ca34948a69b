"""Owners and staff at the pages of the second factor: known by their session, and not let in by it yet."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from http import HTTPStatus

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from smilero_core.audit.log import AuditLog
from smilero_core.db.session import Session
from smilero_core.identity.factors import Factors, Held
from smilero_core.identity.passkeys import Asking, Passkeys
from smilero_core.identity.sessions import SignedIn, end_other_sessions, give_factor, signed_in
from smilero_core.plugins.context import CORE
from smilero_sdk.context import Actor, Tenant
from smilero_sdk.errors import Problem, not_found
from smilero_sdk.pages import Face
from smilero_tenants.faces.own_pages import Shown
from smilero_tenants.faces.parts import FaceParts
from smilero_tenants.faces.visit import ROLES, SESSION_COOKIE, SignInNeeded, inner_path, to_factor, to_sign_in
from smilero_tenants.sign_in.entering import alone

OPTIONS_TYPE = "application/json"


class FreshFactorNeeded(Exception):  # noqa: N818 - not an error: the way on
    """Whoever changes the factors must have given one within the last minutes."""


@dataclass(frozen=True)
class Options:
    """What a script hands to the browser's own dialogue, as JSON."""

    json: str


@dataclass(frozen=True)
class Sitting:
    """A request of an owner or of staff, whether or not the second factor was given, and its transaction.

    Attributes:
        actor: who it is, or will be; gives no rights here.
        token: of the session.
    """

    parts: FaceParts
    request: Request
    tenant: Tenant
    session: Session
    visitor: SignedIn
    actor: Actor
    token: str

    @property
    def factors(self) -> Factors:
        """Apps and codes on paper."""
        return Factors(self.session, self.tenant.id, self.parts.vault)

    @property
    def passkeys(self) -> Passkeys:
        """Passkeys."""
        return Passkeys(self.session, self.tenant.id, self.parts.vault)

    @property
    def asking(self) -> Asking:
        """This host and this session, as a passkey sees them."""
        return asking(self.request, self.token)

    def text(self, key: str, **values: object) -> str:
        """A sentence in the visitor's language."""
        return self.parts.catalogue.text(self.request.state.language, key, **values)

    async def record(self, sentence: str, **values: int) -> None:
        """Write into the audit log that something of the visitor's own changed."""
        await AuditLog(self.session, self.actor, CORE, datetime.now(UTC)).record(
            sentence, self.visitor.person_id, before=None, after=None, **values
        )

    async def enter(self) -> None:
        """The session's second factor was given just now."""
        await give_factor(self.session, self.token)

    async def may_look(self) -> Held:
        """What the visitor has. Raises FreshFactorNeeded, except for somebody who has no factor yet."""
        return self._fresh(await self.factors.held(self.visitor.person_id))

    async def may_change(self) -> Held:
        """The same, with nobody else changing it meanwhile."""
        return self._fresh(await self.factors.lock(self.visitor.person_id))

    def _fresh(self, held: Held) -> Held:
        if held.any and not self.visitor.fresh:
            raise FreshFactorNeeded
        return held

    async def changed(self, sentence: str) -> None:
        """Record a change of the factors, and end the other sessions."""
        await self.record(sentence)
        await end_other_sessions(self.session, self.visitor.person_id, self.visitor.session_id)


Answer = Shown | Options | str


class FactorDesk:
    """Opens the transaction of a page or command of the second factor, and answers when it is over.

    Args:
        parts: gives the running application, which exists only once it has started.
    """

    def __init__(self, parts: Callable[[], FaceParts]) -> None:
        self._parts = parts

    async def show(self, request: Request, make: Callable[[Sitting], Awaitable[Answer]]) -> Response:
        """A page, or the address that it leads to."""
        return await self._serve(request, make, read_only=True)

    async def command(self, request: Request, carry_out: Callable[[Sitting, dict[str, str]], Awaitable[Answer]]) -> Response:
        """What a form or a script asks for. A refusal is returned, not raised: a wrong try is committed before it is refused."""
        # The form arrives before the transaction opens: a slow sender must not hold a connection.
        posted = {name: str(value) for name, value in (await request.form()).items()}
        return await self._serve(request, lambda sitting: carry_out(sitting, posted), read_only=False)

    async def _serve(self, request: Request, make: Callable[[Sitting], Awaitable[Answer]], *, read_only: bool) -> Response:
        try:
            async with self._sitting(request, read_only=read_only) as sitting:
                answer = await make(sitting)
        except SignInNeeded:
            return to_sign_in(request, Face.CONSOLE)
        except FreshFactorNeeded:
            return RedirectResponse(to_factor(request), HTTPStatus.SEE_OTHER)
        if isinstance(answer, str):
            return RedirectResponse(answer, HTTPStatus.SEE_OTHER)
        if isinstance(answer, Options):
            return Response(answer.json, media_type=OPTIONS_TYPE, headers={"Cache-Control": "no-store"})
        return alone(self._parts(), request, answer.template, answer.status, **answer.values)

    @asynccontextmanager
    async def _sitting(self, request: Request, *, read_only: bool) -> AsyncIterator[Sitting]:
        tenant: Tenant | None = request.state.tenant
        if tenant is None:
            raise not_found()
        token = request.cookies.get(SESSION_COOKIE)
        async with self._parts().database.unit(tenant.id, read_only=read_only) as unit:
            session = Session(unit)
            visitor = await signed_in(session, token, ROLES[Face.CONSOLE]) if token else None
            if token is None or visitor is None:
                raise SignInNeeded
            actor = visitor.actor or visitor.waiting
            if actor is None:
                raise Problem("faces.not_for_you.console", HTTPStatus.FORBIDDEN)
            yield Sitting(self._parts(), request, tenant, session, visitor, actor, token)


def asking(request: Request, browser: str) -> Asking:
    """A request's host and origin, as a passkey sees them. The host was found among the foundations' own."""
    return Asking(request.url.hostname or "", f"{request.url.scheme}://{request.url.netloc}", browser)


def next_path(value: str | None) -> str:
    """Where to go on, inside this host; the console for whoever came from nowhere."""
    path = inner_path(value or "/")
    return "/console" if path == "/" else path
