"""Where a table is, whose it is and who may see it."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import TypeVar
from uuid import UUID

from starlette.datastructures import ImmutableMultiDict
from starlette.requests import Request

from smilero_core.plugins.calling import perform
from smilero_core.plugins.context import CORE, Context
from smilero_sdk.context import TenantContext
from smilero_sdk.errors import not_found
from smilero_sdk.tables import Found, Row, Table, Wanted
from smilero_tenants.faces.parts import FaceParts
from smilero_tenants.faces.visit import Visit
from smilero_tenants.tables.asking import Asked, read

Made = TypeVar("Made")


@dataclass(frozen=True)
class Place:
    """One table of the host or of a plugin.

    Attributes:
        path: the address of its page.
        permission: who may see it; None: everybody of the console.
        plugin: whose it is.
    """

    path: str
    table: Table
    permission: str | None = None
    plugin: str = CORE

    @property
    def cookie(self) -> str:
        """Where a browser remembers the chosen columns."""
        return f"__Host-columns-{self.plugin}-{self.table.name}"

    async def require_door(self, parts: FaceParts, request: Request) -> None:
        """Before a transaction opens. Raises `http.not_found` for a plugin that is off, and on the platform's own host."""
        if request.state.tenant is None:
            raise not_found()
        if self.plugin != CORE:
            (await parts.gate.of(request.state.tenant.id)).require(self.plugin)

    def admitted(self, visit: Visit) -> Context:
        """The context for the table's own code. Raises as `Visit.require`."""
        visit.require_role()
        visit.require_own()
        visit.require(self.permission)
        return visit.context if self.plugin == CORE else visit.context.for_plugin(self.plugin)

    async def read(self, context: Context, sent: ImmutableMultiDict[str, str], remembered: str) -> Asked:
        """What an address or a form asks for. Raises `tables.asked` (422)."""
        return await self.ask(context, lambda: read(context, self.table, sent, remembered))

    async def find(self, context: Context, wanted: Wanted) -> Found:
        """The ids, by the source."""
        return await self.ask(context, lambda: self.table.source.find(context, wanted))

    async def rows(self, context: Context, ids: Sequence[UUID]) -> Sequence[Row]:
        """The rows, by the source."""
        return await self.ask(context, lambda: self.table.source.rows(context, ids))

    async def ask(self, context: Context, call: Callable[[], Awaitable[Made]]) -> Made:
        """Let the table's own code work: what a plugin's does wrong is the plugin's alone."""
        if self.plugin == CORE:
            return await call()
        return await perform(context, self.plugin, f"table {self.path}", call)


def of_host(ctx: TenantContext) -> Context:
    """The context as the host's own tables need it. Raises TypeError for one that is not the host's."""
    if not isinstance(ctx, Context):
        msg = "a table of the host works in the host's own context"
        raise TypeError(msg)
    return ctx
