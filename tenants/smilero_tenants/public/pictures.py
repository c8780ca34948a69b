"""`/pictures/…`: the pictures of shared addresses, drawn when they are first asked for."""

import asyncio
from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from http import HTTPStatus
from pathlib import Path
from typing import Any
from uuid import UUID

from starlette.convertors import Convertor
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route, compile_path

from smilero_core.limits.limiter import Rule
from smilero_core.plugins.calling import ask_plugins, perform
from smilero_core.plugins.context import Context
from smilero_sdk.api import PATH_TYPES
from smilero_sdk.context import Tenant
from smilero_sdk.errors import not_found
from smilero_sdk.i18n import LANGUAGES
from smilero_sdk.pages import PageOperation, View
from smilero_sdk.showing import Card
from smilero_tenants.faces.frames import face_path
from smilero_tenants.faces.head import FRONT, drawn_in, is_open, mark_of, picture_path
from smilero_tenants.faces.parts import FaceParts
from smilero_tenants.public.drawing import Look, draw
from smilero_tenants.public.routes import HOOK

# Of one foundation in a minute. Whoever shares has the picture made once; what is kept is not counted.
DRAWINGS = Rule("pictures", 60, 60, fails_closed=False)
_FOR_GOOD = "public, max-age=31536000, immutable"
# Some 40 kB each.
_MOST_KEPT = 64


class SharePictures:
    """The pictures of the pages that everybody may see and that have a card.

    A page is asked for its card as nobody in particular would ask it, so a picture is there exactly while its page is: the same door, the
    same foundation, the same object. The address holds a hash of what is seen; asked for by an old one, the way to the new one is told.

    Args:
        parts: gives the running application, which exists only once it has started.
        pages: of all plugins.
        fonts: the folder with the font.
    """

    def __init__(self, parts: Callable[[], FaceParts], pages: Mapping[str, Sequence[PageOperation]], fonts: Path) -> None:
        self._parts = parts
        self._fonts = fonts
        self._kept: OrderedDict[str, bytes] = OrderedDict()
        # One at a time: a process has one core, and its pages want it too.
        self._turn = asyncio.Semaphore(1)
        self._pages = [_Page(plugin, one) for plugin, operations in pages.items() for one in operations if is_open(one)]

    def routes(self) -> list[Route]:
        """One address for all."""
        return [Route("/pictures/{language}/{mark}/{page:path}.png", self.show, methods=["GET"], name="picture")]

    async def show(self, request: Request) -> Response:
        """The picture. Raises `http.not_found`, `limits.reached` (429)."""
        tenant, language = request.state.tenant, request.path_params["language"]
        path = "/" + request.path_params["page"]
        if tenant is None or language not in LANGUAGES or drawn_in(tenant, language) != language:
            raise not_found()
        card = await self._card(request, language, path)
        if card is None:
            raise not_found()
        mark = mark_of(tenant, card)
        if request.path_params["mark"] != mark:
            return RedirectResponse(picture_path(language, mark, "/" if path == FRONT else path), HTTPStatus.FOUND)
        # Whoever shows a shared address loads its picture from here.
        headers = {"ETag": f'"{mark}"', "Cache-Control": _FOR_GOOD, "Cross-Origin-Resource-Policy": "cross-origin"}
        if request.headers.get("if-none-match") == headers["ETag"]:
            return Response(status_code=HTTPStatus.NOT_MODIFIED, headers=headers)
        return Response(await self._drawn(tenant, card, mark), headers=headers, media_type="image/png")

    async def _card(self, request: Request, language: str, path: str) -> Card | None:
        """What the page would say of itself to somebody who has not signed in."""
        tenant, parts = request.state.tenant, self._parts()
        found = next(((page, given) for page in self._pages if (given := page.match(path)) is not None), None)
        if found is None and path != FRONT:
            return None
        plugins = await parts.gate.of(tenant.id)
        origin = f"{request.url.scheme}://{request.url.netloc}"
        async with parts.database.unit(tenant.id, read_only=True) as unit:
            context = Context(tenant, language, unit, parts.services, plugins, origin=origin)
            answer = await (_front(context) if found is None else found[0].ask(context, found[1]))
        return answer.card if isinstance(answer, View) else None

    async def _drawn(self, tenant: Tenant, card: Card, mark: str) -> bytes:
        if mark not in self._kept:
            await self._parts().limiter.take(tenant.id, DRAWINGS, "all")
            async with self._turn:
                # Many may have asked for the same.
                if mark not in self._kept:
                    look = Look(tenant.name, tenant.seal, tenant.colour)
                    self._kept[mark] = await asyncio.to_thread(draw, card, look, self._fonts)
                    while len(self._kept) > _MOST_KEPT:
                        self._kept.popitem(last=False)
        self._kept.move_to_end(mark)
        return self._kept[mark]


async def _front(context: Context) -> object:
    """What the front page shows."""
    return next((view for _, view in await ask_plugins(context, HOOK, object, search="") if isinstance(view, View)), None)


class _Page:
    """An open page of a plugin, found by its address."""

    def __init__(self, plugin: str, operation: PageOperation) -> None:
        self.plugin = plugin
        self.operation = operation
        path = face_path(operation.face, plugin, operation.path)
        for name, kind in operation.parameters.items():
            path = path.replace(f"{{{name}}}", f"{{{name}:{PATH_TYPES[kind]}}}")
        self._pattern, _, self._kinds = compile_path(path)

    def match(self, path: str) -> dict[str, Any] | None:
        """The parameters in an address, if it is this page's."""
        found = self._pattern.match(path)
        return {name: _converted(self._kinds[name], text) for name, text in found.groupdict().items()} if found else None

    async def ask(self, context: Context, given: Mapping[str, Any]) -> object:
        """The page's answer. Raises `http.not_found` when the plugin is off, and what the page raises."""
        context.plugins.require(self.plugin)
        own = context.for_plugin(self.plugin)
        query = {"query": self.operation.query()} if self.operation.query else {}
        work = partial(self.operation.handler, own, **query, **given)
        return await perform(own, self.plugin, f"picture of {self.operation.path}", work)


def _converted(kind: Convertor[Any], text: str) -> UUID | str | int:
    value: UUID | str | int = kind.convert(text)
    return value
