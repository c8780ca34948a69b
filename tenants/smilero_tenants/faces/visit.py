"""One request to a face: who comes, in one transaction, with the context for the code that answers."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from http import HTTPStatus
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from smilero_core.db.session import Session
from smilero_core.identity.sessions import SignedIn, signed_in
from smilero_core.identity.watching import watched
from smilero_core.plugins.context import Context
from smilero_sdk.context import Tenant
from smilero_sdk.errors import Problem, not_found
from smilero_sdk.pages import Face
from smilero_sdk.roles import Lent, Role
from smilero_tenants.faces.looks import note_look
from smilero_tenants.faces.parts import FaceParts

# A cookie of this host alone, sent over TLS alone; browsers count *.localhost as such.
SESSION_COOKIE = "__Host-session"

# Where a second factor is given.
FACTOR = "/sign-in/factor"

# Whom a face is for, the most trusted role first.
ROLES: Mapping[Face, tuple[Role, ...]] = {
    Face.CONSOLE: (Role.OWNER, Role.STAFF),
    Face.PORTAL: (Role.MERCHANT, Role.CLERK),
    Face.PUBLIC: (Role.CUSTOMER,),
}

_LONGEST_PATH = 1000

_NOT_FOR_YOU = {
    Face.CONSOLE: "faces.not_for_you.console",
    Face.PORTAL: "faces.not_for_you.portal",
    Face.PUBLIC: "faces.not_for_you.public",
}


_LOOKS = frozenset({"GET", "HEAD"})

HELPING = "/portal/helping"
# Where somebody of the foundation asks to be shown a screen.
SCREENS = "/console/screens"


class SignInNeeded(Exception):  # noqa: N818 - not an error: the way on
    """The page is for somebody who signed in."""


@dataclass(frozen=True)
class Visit:
    """A request, its visitor and its transaction.

    Attributes:
        visitor: None: nobody signed in.
    """

    parts: FaceParts
    request: Request
    face: Face
    tenant: Tenant
    visitor: SignedIn | None
    context: Context

    def require_door(self, plugin: str) -> None:
        """Raises `http.not_found` on the portal for a plugin that the shop worked for does without."""
        if self.face is Face.PORTAL:
            self.context.plugins.require(plugin, self.context.shop_id)

    def require_role(self) -> None:
        """Raises SignInNeeded, or `faces.not_for_you` (403) for somebody whom the face is not for.

        Whoever still owes a second factor is as good as not signed in: `to_sign_in` leads to where it is given.
        Of a helper: `helping.own_first` (403) at a face that was not lent, `helping.look_only` (403) for a command of one who may look.
        """
        if self.visitor is None or self.visitor.waiting is not None or self.visitor.helping_over or self.visitor.watching_over:
            raise SignInNeeded
        if self.visitor.actor is None:
            self.require_own()
            raise Problem(_NOT_FOR_YOU[self.face], HTTPStatus.FORBIDDEN)
        if self.visitor.limits is Lent.LOOK and self.request.method not in _LOOKS:
            raise Problem("helping.look_only", HTTPStatus.FORBIDDEN)

    def require_own(self) -> None:
        """Raises `helping.own_first` (403) for somebody who acts for another just now: the page is not lent.

        Raises `screens.own` (403) for somebody who is shown another's screen.
        """
        if self.visitor is not None and self.visitor.watching is not None:
            raise Problem("screens.own", HTTPStatus.FORBIDDEN, name=self.visitor.watching.merchant)
        if self.visitor is not None and self.visitor.helping is not None:
            raise Problem("helping.own_first", HTTPStatus.FORBIDDEN, name=self.visitor.helping.merchant)

    def require(self, permission: str | None) -> None:
        """Raises SignInNeeded, `faces.not_for_you`, `http.forbidden` (403)."""
        if permission is None:
            if self.face is not Face.PUBLIC:
                self.require_role()
            return
        self.require_role()
        if not self.context.actor.may(permission):
            raise Problem("http.forbidden", HTTPStatus.FORBIDDEN)


@asynccontextmanager
async def visiting(
    parts: FaceParts, request: Request, face: Face, *, read_only: bool = True, language: str | None = None
) -> AsyncIterator[Visit]:
    """Open the request's transaction and look who comes. Raises `http.not_found` on the platform's own host.

    To whom a merchant shows her screen is refused every command here, whichever page it is of, and what was seen is on record before it
    is sent. Raises `screens.look_only` (403).

    Args:
        language: in which to answer, where that cannot be the one that was asked for.
    """
    tenant: Tenant | None = request.state.tenant
    if tenant is None:
        raise not_found()
    # The gate may ask the database: before this request has a connection of its own, or the pool could lock itself up.
    plugins = await parts.gate.of(tenant.id)
    async with parts.database.unit(tenant.id, read_only=read_only) as unit:
        token = request.cookies.get(SESSION_COOKIE)
        visitor = await signed_in(Session(unit), token, ROLES[face]) if token else None
        if token and visitor and face is Face.PORTAL:
            visitor = await watched(Session(unit), parts.access, token, visitor)
        _require_look(request, visitor)
        _note_owed(request, visitor)
        actor = parts.access.equip(visitor.actor, parts.access.lent(visitor.limits)) if visitor and visitor.actor else None
        context = Context(
            tenant,
            language or request.state.language,
            unit,
            parts.services,
            plugins,
            caller=actor,
            shop_id=visitor.shop_id if visitor else None,
            origin=f"{request.url.scheme}://{request.url.netloc}",
        )
        yield Visit(parts, request, face, tenant, visitor, context)
    if visitor is not None and visitor.watching is not None:
        await note_look(parts.database, tenant, visitor.watching, request.url.path)


def _require_look(request: Request, visitor: SignedIn | None) -> None:
    if visitor is not None and visitor.watching is not None and request.method not in _LOOKS:
        raise Problem("screens.look_only", HTTPStatus.FORBIDDEN, name=visitor.watching.merchant)


def oneself(request: Request, visitor: SignedIn | None) -> SignedIn:
    """Whoever is in and acts for nobody else, for a page that is no face's.

    Raises SignInNeeded, `helping.own_first` (403) for somebody who acts for another just now.
    """
    _note_owed(request, visitor)
    if visitor is None or visitor.waiting is not None or visitor.helping_over:
        raise SignInNeeded
    if visitor.helping is not None:
        raise Problem("helping.own_first", HTTPStatus.FORBIDDEN, name=visitor.helping.merchant)
    return visitor


def _note_owed(request: Request, visitor: SignedIn | None) -> None:
    """Remember for `to_sign_in` what somebody who is in still owes."""
    request.state.owes_factor = visitor is not None and visitor.waiting is not None
    request.state.helping_over = visitor is not None and visitor.helping_over
    request.state.watching_over = visitor is not None and visitor.watching_over


def to_sign_in(request: Request, face: Face) -> Response:
    """Where somebody who has not signed in goes, or owes a second factor, and comes back from.

    Whose help is over goes where he says for whom he acts from now on, and who is shown nothing any more where he may ask again.
    """
    if getattr(request.state, "helping_over", False):
        return RedirectResponse(HELPING, HTTPStatus.SEE_OTHER)
    if getattr(request.state, "watching_over", False):
        return RedirectResponse(SCREENS, HTTPStatus.SEE_OTHER)
    if getattr(request.state, "owes_factor", False):
        return RedirectResponse(to_factor(request), HTTPStatus.SEE_OTHER)
    return RedirectResponse(f"/sign-in?{urlencode({'next': _came_from(request), 'face': face.value})}", HTTPStatus.SEE_OTHER)


def to_factor(request: Request) -> str:
    """The address at which somebody who has signed in gives a second factor, and comes back from."""
    return f"{FACTOR}?{urlencode({'next': _came_from(request)})}"


def inner_path(path: str) -> str:
    """A path of this host, or `/`: never another site's, and never longer than what proxies take in a header."""
    inside = path.startswith("/") and not path.startswith(("//", "/\\")) and path.isprintable() and len(path) <= _LONGEST_PATH
    return path if inside else "/"


def _came_from(request: Request) -> str:
    """The address of a page; a command comes back to the page that it stood on."""
    if request.method != "GET":
        return referring_path(request)
    return f"{request.url.path}?{request.url.query}" if request.url.query else request.url.path


def referring_path(request: Request) -> str:
    """The page of this host from which a request comes, or `/`."""
    origin = f"{request.url.scheme}://{request.url.netloc}"
    referrer = request.headers.get("referer", "")
    return inner_path(referrer.removeprefix(origin)) if referrer.startswith(origin + "/") else "/"
