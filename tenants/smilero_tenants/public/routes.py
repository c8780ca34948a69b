"""`/` of a foundation."""

from collections.abc import Callable, Mapping

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from smilero_core.plugins.calling import ask_plugins, use_answer
from smilero_sdk.pages import Face, View
from smilero_tenants.faces.frames import frame
from smilero_tenants.faces.head import head
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
            shown = await frame(visit)
            views = ((plugin, view) for plugin, view in given if isinstance(view, View))
            page = next(filter(None, (self._drawn(visit, plugin, view, shown) for plugin, view in views)), None)
        page = page or self._parts().templates.render(_PLAIN.template, request.state.language, **shown)
        # Nobody keeps the page of somebody who is signed in.
        kept = {"Cache-Control": "no-store"} if visit.visitor else {}
        return HTMLResponse(page, headers={"Content-Language": request.state.language, **kept})

    def _drawn(self, visit: Visit, plugin: str, view: View, shown: Mapping[str, object]) -> str | None:
        render, context = self._parts().templates.render, visit.context
        told = {**shown, **head(visit.tenant, context.origin, "/", context.language, view), **view.context}
        return use_answer(context, plugin, HOOK, lambda: render(view.template, context.language, **told))
