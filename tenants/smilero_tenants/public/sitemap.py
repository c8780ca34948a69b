"""`/robots.txt`, `/sitemap.xml` and its parts: what search engines may look at, and where it is (sitemaps.org, protocol 0.9)."""

from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from functools import partial
from typing import TypeVar
from xml.sax.saxutils import escape

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from smilero_core.plugins.calling import perform
from smilero_core.plugins.context import Context
from smilero_sdk.errors import Problem, not_found
from smilero_sdk.pages import Face, PageOperation
from smilero_sdk.showing import Listed, Listing
from smilero_tenants.faces.frames import face_path
from smilero_tenants.faces.parts import FaceParts

# A part may have 50,000; one of this size is asked for and written in some milliseconds.
PART = 5_000
_KEPT = {"Cache-Control": "public, max-age=3600"}
_HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n'
_NAMESPACE = 'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"'
# Where nobody finds anything without having signed in, or a program asks.
CLOSED = (
    "/api/",
    "/console",
    "/portal",
    "/sign-in",
    "/sign-out",
    "/switch",
    "/arrive",
    "/join/",
    "/help/",
    "/oauth/",
    "/me",
    "/sessions",
    "/dev/",
)

Answer = TypeVar("Answer")


class Sitemaps:
    """The addresses of one application.

    Args:
        parts: gives the running application, which exists only once it has started.
        pages: of all plugins; those with a listing are in the map.
    """

    def __init__(self, parts: Callable[[], FaceParts], pages: Mapping[str, Sequence[PageOperation]]) -> None:
        self._parts = parts
        self._listed: dict[tuple[str, str], tuple[PageOperation, Listing]] = {
            (plugin, one.handler.__name__): (one, one.listing) for plugin, operations in pages.items() for one in operations if one.listing
        }

    def routes(self) -> list[Route]:
        """Robots, the index, and a part."""
        return [
            Route("/robots.txt", self.robots, methods=["GET"]),
            Route("/sitemap.xml", self.index, methods=["GET"]),
            Route("/sitemaps/front.xml", self.front, methods=["GET"]),
            Route("/sitemaps/{plugin}/{page}/{part:int}.xml", self.part, methods=["GET"]),
        ]

    async def robots(self, request: Request) -> Response:
        """What to leave alone, and of a foundation where its map is (RFC 9309)."""
        lines = ["User-agent: *", *(f"Disallow: {path}" for path in CLOSED)]
        if request.state.tenant is not None:
            lines += ["", f"Sitemap: {_origin(request)}/sitemap.xml"]
        return PlainTextResponse("\n".join([*lines, ""]), headers=_KEPT)

    async def index(self, request: Request) -> Response:
        """The parts. A plugin that fails has none."""
        if request.state.tenant is None:
            raise not_found()
        origin, addresses = _origin(request), ["/sitemaps/front.xml"]
        for (plugin, page), (_, listing) in self._listed.items():
            count = await self._try(request, plugin, listing.count)
            addresses += [f"/sitemaps/{plugin}/{page}/{part + 1}.xml" for part in range(-(-(count or 0) // PART))]
        rows = (f"<sitemap><loc>{escape(origin + one)}</loc></sitemap>" for one in addresses)
        return _xml(f"<sitemapindex {_NAMESPACE}>", rows, "</sitemapindex>")

    async def front(self, request: Request) -> Response:
        """The page that is always there."""
        if request.state.tenant is None:
            raise not_found()
        return _urls([(f"{_origin(request)}/", None)])

    async def part(self, request: Request) -> Response:
        """So many addresses. Raises `http.not_found` where there are none, or the plugin is off."""
        plugin, number = request.path_params["plugin"], request.path_params["part"]
        found = self._listed.get((plugin, request.path_params["page"]))
        if request.state.tenant is None or found is None or not 0 < number < PART:
            raise not_found()
        operation, listing = found
        some = await self._ask(request, plugin, lambda context: listing.some(context, (number - 1) * PART, PART))
        if not some:
            raise not_found()
        return _urls((_origin(request) + _address(plugin, operation, one), one.changed) for one in some[:PART])

    async def _try(self, request: Request, plugin: str, work: Callable[[Context], Awaitable[Answer]]) -> Answer | None:
        try:
            return await self._ask(request, plugin, work)
        except Problem:
            return None

    async def _ask(self, request: Request, plugin: str, work: Callable[[Context], Awaitable[Answer]]) -> Answer:
        """A plugin's answer to nobody in particular, in a transaction of its own. Raises `http.not_found` when it is off."""
        parts, tenant = self._parts(), request.state.tenant
        plugins = await parts.gate.of(tenant.id)
        plugins.require(plugin)
        async with parts.database.unit(tenant.id, read_only=True) as unit:
            context = Context(tenant, tenant.locale, unit, parts.services, plugins, plugin=plugin, origin=_origin(request))
            return await perform(context, plugin, "sitemap", partial(work, context))


def _address(plugin: str, operation: PageOperation, one: Listed) -> str:
    (name,) = operation.parameters
    return face_path(Face.PUBLIC, plugin, operation.path.replace(f"{{{name}}}", str(one.id)))


def _urls(rows: Iterable[tuple[str, datetime | None]]) -> Response:
    return _xml(f"<urlset {_NAMESPACE}>", (f"<url><loc>{escape(address)}</loc>{_changed(at)}</url>" for address, at in rows), "</urlset>")


def _changed(at: datetime | None) -> str:
    return f"<lastmod>{at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}</lastmod>" if at else ""


def _xml(head: str, rows: Iterable[str], end: str) -> Response:
    return Response("\n".join([_HEAD + head, *rows, end, ""]), headers=_KEPT, media_type="application/xml")


def _origin(request: Request) -> str:
    return f"{request.url.scheme}://{request.url.netloc}"
