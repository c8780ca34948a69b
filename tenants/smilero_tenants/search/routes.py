"""`/console/search` and `/portal/search`."""

from collections.abc import Callable, Mapping
from typing import Annotated
from urllib.parse import urlencode

from pydantic import Field
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from smilero_sdk.pages import Face, Form
from smilero_tenants.faces.own_pages import OwnPages, Shown, Values
from smilero_tenants.faces.parts import FaceParts
from smilero_tenants.faces.posting import texts_of
from smilero_tenants.faces.visit import Visit
from smilero_tenants.search.asking import LONGEST, find
from smilero_tenants.search.desk import find_everything, is_number

_DESK = "/console/search"


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
        return [
            Route(_DESK, self.console),
            Route(_DESK, self.ask, methods=["POST"]),
            Route("/portal/search", self.portal),
        ]

    async def console(self, request: Request) -> Response:
        """For the foundation. Who is looked for by a number is not: it would stand in the address."""
        return await OwnPages(self._parts, Face.CONSOLE).show(request, lambda visit: _desk(visit, visit.request.query_params))

    async def ask(self, request: Request) -> Response:
        """The box of every page: a number is answered here, words have an address of their own."""
        posted = {"q": (await texts_of(request)).get("q", "")}

        async def answer(visit: Visit) -> Shown | str:
            text = Asked.model_validate_strings(posted).q
            return await _desk(visit, posted, by_number=True) if is_number(text) else f"{_DESK}?{urlencode({'q': text})}"

        return await OwnPages(self._parts, Face.CONSOLE).show(request, answer)

    async def portal(self, request: Request) -> Response:
        """For merchants and clerks."""
        return await OwnPages(self._parts, Face.PORTAL, lent=True).show(request, _found)


async def _desk(visit: Visit, given: Mapping[str, str], *, by_number: bool = False) -> Shown:
    text = Asked.model_validate_strings(dict(given)).q
    sections = await find_everything(visit, text, people=by_number or not is_number(text)) if text else []
    values: Values = {"q": text, "sections": sections, "count": sum(len(one.hits) for one in sections), "action": _DESK, "longest": LONGEST}
    return Shown("console/search.html", values)


async def _found(visit: Visit) -> Shown:
    asked = Asked.model_validate_strings(dict(visit.request.query_params))
    found = await find(visit.context, visit.face, asked.q)
    return Shown("portal/search.html", {"q": asked.q, "found": found})
