"""The application in this process, with a plugin whose answers are the test's."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any
from uuid import uuid4

from httpx2 import ASGITransport, AsyncClient, Response
from pydantic import SecretStr

from smilero_core.db.database import Database
from smilero_core.db.session import Session
from smilero_core.identity.access import Access
from smilero_core.identity.sessions import open_session
from smilero_core.identity.vault import Vault
from smilero_core.plugins.host import PluginHost
from smilero_sdk.answers import Measure, MeasureValue, Period, Printout, Search, SearchHit, Todo, Unit
from smilero_sdk.context import TenantContext
from smilero_sdk.hooks import hookimpl
from smilero_sdk.manifest import Plugin
from smilero_sdk.registry import Shop
from smilero_sdk.roles import Permission, Role
from smilero_web.app import Application
from smilero_web.runtime import assemble
from smilero_web.settings import WebSettings
from tests.support.cluster import Cluster
from tests.support.faces import SESSION
from tests.support.foundations import Foundation, found

NAME = "careless"


@dataclass
class Careless:
    """Answers each hook with whatever stands under its name; an exception is raised."""

    answers: dict[str, Any] = field(default_factory=dict)

    def _answer(self, hook: str) -> Any:  # noqa: ANN401 - rubbish is of any type
        answer = self.answers.get(hook, [])
        if isinstance(answer, Exception):
            raise answer
        return answer

    @hookimpl
    async def provide_search(self, ctx: TenantContext, search: Search) -> list[SearchHit]:  # noqa: ARG002 - the hook's own
        """As told."""
        return self._answer("provide_search")  # type: ignore[no-any-return]  # that is the point

    @hookimpl
    async def provide_prints(self, ctx: TenantContext, shop: Shop) -> list[Printout]:  # noqa: ARG002 - the hook's own
        """As told."""
        return self._answer("provide_prints")  # type: ignore[no-any-return]  # that is the point

    @hookimpl
    async def provide_todos(self, ctx: TenantContext) -> list[Todo]:  # noqa: ARG002 - the hook's own
        """As told; something that can be awaited is."""
        answer = self._answer("provide_todos")
        return await answer() if callable(answer) else answer  # type: ignore[no-any-return]  # that is the point

    @hookimpl
    def register_measures(self) -> list[Measure]:
        """One."""
        return [Measure("steps", Unit.COUNT)]

    @hookimpl
    async def provide_measures(self, ctx: TenantContext, period: Period) -> list[MeasureValue]:  # noqa: ARG002 - the hook's own
        """As told."""
        return self._answer("provide_measures")  # type: ignore[no-any-return]  # that is the point


@dataclass(frozen=True)
class CarelessSite:
    """The application and its foundation.

    Attributes:
        answers: what the plugin says, by hook.
        make: founds one with every plugin on, by its slug.
    """

    http: AsyncClient
    foundation: Foundation
    database: Database
    answers: dict[str, Any]
    make: Callable[[str], Awaitable[Foundation]]

    @property
    def shop(self) -> str:
        """The name of its first shop."""
        return f"{self.foundation.host.partition('.')[0]} shop"

    async def get(self, path: str, who: str | None = None) -> Response:
        """By the API's token."""
        token = {"Authorization": f"Bearer {self.foundation.tokens[who]}"} if who else {}
        return await self.http.get(f"http://{self.foundation.host}{path}", headers=token)

    async def elsewhere(self) -> "CarelessSite":
        """The same application, and a new foundation."""
        return replace(self, foundation=await self.make(f"t{uuid4().hex[:12]}"))

    async def page(self, path: str, who: str) -> Response:
        """By a session."""
        async with self.database.unit(self.foundation.id) as unit:
            token = await open_session(Session(unit), self.foundation.people[who], factor=True)
        return await self.http.get(f"http://{self.foundation.host}{path}", headers={"Cookie": f"{SESSION}={token}"})


@asynccontextmanager
async def open_careless_site(cluster: Cluster) -> AsyncIterator[CarelessSite]:
    """A database of its own with one foundation, which has every plugin on and this one too."""
    implementation = Careless()
    title = {"ko": "덜렁이", "en": "Careless"}
    permissions = (Permission(f"{NAME}.look", frozenset({Role.OWNER, Role.STAFF})), Permission(f"{NAME}.own", frozenset({Role.OWNER})))
    manifest = Plugin(NAME, "smilero_sdk", title, title, "0", implementation, permissions=permissions)
    found_plugins = PluginHost.discover().plugins
    host = PluginHost([*found_plugins.values(), manifest], [*found_plugins, NAME])
    async with cluster.database() as settings:
        told = WebSettings(secret_key=SecretStr(settings.secret_key.get_secret_value()), redis_url=cluster.redis_url)
        app = Application(replace(assemble(told), host=host, access=Access(host.permissions)), settings).build()
        async with Database(settings) as database, app.router.lifespan_context(app):
            vault = Vault(settings.secret_key.get_secret_value())
            make = partial(found, database, vault, plugins=(*found_plugins, NAME))
            foundation = await make(NAME)
            async with AsyncClient(transport=ASGITransport(app), trust_env=False) as http:
                yield CarelessSite(http, foundation, database, implementation.answers, make)
