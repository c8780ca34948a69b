"""`/portal/kept`: what was tapped while there was no network, and what became of it."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from smilero_tenants.faces.kept import PAGE, page_headers
from smilero_tenants.faces.own_pages import OwnPages, Shown
from smilero_tenants.faces.visit import Visit


class KeptPortal:
    """Handlers of one application.

    Args:
        pages: the portal's own pages.
    """

    def __init__(self, pages: OwnPages) -> None:
        self._pages = pages

    def routes(self) -> list[Route]:
        """The page. Its list is the phone's: the script draws it, and the server has none."""
        return [Route(PAGE, self.show)]

    async def show(self, request: Request) -> Response:
        """The page's frame and sentences."""

        async def make(visit: Visit) -> Shown:
            return Shown("portal/kept.html", {}, headers=page_headers(visit))

        return await self._pages.show(request, make)
