"""`/` of a foundation."""

from collections.abc import Callable

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from smilero_core.plugins.calling import ask_plugins
from smilero_core.plugins.failures import note_failure
from smilero_sdk.pages import Face, View
from smilero_tenants.faces.frames import frame
from smilero_tenants.faces.parts import FaceParts
from smilero_tenants.faces.visit import Visit, visiting

HOOK = "provide_front_page"
_LONGEST_SEARCH = 60
_PLAIN = View("public/home.html")


class FrontPage:
    """The handler of one application. The front page shares its address with the platform's, so the application mounts it.

    Args:
        parts: gives the running application, which exists only once it has started.
    """

    def __init__(self, parts: Callable[[], FaceParts]) -> None:
        self._parts = parts

    async def show(self, request: Request) -> Response:
        """What the first enabled plugin gives, else a plain page that says whom to call."""
        search = request.query_params.get("q", "").strip()[:_LONGEST_SEARCH]
        async with visiting(self._parts(), request, Face.PUBLIC) as visit:
            # None, which leaves the page to the next plugin, is an answer too: hence any object.
            given = await ask_plugins(visit.context, HOOK, object, search=search)
            view = next((view for plugin, answer in given if (view := _view(visit, plugin, answer))), _PLAIN)
            shown = await frame(visit)
        page = self._parts().templates.render(view.template, request.state.language, **{**shown, **view.context})
        return HTMLResponse(page, headers={"Content-Language": request.state.language, "Vary": "Accept-Language"})


def _view(visit: Visit, plugin: str, answer: object) -> View | None:
    if isinstance(answer, View) and answer.template.startswith(f"{plugin}/"):
        return answer
    note_failure(visit.context, plugin, HOOK, TypeError(f"{answer!r} is no view of {plugin}"))
    return None
