"""`/display`: large type and high contrast, chosen by a tap, kept in a cookie of this host, for whoever comes."""

from collections.abc import Callable
from http import HTTPStatus

from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route

from smilero_sdk.errors import Problem
from smilero_tenants.faces.posting import texts_of
from smilero_tenants.faces.visit import inner_path, referring_path
from smilero_web.middleware.display import DISPLAY_COOKIE
from smilero_web.runtime import Runtime
from smilero_web.site import PLATFORM_SITE, tenant_site
from smilero_web.templating import DISPLAY, DISPLAYS

_PATH = "/display"
_A_YEAR = 365 * 24 * 3600


class DisplayPage:
    """One question with four answers; the answer leads back to the page that one came from, which shows it."""

    def __init__(self, runtime: Callable[[], Runtime]) -> None:
        self._runtime = runtime

    def routes(self) -> list[Route]:
        """The question and its answer."""
        return [Route(_PATH, self.ask), Route(_PATH, self.choose, methods=["POST"])]

    async def ask(self, request: Request) -> Response:
        """Which way, with the one that holds marked."""
        runtime, language, tenant = self._runtime(), request.state.language, request.state.tenant
        wanted = request.query_params.get("next")
        came_from = inner_path(wanted) if wanted else referring_path(request)
        values = {
            "site": tenant_site(tenant) if tenant else PLATFORM_SITE,
            "frame": {"shop": None, "bar": [], "sign_out_url": None},
            "choices": [self._answer(one, language) for one in DISPLAYS],
            "action": _PATH,
            # From here one does not go back to here.
            "next": "/" if came_from.partition("?")[0] == _PATH else came_from,
        }
        page = runtime.templates.render("platform/display.html", language, look_url="/look.css", **values)
        return HTMLResponse(page, headers={"Content-Language": language, "Cache-Control": "no-store"})

    async def choose(self, request: Request) -> Response:
        """Keep it for a year. Raises `display.unknown` (422)."""
        posted = await texts_of(request)
        chosen = posted.get("display", "")
        if chosen not in DISPLAYS:
            raise Problem("display.unknown", HTTPStatus.UNPROCESSABLE_ENTITY)
        response = RedirectResponse(inner_path(posted.get("next", "/")), HTTPStatus.SEE_OTHER)
        response.set_cookie(DISPLAY_COOKIE, chosen.replace(" ", "."), max_age=_A_YEAR, secure=True, httponly=True, samesite="lax")
        return response

    def _answer(self, display: str, language: str) -> dict[str, object]:
        text, key = self._runtime().catalogue.text, display.replace(" ", "_")
        note = text(language, f"display.note.{key}")
        selected = display == (DISPLAY.get() or DISPLAYS[0])
        return {
            "label": text(language, f"display.{key}"),
            "note": note,
            "url": None,
            "name": "display",
            "value": display,
            "selected": selected,
        }
