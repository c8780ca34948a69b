"""Pages of the three faces: customers write, merchants thank, the foundation looks on."""

from typing import Annotated
from uuid import UUID

from pydantic import Field

from smilero_example.models import Greeting
from smilero_example.rights import HIDE, READ, THANK, WRITE
from smilero_example.service import GuestBook, topic
from smilero_example.settings import BookSettings, ShopBookSettings
from smilero_sdk.approvals import Approval, Fact, Proposal
from smilero_sdk.context import TenantContext
from smilero_sdk.errors import not_found
from smilero_sdk.ids import uuid7
from smilero_sdk.pages import Face, Form, Live, Pages, Redirect, View
from smilero_sdk.papers import Column, Roll

pages = Pages()

_SHOWN = 30
_PRINTED = 300


class Words(Form):
    """The greeting."""

    text: Annotated[str, Field(max_length=300)]


@pages.get(Face.PUBLIC, "/books/{shop_id}", permission=None)
async def show_book(ctx: TenantContext, shop_id: UUID) -> View:
    """A shop's book, and the form. Sending it asks who it is; reading does not."""
    shop = await ctx.registry.shop(shop_id)
    book = GuestBook(ctx)
    context = {
        "shop": {"name": shop.name, "place": f"{shop.market} {shop.stall}".strip()},
        "welcome": (await ctx.shop_settings(ShopBookSettings, shop_id)).welcome,
        "guests": await book.repository.guests(shop_id),
        "greetings": [card(row) for row in await book.repository.page(None, _SHOWN, [shop_id])],
        "longest": ctx.settings(BookSettings).longest,
        "key": str(uuid7()),
        "action": f"/example/books/{shop_id}",
    }
    return View("example/book.html", context)


@pages.post(Face.PUBLIC, "/books/{shop_id}", permission=WRITE)
async def write(ctx: TenantContext, form: Words, shop_id: UUID) -> Redirect:
    """Greet, and see it in the book."""
    await GuestBook(ctx).write(shop_id, form.text)
    return Redirect(f"/example/books/{shop_id}")


@pages.get(Face.PORTAL, "/greetings", permission=READ)
async def show_greetings(ctx: TenantContext) -> View:
    """The greetings to the shop that is worked for."""
    book, shop_id = GuestBook(ctx), _shop(ctx)
    rows = await book.repository.page(None, _SHOWN, [shop_id])
    context = {
        "greetings": [card(row) | {"action": f"/portal/example/greetings/{row.id}/thanks", "key": str(uuid7())} for row in rows],
        "waiting": await book.repository.waiting(shop_id),
        "live_url": "/portal/example/live",
    }
    return View("example/greetings.html", context)


@pages.get(Face.PORTAL, "/live", permission=READ)
async def live_waiting(ctx: TenantContext) -> Live:
    """How many wait for thanks, as it changes."""
    shop_id = _shop(ctx)
    return Live(topic(shop_id), "waiting", {"waiting": await GuestBook(ctx).repository.waiting(shop_id)})


@pages.post(Face.PORTAL, "/greetings/{greeting_id}/thanks", permission=THANK)
async def thank(ctx: TenantContext, greeting_id: UUID) -> Redirect:
    """One tap."""
    await GuestBook(ctx).thank(greeting_id)
    return Redirect("/portal/example/greetings")


@pages.post(Face.PORTAL, "/greetings/{greeting_id}/thanks/undo", permission=THANK)
async def take_thanks_back(ctx: TenantContext, greeting_id: UUID) -> Redirect:
    """The way back from a wrong tap; the host's bar leads here from whatever page."""
    await GuestBook(ctx).take_thanks_back(greeting_id)
    return Redirect("/portal/example/greetings")


@pages.get(Face.CONSOLE, "/greetings", permission=READ)
async def list_greetings(ctx: TenantContext) -> View:
    """The newest greetings to all shops."""
    rows = await GuestBook(ctx).repository.page(None, _SHOWN)
    shops = {shop_id: (await ctx.registry.shop(shop_id)).name for shop_id in {row.shop_id for row in rows}}
    action = "/console/example/greetings/{}/hide" if ctx.actor.may(HIDE) else None
    shown = [
        card(row) | {"shop": shops[row.shop_id], "action": action.format(row.id) if action else None, "key": str(uuid7())} for row in rows
    ]
    return View("example/console.html", {"greetings": shown})


@pages.paper(Face.CONSOLE, "/greetings/paper", permission=READ)
async def print_greetings(ctx: TenantContext) -> Roll:
    """The newest greetings as a list on paper."""
    rows = await GuestBook(ctx).repository.page(None, _PRINTED)
    shops = {shop_id: (await ctx.registry.shop(shop_id)).name for shop_id in {row.shop_id for row in rows}}
    return Roll(
        ctx.text("example.title"),
        (
            Column(ctx.text("example.console.day"), share=2),
            Column(ctx.text("example.console.shop"), share=3),
            Column(ctx.text("example.console.text"), share=7),
        ),
        tuple((f"{row.created_at:%Y-%m-%d}", shops[row.shop_id], row.text) for row in rows),
    )


async def _what_is_hidden(ctx: TenantContext, greeting_id: UUID) -> Proposal:
    greeting = await GuestBook(ctx).greeting(greeting_id)
    shop = await ctx.registry.shop(greeting.shop_id)
    # Not the words themselves: they are somebody's, who may want them erased meanwhile.
    return Proposal("example.hide.said", {"shop": shop.name}, (Fact("example.console.day", greeting.created_at.date().isoformat()),))


@pages.post(Face.CONSOLE, "/greetings/{greeting_id}/hide", permission=HIDE, approval=Approval("example.hide", _what_is_hidden))
async def hide(ctx: TenantContext, greeting_id: UUID) -> Redirect:
    """Out of sight, on record."""
    await GuestBook(ctx).hide(greeting_id)
    return Redirect("/console/example/greetings")


def card(row: Greeting) -> dict[str, object]:
    """A greeting for a template."""
    return {"text": row.text, "day": row.created_at.date(), "thanked": row.thanked_at is not None}


def _shop(ctx: TenantContext) -> UUID:
    if ctx.shop_id is None:
        raise not_found("shop")
    return ctx.shop_id
