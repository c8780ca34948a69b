"""Going in once somebody has proved a number, whichever way; and the pages on which nobody is in yet."""

from dataclasses import dataclass
from http import HTTPStatus
from uuid import UUID

from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from smilero_core.db.session import Session
from smilero_core.identity.devices import device_of
from smilero_core.identity.helping import chances
from smilero_core.identity.sessions import LIFETIME, end_session, open_session, signed_in
from smilero_sdk.pages import Face
from smilero_tenants.faces.frames import site
from smilero_tenants.faces.kept import NOBODY
from smilero_tenants.faces.language import agree, language_cookie
from smilero_tenants.faces.parts import FaceParts
from smilero_tenants.faces.visit import HELPING, ROLES, SESSION_COOKIE


@dataclass(frozen=True)
class Entered:
    """Somebody who is in. Answer after the commit: the cookie must not be older than its session.

    Attributes:
        language: the person's own, where the browser does not know it yet.
    """

    token: str
    path: str
    language: str | None = None

    def response(self) -> Response:
        """On to where the person was going, with the session's cookie."""
        response = RedirectResponse(self.path, HTTPStatus.SEE_OTHER)
        response.set_cookie(SESSION_COOKIE, self.token, max_age=int(LIFETIME.total_seconds()), secure=True, httponly=True, samesite="lax")
        if self.language:
            response.headers.append("Set-Cookie", language_cookie(self.language))
        return response


async def enter(session: Session, request: Request, person_id: UUID, path: str, shop_id: UUID | None = None) -> Entered:
    """Open a session in this browser; the one that was open in it ends, since its cookie is written over.

    It has no second factor, whichever way led here: owners and staff are asked for one before they see the console.

    Args:
        path: where to go on; `/` for the person's own face.
        shop_id: the shop to begin at.
    """
    before = request.cookies.get(SESSION_COOKIE)
    if before:
        await end_session(session, before)
    token = await open_session(session, person_id, device_of(request.headers.get("user-agent", "")), shop_id)
    language = await agree(session, request, person_id)
    return Entered(token, path if path != "/" else await _home(session, token), language)


async def way_on(session: Session, request: Request, person_id: UUID | None = None) -> str | None:
    """Where somebody goes on who is signed in in this browser already; None when nobody is, or not that very person."""
    token = request.cookies.get(SESSION_COOKIE)
    visitor = await signed_in(session, token, ()) if token else None
    if token is None or visitor is None or person_id not in {None, visitor.person_id}:
        return None
    return await _home(session, token)


def alone(parts: FaceParts, request: Request, template: str, status: int, /, **context: object) -> Response:
    """A page in the portal's frame for somebody who has not signed in."""
    language = request.state.language
    frame: dict[str, object] = {"shop": None, "bar": [], "sign_out_url": None, "kept": NOBODY}
    page = parts.templates.render(template, language, site=site(request.state.tenant), look_url="/look.css", frame=frame, **context)
    return HTMLResponse(page, status, {"Content-Language": language, "Cache-Control": "no-store"})


async def _home(session: Session, token: str) -> str:
    """Where somebody goes who came from nowhere: staff to the console, merchants to the portal, who helps one where that is done."""
    for face in (Face.CONSOLE, Face.PORTAL):
        visitor = await signed_in(session, token, ROLES[face])
        if visitor and (visitor.actor or visitor.waiting):
            return f"/{face.value}"
    visitor = await signed_in(session, token, ())
    return HELPING if visitor and await chances(session, visitor.person_id) else "/"
