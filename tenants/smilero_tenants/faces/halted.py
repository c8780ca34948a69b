"""The page of a plugin that rests or has just failed: a plain line, in the frame of the face, whose other places work as before."""

from http import HTTPStatus

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from smilero_sdk.errors import Problem
from smilero_sdk.pages import Face
from smilero_tenants.faces.frames import frame
from smilero_tenants.faces.parts import FaceParts
from smilero_tenants.faces.visit import SignInNeeded, to_sign_in, visiting

# What a plugin's page answers for a while, or this once; anything else has its own page.
HALTED = frozenset({"plugins.resting", "plugins.failed"})

_HOME = {Face.CONSOLE: "/console", Face.PORTAL: "/portal", Face.PUBLIC: "/"}


async def halted(parts: FaceParts, request: Request, face: Face, problem: Problem) -> Response:
    """Answer with the problem's own status. Who has not signed in does so first."""
    language = request.state.language
    try:
        async with visiting(parts, request, face) as visit:
            if face is not Face.PUBLIC:
                visit.require_role()
            shown = await frame(visit)
    except SignInNeeded:
        return to_sign_in(request, face)
    values = {
        "title": parts.catalogue.text(language, f"{problem.code}.title"),
        "message": parts.catalogue.text(language, problem.code, **problem.params),
        "back_url": _HOME[face],
        "back_label": parts.catalogue.text(language, "faces.back"),
    }
    page = parts.templates.render(f"{face.value}/halted.html", language, **{**shown, **values})
    headers = {**problem.headers, "Content-Language": language, "Cache-Control": "no-store"}
    return HTMLResponse(page, HTTPStatus(problem.status), headers)
