"""`lantern`, with every kind of setting; `candle` needs it, `glow` cannot stand beside it, `stranger` is not on the operator's list."""

import datetime as dt
from enum import StrEnum
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import BaseModel, Field, SecretStr

from smilero_sdk.api import Api
from smilero_sdk.context import TenantContext
from smilero_sdk.errors import Problem, not_found
from smilero_sdk.hooks import hookimpl
from smilero_sdk.manifest import DataClass, Level, Plugin
from smilero_sdk.pages import Face, HomePart, MenuItem, Pages, Tile, View
from smilero_sdk.registry import Shop
from smilero_sdk.roles import Permission, Role
from smilero_sdk.settings import Settings

LOOK = "lantern.look"
# Titles by which a test makes the plugin refuse or break.
REFUSED, BROKEN = "refused", "broken"

api, pages = Api(), Pages()


class Mood(StrEnum):
    """Few words: seen at once."""

    CALM = "calm"
    BRIGHT = "bright"


class LanternSettings(Settings):
    """Of a foundation."""

    lit: bool = False
    count: Annotated[int, Field(ge=1, le=10)] = 3
    floor: Annotated[int, Field(ge=-5)] | None = None
    title: Annotated[str, Field(max_length=20)] = "paper"
    story: Annotated[str, Field(max_length=500)] = ""
    mood: Mood = Mood.CALM
    colour: Literal["red", "orange", "yellow", "green", "blue", "white"] = "red"
    day: dt.date | None = None
    opens: dt.time = dt.time(9, 0)
    api_key: Annotated[SecretStr, Field(max_length=60)] = SecretStr("")


class ShopLanternSettings(Settings):
    """Of a shop."""

    hangs: bool = True
    lamps: Annotated[int, Field(ge=1, le=99)] = 2
    greeting: Annotated[str, Field(max_length=20)] = ""
    mood: Mood = Mood.CALM
    opens: dt.time = dt.time(9, 0)
    wick: SecretStr | None = None


class Lamps(BaseModel):
    """What the API says of a shop."""

    lamps: int


@api.get("/lamps", permission=LOOK)
async def list_lamps(ctx: TenantContext) -> Lamps:
    """How many the foundation counts."""
    return Lamps(lamps=ctx.settings(LanternSettings).count)


@api.get("/lamps/{shop_id}", permission=LOOK)
async def read_lamps(ctx: TenantContext, shop_id: UUID) -> Lamps:
    """How many hang at a shop."""
    if not ctx.actor.works_at(shop_id):
        raise not_found("shop")
    return Lamps(lamps=(await ctx.shop_settings(ShopLanternSettings, shop_id)).lamps)


@pages.get(Face.PORTAL, "/lamps", permission=LOOK)
async def show_lamps(ctx: TenantContext) -> View:
    """The shop's lamps."""
    return View("lantern/lamps.html", {"lamps": (await ctx.shop_settings(ShopLanternSettings, ctx.shop_id or UUID(int=0))).lamps})


class Lantern:
    """The hooks."""

    @hookimpl
    def register_api(self) -> Api:
        """Lamps."""
        return api

    @hookimpl
    def register_pages(self) -> Pages:
        """Lamps."""
        return pages

    @hookimpl
    def register_menu(self) -> list[MenuItem]:
        """On the portal's bar."""
        return [MenuItem(Face.PORTAL, "/lamps", "lantern.bar", "house", LOOK)]

    @hookimpl
    async def provide_home(self, ctx: TenantContext) -> HomePart:  # noqa: ARG002 - as the hook says
        """A tile."""
        return HomePart(tiles=(Tile("/lamps", "lantern.tile", "house"),))

    @hookimpl
    async def provide_shop_fragments(self, ctx: TenantContext, shop: Shop) -> list[View]:  # noqa: ARG002 - as the hook says
        """A line."""
        return [View("lantern/slot.html", {"name": shop.name})]

    @hookimpl
    async def on_enabled(self, ctx: TenantContext) -> None:
        """Tell what it finds chosen."""
        await ctx.audit.record("lantern.audit.enabled", after={"count": ctx.settings(LanternSettings).count})

    @hookimpl
    async def on_settings_changed(self, ctx: TenantContext, before: LanternSettings, after: LanternSettings) -> None:
        """Leave a trace in the same transaction, then refuse or break where a test wants it."""
        await ctx.audit.record("lantern.audit.heard", count=after.count, was=before.count)
        if after.title == REFUSED:
            raise Problem("lantern.refused", 409)
        if after.title == BROKEN:
            msg = "it breaks"
            raise RuntimeError(msg)


def _plain(name: str, **more: Any) -> Plugin:  # noqa: ANN401 - the manifest's own fields
    title = {"ko": f"{name} 등불", "en": name}
    return Plugin(
        name=name,
        package=__package__ or "",
        title=title,
        description=title,
        version="2.3.4",
        licence="MIT",
        implementation=object(),
        **more,
    )


plugin = Plugin(
    name="lantern",
    package=__package__ or "",
    title={"ko": "등불", "en": "Lantern"},
    description={"ko": "가게 앞에 등불을 답니다", "en": "Hangs lanterns"},
    version="2.3.4",
    owner="Smilero",
    licence="MIT",
    level=Level.SHOP,
    icon="house",
    data_classes=(DataClass.PAYMENT,),
    permissions=(Permission(LOOK, frozenset({Role.OWNER, Role.STAFF, Role.MERCHANT, Role.CLERK})),),
    settings=LanternSettings,
    shop_settings=ShopLanternSettings,
    implementation=Lantern(),
)
candle = _plain("candle", owner="Smilero", level=Level.SHOP, depends_on=("lantern",))
glow = _plain("glow", owner="Smilero", conflicts_with=("lantern",))
mute = _plain("mute", owner="Smilero", settings=LanternSettings)
stranger = _plain("stranger", owner="Somebody else", data_classes=(DataClass.PAYMENT,))
