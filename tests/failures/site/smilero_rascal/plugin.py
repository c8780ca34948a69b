"""A plugin that does wrong in whichever way the foundation has chosen. Its tables are the probe's."""

import asyncio
import os
import sys
import time
from contextlib import suppress
from pathlib import Path

from smilero_sdk.api import Api, Schema
from smilero_sdk.context import TenantContext
from smilero_sdk.hooks import hookimpl
from smilero_sdk.ids import uuid7
from smilero_sdk.manifest import Plugin
from smilero_sdk.pages import Face, HomePart, Pages, Tile, View
from smilero_sdk.registry import Shop
from smilero_sdk.roles import Permission, Role
from smilero_sdk.settings import Settings

USE = "probe.use"
HANG_SECONDS, BLOCK_SECONDS = 30.0, 3.0

api, pages = Api(), Pages()


class Choice(Settings):
    """How to do wrong; empty for not at all."""

    mode: str = ""


class Done(Schema):
    """An answer."""

    mode: str


def told(word: str) -> None:
    """Say on a file of the test's what has happened here."""
    with Path(os.environ["RASCAL_DIARY"]).open("a", encoding="utf-8") as diary:
        diary.write(f"{word}\n")


async def write(ctx: TenantContext, place: str) -> None:
    """A row of its own, and one of the host's by a service; where only reading is allowed, at least a statement."""
    if place != "provide_shop_fragments":
        await ctx.db.fetch("select title from plugin_probe.note")
        return
    await ctx.db.execute("insert into plugin_probe.note (id, shop_id, title) select $1, id, 'rascal' from core.shop limit 1", uuid7())
    await ctx.audit.record("rascal.was.here")


async def misbehave(ctx: TenantContext, place: str) -> object:
    """What to answer instead of the right thing; None for the right thing."""
    mode = ctx.settings(Choice).mode
    told(f"{ctx.tenant.slug} {place} {mode}")
    if mode == "raises":
        await write(ctx, place)
        raise LookupError(os.environ["RASCAL_SECRET"])
    if mode == "hangs":
        await asyncio.sleep(HANG_SECONDS)
    if mode == "hangs at the database":
        await write(ctx, place)
        await ctx.db.fetch("select pg_sleep($1)", HANG_SECONDS)
    if mode == "hangs and will not stop":
        await write(ctx, place)
        with suppress(BaseException):
            await asyncio.sleep(HANG_SECONDS)
        await asyncio.sleep(HANG_SECONDS)
    if mode == "swallows":
        await write(ctx, place)
        with suppress(Exception):
            await ctx.db.fetch("select 1 / 0")
    if mode == "exits":
        await write(ctx, place)
        sys.exit("gone")
    if mode == "cancels":
        await write(ctx, place)
        own = asyncio.ensure_future(asyncio.sleep(HANG_SECONDS))
        own.cancel()
        await own
    if mode == "blocks":
        block()
    if mode.startswith("hangs"):
        told(f"{ctx.tenant.slug} {place} came to its end")
    return {"answers text": "rubbish", "answers numbers": [1, 2], "answers nothing": None}.get(mode, ...)


def block() -> None:
    """Hold up the whole process."""
    time.sleep(BLOCK_SECONDS)


class Unspeakable:
    """What no sentence can say."""

    def __str__(self) -> str:
        raise LookupError


VIEWS = {
    "shows another's": View("storefront/market.html"),
    "shows what is not there": View("probe/nowhere.html"),
    "shows what breaks": View("probe/breaks.html"),
}
PARTS = {
    "has no icon": HomePart(tiles=(Tile("/", "rascal.tile", "no-such-icon"),)),
    "has no word": HomePart(tiles=(Tile("/", "rascal.nowhere", "store"),)),
    "has wrong members": HomePart(tiles=("rubbish",)),  # type: ignore[arg-type]  # wrong on purpose
    "has wrong values": HomePart("rascal.sentence", {"count": Unspeakable()}),
}


@pages.get(Face.PORTAL, "/page", permission=USE)
async def page(ctx: TenantContext) -> View:
    """A page."""
    await misbehave(ctx, "page")
    return View("probe/page.html")


@api.get("/things", permission=USE)
async def things(ctx: TenantContext) -> Done:
    """An operation."""
    await misbehave(ctx, "api")
    return Done(mode=ctx.settings(Choice).mode)


class Implementation:
    """Its hooks."""

    @hookimpl
    def register_api(self) -> Api:
        """Operations."""
        return api

    @hookimpl
    def register_pages(self) -> Pages:
        """Pages."""
        return pages

    @hookimpl
    async def provide_home(self, ctx: TenantContext) -> object:
        """A tile."""
        wrong = await misbehave(ctx, "provide_home")
        mode = ctx.settings(Choice).mode
        right = HomePart("rascal.sentence", {"count": 3}, tiles=(Tile("/page", "rascal.tile", "store"),))
        return PARTS.get(mode, right) if wrong is ... else wrong

    @hookimpl
    async def on_enabled(self, ctx: TenantContext) -> None:
        """A row of its own."""
        await misbehave(ctx, "on_enabled")

    @hookimpl
    async def on_disabled(self) -> None:
        """It wants to know nothing, and does not come back."""
        told("off")
        await asyncio.sleep(HANG_SECONDS)

    @hookimpl
    async def provide_shop_fragments(self, ctx: TenantContext, shop: Shop) -> object:  # noqa: ARG002 - the hook's own
        """A view."""
        wrong = await misbehave(ctx, "provide_shop_fragments")
        mode = ctx.settings(Choice).mode
        return [VIEWS.get(mode, View("probe/part.html"))] if wrong is ... else wrong


plugin = Plugin(
    name="probe",
    package="smilero_rascal",
    title={"ko": "재능 나눔", "en": "Rascal"},
    description={"ko": "일손을 구하고 재주를 나눕니다", "en": "Does wrong"},
    version="1",
    implementation=Implementation(),
    icon="store",
    settings=Choice,
    permissions=(Permission(USE, frozenset(Role)),),
)
