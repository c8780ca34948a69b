"""A plugin that does right, beside one that does not."""

from uuid import UUID

from smilero_sdk.api import Api, Schema
from smilero_sdk.context import TenantContext
from smilero_sdk.hooks import hookimpl
from smilero_sdk.manifest import Plugin
from smilero_sdk.pages import HomePart, Tile
from smilero_sdk.roles import Permission, Role

USE = "tidy.use"
api = Api()


class Visit(Schema):
    """At which shop."""

    shop_id: UUID


class Seen(Schema):
    """What others showed of it."""

    shown: list[str]


@api.post("/visits", permission=USE)
async def visit(ctx: TenantContext, body: Visit) -> Seen:
    """Write something by the host, ask the others, write again."""
    await ctx.audit.record("tidy.came")
    shown = await ctx.slots.shop(await ctx.registry.shop(body.shop_id))
    await ctx.audit.record("tidy.went")
    return Seen(shown=[str(one) for one in shown])


class Implementation:
    """Its hooks."""

    @hookimpl
    def register_api(self) -> Api:
        """Operations."""
        return api

    @hookimpl
    async def provide_home(self, ctx: TenantContext) -> HomePart:
        """A tile."""
        assert ctx.tenant.slug
        return HomePart(tiles=(Tile("/", "tidy.tile", "store"),))


plugin = Plugin(
    name="tidy",
    package="smilero_tidy",
    title={"ko": "이웃"},
    description={"ko": "이웃과 잘 지냅니다"},
    version="1",
    implementation=Implementation(),
    permissions=(Permission(USE, frozenset(Role)),),
)
