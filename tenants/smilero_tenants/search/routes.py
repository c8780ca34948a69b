"""`/console/search` and `/portal/search`."""

from collections.abc import Callable
from typing import Annotated

from pydantic import Field
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from smilero_sdk.pages import Face, Form
from smilero_tenants.faces.own_pages import OwnPages, Shown
from smilero_tenants.faces.parts import FaceParts
from smilero_tenants.faces.visit import Visit
from smilero_tenants.search.asking import LONGEST, find


class Asked(Form):
    """Which words."""

    q: Annotated[str, Field(max_length=LONGEST)] = ""


class SearchPages:
    """Handlers of one application.

    Args:
        parts: gives the running application, which exists only once it has started.
    """

    def __init__(self, parts: Callable[[], FaceParts]) -> None:
        self._parts = parts

    def routes(self) -> list[Route]:
        """One page for each face that staff and merchants have."""
        return [Route("/console/search", self.console), Route("/portal/search", self.portal)]

    async def console(self, request: Request) -> Response:
        """For the foundation."""
        return await OwnPages(self._parts, Face.CONSOLE).show(request, _found)

    async def portal(self, request: Request) -> Response:
        """For merchants and clerks."""
        return await OwnPages(self._parts, Face.PORTAL, lent=True).show(request, _found)


async def _found(visit: Visit) -> Shown:
    asked = Asked.model_validate_strings(dict(visit.request.query_params))
    found = await find(visit.context, visit.face, asked.q)
    return Shown(f"{visit.face.value}/search.html", {"q": asked.q, "found": found})
