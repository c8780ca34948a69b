"""A page of the host's own on a face that wants to know who comes."""

from collections.abc import Awaitable, Callable
from http import HTTPStatus

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from smilero_sdk.pages import Face
from smilero_tenants.faces.frames import frame
from smilero_tenants.faces.parts import FaceParts
from smilero_tenants.faces.visit import SignInNeeded, Visit, to_sign_in, visiting

# A template, and what it shows besides the frame.
Shown = tuple[str, dict[str, object]]


async def show(parts: FaceParts, request: Request, face: Face, answer: Callable[[Visit], Awaitable[Shown]]) -> Response:
    """Look who comes, ask for the page in one reading transaction, and render it behind that; sign-in for who has not."""
    try:
        async with visiting(parts, request, face) as visit:
            visit.require_role()
            template, values = await answer(visit)
            shown = await frame(visit)
    except SignInNeeded:
        return to_sign_in(request, face)
    language = request.state.language
    page = parts.templates.render(template, language, **{**shown, **values})
    return HTMLResponse(page, HTTPStatus.OK, {"Content-Language": language, "Cache-Control": "no-store"})
