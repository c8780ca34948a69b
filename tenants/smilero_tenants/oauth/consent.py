"""`/oauth/authorize`: a person is asked whether a program may do something in her name (RFC 6749 §4.1.1)."""

from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from http import HTTPStatus
from urllib.parse import urlsplit

from authlib.oauth2.rfc6749 import OAuth2Error
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from smilero_core.audit.log import AuditLog
from smilero_core.db.session import Session
from smilero_core.identity.grants import Grants, Wish
from smilero_core.identity.programs import KnownProgram, Programs
from smilero_core.identity.sessions import signed_in
from smilero_core.plugins.context import CORE
from smilero_sdk.context import Actor
from smilero_sdk.errors import Problem
from smilero_sdk.pages import Face
from smilero_sdk.roles import Role
from smilero_tenants.faces.parts import FaceParts
from smilero_tenants.faces.visit import SESSION_COOKIE, SignInNeeded, oneself, to_sign_in
from smilero_tenants.oauth.endpoints import AUTHORIZE, issuer_of, tenant_of
from smilero_tenants.oauth.requests import Asked, Parameters, parameters_of, posted, program_id
from smilero_tenants.oauth.scopes import scopes_of, told_scopes
from smilero_tenants.oauth.server import Loaded, Server
from smilero_tenants.sign_in.entering import alone

# In which role somebody allows something who has several: the most trusted, which is where most needs doing.
_ROLES = tuple(role for role in Role if role is not Role.OPERATOR)
_DECISION, _ALLOW = "decision", "allow"
# What the question carries along until it is answered.
_CARRIED = ("response_type", "client_id", "redirect_uri", "scope", "state", "code_challenge", "code_challenge_method")


@dataclass(frozen=True)
class Question:
    """What a program asks, and whom."""

    session: Session
    actor: Actor
    name: str
    program: KnownProgram
    server: Server
    asked: Asked


class ConsentPages:
    """Handlers of one application.

    Args:
        parts: gives the running application, which exists only once it has started.
    """

    def __init__(self, parts: Callable[[], FaceParts]) -> None:
        self._parts = parts

    def routes(self) -> list[Route]:
        """The question and its answer."""
        return [Route(AUTHORIZE, self.ask), Route(AUTHORIZE, self.answer, methods=["POST"])]

    async def ask(self, request: Request) -> Response:
        """Show which program asks for what. A faulty request goes back to its program, if its address is that program's own."""
        with _readable():
            parameters = parameters_of(request.url.query)
        try:
            async with self._question(request, parameters, read_only=True) as question:
                grant = question.server.get_consent_grant(question.asked, question.actor)
        except SignInNeeded:
            return to_sign_in(request, Face.PUBLIC)
        except OAuth2Error as error:
            return _refused(request, error)
        return self._page(request, question, parameters, frozenset(grant.request.scope.split()))

    async def answer(self, request: Request) -> Response:
        """Go back to the program: with a code, or with the refusal."""
        with _readable():
            parameters = dict(await posted(request))
        allowed = parameters.pop(_DECISION, "") == _ALLOW
        try:
            async with self._question(request, parameters, read_only=False) as question:
                server, asked = question.server, question.asked
                grant = server.get_consent_grant(asked, question.actor)
                answer: Response = server.create_authorization_response(asked, question.actor if allowed else None, grant)
                await _keep(question)
        except SignInNeeded:
            return to_sign_in(request, Face.PUBLIC)
        except OAuth2Error as error:
            return _refused(request, error)
        return answer

    @asynccontextmanager
    async def _question(self, request: Request, parameters: Parameters, *, read_only: bool) -> AsyncIterator[Question]:
        """Who is asked by which program, in one transaction.

        Raises SignInNeeded, `oauth.nobody` (403) for somebody without any role, `oauth.no_program` (404).
        """
        tenant, parts = tenant_of(request), self._parts()
        plugins = await parts.gate.of(tenant.id)
        async with parts.database.unit(tenant.id, read_only=read_only) as unit:
            session, token = Session(unit), request.cookies.get(SESSION_COOKIE)
            # What a helper was lent ends by itself; a program's leave would not.
            visitor = oneself(request, await signed_in(session, token, _ROLES) if token else None)
            if visitor.actor is None:
                raise Problem("oauth.nobody", HTTPStatus.FORBIDDEN)
            actor = parts.access.equip(visitor.actor)
            wanted = program_id(parameters.get("client_id", ""))
            program = await Programs(session).find(wanted) if wanted else None
            if program is None:
                raise Problem("oauth.no_program", HTTPStatus.NOT_FOUND)
            held = actor.permissions & scopes_of(parts.host, plugins)
            server = Server(Loaded(issuer_of(request), program, held))
            yield Question(session, actor, visitor.name, program, server, Asked(request, parameters))

    def _page(self, request: Request, question: Question, parameters: Parameters, scopes: frozenset[str]) -> Response:
        parts, language = self._parts(), request.state.language
        back = urlsplit(parameters["redirect_uri"])
        # The answer of the form leads to the program, and the browser asks the policy for that too.
        request.state.form_action = f"'self' {back.scheme}://{back.netloc}"
        return alone(
            parts,
            request,
            "portal/consent.html",
            HTTPStatus.OK,
            program=question.program.name,
            back=back.netloc,
            person=question.name,
            role=parts.catalogue.text(language, f"person.role.{question.actor.role.value}"),
            scopes=[one["text"] for one in told_scopes(parts.catalogue, language, scopes)],
            action=AUTHORIZE,
            fields={name: parameters[name] for name in _CARRIED if name in parameters},
        )


async def _keep(question: Question) -> None:
    """Write down what was allowed, if it was."""
    loaded, asked = question.server.loaded, question.asked.payload.data
    if loaded.code is None or loaded.scopes is None:
        return
    wish = Wish(question.program.id, loaded.scopes, asked["redirect_uri"], asked["code_challenge"], loaded.code)
    grant_id = await Grants(question.session).allow(question.actor, wish)
    log = AuditLog(question.session, question.actor, CORE, datetime.now(UTC))
    await log.record("identity.audit.program_allowed", grant_id, after={"scopes": sorted(loaded.scopes)}, program=question.program.name)


@contextmanager
def _readable() -> Iterator[None]:
    """Raises `oauth.request` (400) for parameters that cannot be read: nobody knows where they would lead."""
    try:
        yield
    except OAuth2Error as error:
        raise Problem("oauth.request", HTTPStatus.BAD_REQUEST, error=error.error) from error


def _refused(request: Request, error: OAuth2Error) -> Response:
    """Back to the program with why not; to the person where it is not known to be the program's own address. Raises `oauth.request`."""
    if not error.redirect_uri:
        raise Problem("oauth.request", HTTPStatus.BAD_REQUEST, error=error.error)
    return Server(Loaded(issuer_of(request), None)).refuse(error)
