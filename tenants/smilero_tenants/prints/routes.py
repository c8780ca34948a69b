"""`/portal/print`: the sheets of the shop, one of them as it comes out of the printer, and as a file for the printer."""

from collections.abc import Callable

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from smilero_sdk.errors import not_found
from smilero_sdk.pages import Face
from smilero_sdk.papers import Stand
from smilero_tenants.faces.own_pages import OwnPages, Shown
from smilero_tenants.faces.parts import FaceParts
from smilero_tenants.faces.visit import Visit
from smilero_tenants.prints.sheets import Sheet, sheets_of


class PrintPages:
    """Handlers of one application.

    Args:
        parts: gives the running application, which exists only once it has started.
    """

    def __init__(self, parts: Callable[[], FaceParts]) -> None:
        self._pages = OwnPages(parts, Face.PORTAL, lent=True)

    def routes(self) -> list[Route]:
        """The list, and each sheet."""
        return [
            Route("/portal/print", self.list),
            Route("/portal/print/{plugin}/{name}", self.sheet),
            Route("/portal/print/{plugin}/{name}/pdf", self.paper),
        ]

    async def list(self, request: Request) -> Response:
        """Every sheet that there is for the shop."""
        return await self._pages.show(request, _list)

    async def sheet(self, request: Request) -> Response:
        """One sheet, to be printed on A5."""
        return await self._pages.show(request, _sheet)

    async def paper(self, request: Request) -> Response:
        """The same as a PDF."""
        return await self._pages.paper(request, _stand)


async def _list(visit: Visit) -> Shown:
    return Shown("portal/prints.html", {"sheets": await sheets_of(visit.context)})


async def _sheet(visit: Visit) -> Shown:
    sheet = await _asked(visit)
    return Shown("portal/sheet.html", {"sheet": sheet, "paper_url": f"{sheet.url}/pdf"})


async def _stand(visit: Visit) -> Stand:
    sheet = await _asked(visit)
    return Stand(sheet.title, tuple(sheet.lines), sheet.address)


async def _asked(visit: Visit) -> Sheet:
    wanted = (visit.request.path_params["plugin"], visit.request.path_params["name"])
    sheet = next((one for one in await sheets_of(visit.context) if (one.plugin, one.name) == wanted), None)
    if sheet is None:
        raise not_found("sheet")
    return sheet
