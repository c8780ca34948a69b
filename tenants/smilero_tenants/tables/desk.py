"""A table at its address: the page, the file of it, and what is done with many of its rows."""

from starlette.datastructures import ImmutableMultiDict
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from smilero_sdk.pages import Face
from smilero_tenants.faces.own_pages import OwnPages, Shown, Values
from smilero_tenants.faces.visit import SignInNeeded, Visit, to_sign_in
from smilero_tenants.tables.asking import Asked
from smilero_tenants.tables.drawing import drawn
from smilero_tenants.tables.exporting import export
from smilero_tenants.tables.many import ManyPages
from smilero_tenants.tables.place import Place

_A_YEAR = 365 * 24 * 3600


class TableDesk:
    """The pages of one table."""

    def __init__(self, pages: OwnPages, place: Place) -> None:
        self._pages = pages
        self._place = place

    def routes(self) -> list[Route]:
        """The page, and the file, which is asked for by a form: it is itself put on record."""
        path = self._place.path
        many = ManyPages(self._pages, self._place)
        return [Route(path, self.show), Route(f"{path}/export", self.export, methods=["POST"]), *many.routes()]

    async def show(self, request: Request) -> Response:
        """A page of the table. Raises `tables.asked` (422)."""
        await self._place.require_door(self._pages.parts, request)
        return await self._pages.show(request, self._page)

    async def export(self, request: Request) -> Response:
        """All of what is asked for, as a file. Raises `tables.asked` (422)."""
        await self._place.require_door(self._pages.parts, request)
        try:
            return await export(self._pages.parts, self._place, request)
        except SignInNeeded:
            return to_sign_in(request, Face.CONSOLE)

    async def _page(self, visit: Visit) -> Shown:
        place, context = self._place, self._place.admitted(visit)
        remembered = visit.request.cookies.get(place.cookie, "")
        asked = await place.read(context, ImmutableMultiDict(visit.request.query_params.multi_items()), remembered)
        found = await place.find(context, asked.wanted)
        if (last := asked.last(found.total)) is not None:
            asked, found = last, await place.find(context, last.wanted)
        rows = await place.rows(context, found.ids)
        values: Values = {"table": drawn(context, place.table, asked, found, rows), "path": place.path, "told": None}
        return Shown("console/table.html", values, headers=self._remember(asked))

    def _remember(self, asked: Asked) -> dict[str, str]:
        """The columns that the address chooses are those of this browser from now on."""
        if not asked.chosen:
            return {}
        names = ".".join(one.name for one in asked.columns)
        return {"Set-Cookie": f"{self._place.cookie}={names}; Path=/; Max-Age={_A_YEAR}; Secure; HttpOnly; SameSite=Lax"}
