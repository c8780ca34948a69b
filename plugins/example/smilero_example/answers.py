"""What the host asks for: home, front page, shop page, search, sheets, figures."""

from datetime import timedelta

from smilero_example.pages import card
from smilero_example.rights import READ, THANK
from smilero_example.service import UNDO, GuestBook
from smilero_example.settings import BookSettings
from smilero_sdk.answers import Measure, MeasureValue, Period, Printout, Search, SearchHit, Todo, Unit
from smilero_sdk.context import TenantContext
from smilero_sdk.finding import WITHIN, pattern, weight
from smilero_sdk.pages import Face, HomePart, Tile, Undo, View
from smilero_sdk.registry import Shop

MEASURES = [Measure("greetings", Unit.COUNT), Measure("writers", Unit.PEOPLE)]

_NEWEST = 3
# After so long somebody of the foundation should look after it.
_PATIENCE = timedelta(days=7)


async def home(ctx: TenantContext) -> HomePart:
    """A tile, with a red line while somebody waits for thanks."""
    if ctx.shop_id is None:
        return HomePart()
    waiting = await GuestBook(ctx).repository.waiting(ctx.shop_id)
    tile = Tile("/greetings", "example.tile", "notebook-pen", "example.tile.waiting" if waiting else None)
    return HomePart("example.home.waiting" if waiting else None, {"count": waiting}, tiles=(tile,))


async def todos(ctx: TenantContext) -> list[Todo]:
    """One line for all greetings that have waited for thanks too long."""
    count, since = await GuestBook(ctx).repository.overdue(ctx.now - _PATIENCE)
    if since is None:
        return []
    return [Todo(ctx.text("example.todo"), ctx.text("example.todo.detail", count=count), "/greetings", READ, since, count=count)]


async def undo(ctx: TenantContext) -> Undo | None:
    """The thanks that can be taken back; asked for every page of the portal, so one statement."""
    if ctx.shop_id is None or not ctx.actor.may(THANK):
        return None
    last = await GuestBook(ctx).repository.last_thanked(ctx.shop_id, ctx.now - UNDO)
    if last is None or last.thanked_at is None:
        return None
    return Undo(f"/greetings/{last.id}/thanks/undo", "example.step.thanks", last.thanked_at, last.thanked_at + UNDO)


async def front_page(ctx: TenantContext) -> View | None:
    """The newest greetings, where the foundation wants them in front; else the page is left to another plugin."""
    if not ctx.settings(BookSettings).front_page:
        return None
    rows = await GuestBook(ctx).repository.page(None, 20)
    shops = {shop_id: (await ctx.registry.shop(shop_id)).name for shop_id in {row.shop_id for row in rows}}
    shown = [card(row) | {"shop": shops[row.shop_id], "url": f"/example/books/{row.shop_id}"} for row in rows]
    return View("example/front.html", {"greetings": shown})


async def fragments(ctx: TenantContext, shop: Shop) -> list[View]:
    """The newest greetings on the shop's page, and the way to its book."""
    rows = await GuestBook(ctx).repository.page(None, _NEWEST, [shop.id])
    return [View("example/fragment.html", {"greetings": [card(row) for row in rows], "url": f"/example/books/{shop.id}"})]


async def hits(ctx: TenantContext, search: Search) -> list[SearchHit]:
    """Greetings by their words or their shop: all of them in the console, the shop's own on the portal, shown ones to everybody."""
    if search.face is not Face.PUBLIC and not ctx.actor.may(READ):
        return []
    shop_id = ctx.shop_id if search.face is Face.PORTAL else None
    rows = await GuestBook(ctx).repository.find(pattern(search.text), shop_id, search.limit)
    path = "/books/{}" if search.face is Face.PUBLIC else "/greetings"
    return [
        SearchHit(row["text"], row["shop"], path.format(row["shop_id"]), weight(search.text, row["text"]) or WITHIN // 2) for row in rows
    ]


def sheet(ctx: TenantContext, shop: Shop) -> Printout:
    """The invitation to write, to stand at the till."""
    return Printout("book", "example.sheet", ctx.text("example.sheet.title"), (ctx.text("example.sheet.line"),), f"/books/{shop.id}")


async def figures(ctx: TenantContext, period: Period) -> list[MeasureValue]:
    """By shop and day."""
    rows = await GuestBook(ctx).repository.figures(period.first, period.last, ctx.tenant.timezone)
    return [MeasureValue(one.name, row["day"], row[one.name], row["shop_id"]) for row in rows for one in MEASURES if row[one.name]]
