"""What both hosts of a way from one foundation to another need: who is here, where the other is, and the page between them."""

from collections.abc import Awaitable, Callable, Mapping
from datetime import UTC, datetime
from functools import wraps
from http import HTTPStatus
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from smilero_core.audit.log import AuditLog
from smilero_core.db.session import Session
from smilero_core.identity.presence import HERE, presence
from smilero_core.identity.sessions import SignedIn, signed_in
from smilero_core.identity.tickets import Tickets
from smilero_core.platform.account_links import Account
from smilero_core.plugins.context import CORE
from smilero_sdk.context import Actor, Tenant
from smilero_sdk.errors import Problem, not_found
from smilero_sdk.pages import Face
from smilero_tenants.faces.parts import FaceParts
from smilero_tenants.faces.visit import SESSION_COOKIE, SignInNeeded, oneself, to_sign_in
from smilero_tenants.sign_in.entering import alone

# The one address that takes a command from a page of another host.
ARRIVE = "/arrive"
# What a ticket is for.
SWITCH, LINK = "switch", "link"

Handler = Callable[[Any, Request], Awaitable[Response]]


def insiders(handler: Handler) -> Handler:
    """A handler that whoever has not signed in meets after signing in."""

    @wraps(handler)
    async def asked(self: object, request: Request) -> Response:
        try:
            return await handler(self, request)
        except SignInNeeded:
            return to_sign_in(request, Face.PUBLIC)

    return asked


def tenant_of(request: Request) -> Tenant:
    """The foundation whose host this is. Raises `http.not_found` on the platform's own."""
    tenant: Tenant | None = request.state.tenant
    if tenant is None:
        raise not_found()
    return tenant


def origin_of(request: Request) -> str:
    """This host as browsers name it in `Origin`."""
    return f"{request.url.scheme}://{request.url.netloc}"


async def who_is_here(session: Session, request: Request) -> tuple[SignedIn, Actor]:
    """Who is signed in in this browser, in the most trusted role. Raises SignInNeeded, `faces.not_for_you.public` (403) without a role."""
    token = request.cookies.get(SESSION_COOKIE)
    visitor = oneself(request, await signed_in(session, token, HERE) if token else None)
    if visitor.actor is None:
        raise Problem("faces.not_for_you.public", HTTPStatus.FORBIDDEN)
    return visitor, visitor.actor


async def standing_of(parts: FaceParts, account: Account, foundation: str) -> Actor:
    """Somebody of another foundation, in the role that is the person's there today. Raises `identity.link_left` (403)."""
    async with parts.database.unit(account.tenant_id, read_only=True) as unit:
        actor = await presence(Session(unit), account.person_id)
    if actor is None:
        raise Problem("identity.link_left", HTTPStatus.FORBIDDEN, name=foundation)
    return actor


async def record(session: Session, actor: Actor, sentence: str, foundation: str) -> None:
    """Put on record what somebody did, and with which other foundation."""
    await AuditLog(session, actor, CORE, datetime.now(UTC)).record(sentence, actor.person_id, foundation=foundation)


async def hand_over(parts: FaceParts, request: Request, to: Tenant, purpose: str, held: Mapping[str, str]) -> Response:
    """The page that sends somebody to another foundation's host with a ticket: by itself, or by its one button.

    The browser says in `Origin` whose page sent it, and no page can say so falsely; after a redirect it says nothing.
    """
    async with parts.database.unit(to.id) as unit:
        ticket = await Tickets(Session(unit), to.id, parts.vault).issue(purpose, {**held, "origin": origin_of(request)})
    port = f":{request.url.port}" if request.url.port else ""
    there = f"{request.url.scheme}://{to.slug}.{parts.directory.domain}{port}"
    # This page alone may send a form to another host, and only there.
    request.state.form_action = there
    fields = {"purpose": purpose, "ticket": ticket}
    return alone(parts, request, "portal/hand_over.html", HTTPStatus.OK, name=to.name, action=f"{there}{ARRIVE}", fields=fields)
