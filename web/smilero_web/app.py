"""The assembled application."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Mount

from smilero_core.db.settings import DatabaseSettings
from smilero_core.plugins.context import CORE
from smilero_sdk.pages import Face
from smilero_tenants.approvals.pages import ApprovalPages
from smilero_tenants.console.audit import AuditPages
from smilero_tenants.console.routes import ConsolePages
from smilero_tenants.console.trouble import TroublePages
from smilero_tenants.console.two_people import OWN
from smilero_tenants.console.work import WorkPages
from smilero_tenants.faces.files import FilePages
from smilero_tenants.faces.pages import PluginPages
from smilero_tenants.faces.posting import upload_paths
from smilero_tenants.imports.console import PATH as IMPORT_PATH
from smilero_tenants.oauth.consent import ConsentPages
from smilero_tenants.oauth.endpoints import TokenEndpoints
from smilero_tenants.oauth.own import TokenPages
from smilero_tenants.personal.console import PersonConsole
from smilero_tenants.personal.own import OwnData
from smilero_tenants.portal.helping import HelpingPages
from smilero_tenants.portal.routes import PortalPages
from smilero_tenants.prints.routes import PrintPages
from smilero_tenants.public.language import LanguagePages
from smilero_tenants.public.pictures import SharePictures
from smilero_tenants.public.routes import FrontPage
from smilero_tenants.public.sitemap import Sitemaps
from smilero_tenants.search.routes import SearchPages
from smilero_tenants.sign_in.connecting import ConnectPages
from smilero_tenants.sign_in.factor import FactorPages
from smilero_tenants.sign_in.factor_setup import FactorSetupPages
from smilero_tenants.sign_in.help_link import HelpLink
from smilero_tenants.sign_in.joining import JoinPages
from smilero_tenants.sign_in.outside import OutsidePages
from smilero_tenants.sign_in.passkey import PasskeyPages
from smilero_tenants.sign_in.routes import SignInPages
from smilero_tenants.sign_in.sessions import SessionPages
from smilero_tenants.switching.arriving import ArrivalPages
from smilero_tenants.switching.going import SwitchPages
from smilero_tenants.tables.plugins import table_routes
from smilero_web.api.document import document_route
from smilero_web.api.operations import Mounted, api_routes, mount
from smilero_web.api.v1.approvals import approvals_api
from smilero_web.api.v1.plugins import plugins_api
from smilero_web.api.v1.registry import registry_api
from smilero_web.api.v1.search import search_api
from smilero_web.dev.design import design_routes
from smilero_web.dev.outbox import dev_routes
from smilero_web.dev.plugin import watch_routes
from smilero_web.display import DisplayPage
from smilero_web.errors import ProblemRenderer
from smilero_web.health import health_routes
from smilero_web.home import HomePage
from smilero_web.middleware.display import Display
from smilero_web.middleware.headers import SecurityHeaders
from smilero_web.middleware.hosts import TenantHost
from smilero_web.middleware.language import Language
from smilero_web.middleware.limits import BodyLimit
from smilero_web.middleware.live import LiveStreams
from smilero_web.middleware.origin import SameOrigin
from smilero_web.middleware.words import Words
from smilero_web.on_phone import OnPhone
from smilero_web.runtime import Parts, Runtime, assemble, running
from smilero_web.settings import WebSettings
from smilero_web.static_files import PICTURE_FONTS, BuiltFiles
from smilero_web.webhooks import PluginWebhooks


class Application:
    """One process's application: its parts from the start, its runtime while it runs."""

    def __init__(self, parts: Parts, database_settings: DatabaseSettings) -> None:
        self._parts = parts
        self._database_settings = database_settings
        self._runtime: Runtime | None = None
        self.operations = [
            *mount(CORE, [*registry_api.operations, *plugins_api.operations, *search_api.operations, *approvals_api.operations]),
            *(mounted for name, operations in parts.host.apis.items() for mounted in mount(name, operations)),
        ]

    def parts(self) -> Parts:
        """What is there from the start."""
        return self._parts

    def runtime(self) -> Runtime:
        """What is open while the application runs."""
        if self._runtime is None:
            msg = "the application has not started"
            raise RuntimeError(msg)
        return self._runtime

    def build(self) -> Starlette:
        """The ASGI application. Middleware stands outermost first."""
        return Starlette(
            routes=self._routes(self.operations),
            middleware=[
                Middleware(LiveStreams),
                Middleware(GZipMiddleware, minimum_size=1000, compresslevel=6),
                Middleware(SecurityHeaders),
                Middleware(Display),
                Middleware(ProblemRenderer, parts=self.parts),
                Middleware(TenantHost, runtime=self.runtime),
                Middleware(Language),
                Middleware(SameOrigin),
                Middleware(Words),
                Middleware(BodyLimit, with_files=[*upload_paths(self._parts.host.pages), IMPORT_PATH]),
            ],
            exception_handlers={HTTPException: _raise},
            lifespan=self._lifespan,
        )

    def _routes(self, operations: list[Mounted]) -> list[BaseRoute]:
        runtime = self.runtime
        return [
            *health_routes(runtime),
            *HomePage(runtime, FrontPage(runtime)).routes(),
            *LanguagePages(runtime).routes(),
            *DisplayPage(runtime).routes(),
            *SignInPages(runtime).routes(),
            *PasskeyPages(runtime).routes(),
            *FactorPages(runtime).routes(),
            *FactorSetupPages(runtime).routes(),
            *OutsidePages(runtime).routes(),
            *ConnectPages(runtime).routes(),
            *JoinPages(runtime).routes(),
            *HelpLink(runtime).routes(),
            *HelpingPages(runtime).routes(),
            *(route for face in (Face.PORTAL, Face.CONSOLE, Face.PUBLIC) for route in SessionPages(runtime, face).routes()),
            *SwitchPages(runtime).routes(),
            *ArrivalPages(runtime).routes(),
            *ConsentPages(runtime).routes(),
            *TokenEndpoints(runtime).routes(),
            *(route for face in (Face.PORTAL, Face.CONSOLE) for route in TokenPages(runtime, face).routes()),
            *(route for face in (Face.PORTAL, Face.PUBLIC) for route in OwnData(runtime, face).routes()),
            *PersonConsole(runtime).routes(),
            *FilePages(runtime).routes(),
            *SharePictures(runtime, self._parts.host.pages, PICTURE_FONTS).routes(),
            *Sitemaps(runtime, self._parts.host.pages).routes(),
            *OnPhone(runtime).routes(),
            *PortalPages(runtime).routes(),
            *ConsolePages(runtime).routes(),
            *WorkPages(runtime).routes(),
            *AuditPages(runtime).routes(),
            *TroublePages(runtime).routes(),
            *(route for face in (Face.PORTAL, Face.CONSOLE) for route in ApprovalPages(runtime, face, OWN).routes()),
            *SearchPages(runtime).routes(),
            *PrintPages(runtime).routes(),
            *table_routes(runtime, self._parts.host.tables),
            *PluginPages(runtime).routes(self._parts.host.pages),
            *((*dev_routes(runtime), *design_routes(runtime), *watch_routes(runtime)) if self._parts.settings.demo else ()),
            document_route(operations, runtime),
            *api_routes(operations, runtime),
            *PluginWebhooks(runtime).routes(),
            Mount("/static", BuiltFiles()),
        ]

    @asynccontextmanager
    async def _lifespan(self, _: Starlette) -> AsyncIterator[None]:
        async with running(self._parts, self._database_settings) as runtime:
            self._runtime = runtime
            yield
        self._runtime = None


def create_app() -> Starlette:
    """The application of this process's environment, for an ASGI server's factory option."""
    return Application(assemble(WebSettings()), DatabaseSettings()).build()


def _raise(_: Request, error: Exception) -> Response:
    """Starlette would answer its own errors in plain text: let them rise to the one renderer."""
    raise error
