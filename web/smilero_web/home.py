"""`/` and `/look.css`: the platform's own on its host, the foundation's on a foundation's."""

from collections.abc import Callable

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from smilero_core.platform.tenants import TenantOffice
from smilero_sdk.context import Tenant
from smilero_tenants.public.routes import FrontPage
from smilero_web.runtime import Runtime
from smilero_web.site import PLATFORM_SITE


class HomePage:
    """Both front pages, since a route knows no Host."""

    def __init__(self, runtime: Callable[[], Runtime], public: FrontPage) -> None:
        self._runtime = runtime
        self._public = public

    def routes(self) -> list[Route]:
        """`/` and `/look.css`."""
        return [Route("/", self.home), Route("/look.css", self.look)]

    async def home(self, request: Request) -> Response:
        """The foundations of the platform, or the markets of one."""
        if request.state.tenant is not None:
            return await self._public.show(request)
        runtime, language = self._runtime(), request.state.language
        known = {tenant.slug: tenant for tenant in await runtime.directory.all()}
        port = f":{request.url.port}" if request.url.port else ""
        tenants = [
            {
                "name": summary.name,
                "url": f"{request.url.scheme}://{summary.slug}.{runtime.settings.domain}{port}/",
                "seal": known[summary.slug].seal,
                "colour_class": f"tenant-{summary.slug}",
                "markets": summary.markets,
                "shops": summary.shops,
            }
            for summary in await TenantOffice(runtime.database).list()
            if summary.slug in known
        ]
        page = runtime.templates.render("platform/home.html", language, site=PLATFORM_SITE, look_url="/look.css", tenants=tenants)
        return HTMLResponse(page, headers={"Content-Language": language})

    async def look(self, request: Request) -> Response:
        """The tenant's colour as a stylesheet: the content security policy allows nothing inline."""
        tenant: Tenant | None = request.state.tenant
        if tenant is not None:
            rules = _colour(":root", tenant)
        else:
            rules = "".join(_colour(f".tenant-{one.slug}", one) for one in await self._runtime().directory.all())
        return Response(rules, media_type="text/css", headers={"Cache-Control": "public, max-age=300"})


def _colour(selector: str, tenant: Tenant) -> str:
    # The database holds nothing but #rrggbb there.
    return f"{selector}{{--tenant:{tenant.colour};--tenant-ink:#ffffff}}\n"
