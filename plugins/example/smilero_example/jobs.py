"""What is done later, by the clock, and when others tell of something. All of it runs in the worker."""

from datetime import time

from smilero_example import board
from smilero_example.events import RedeemedCoupon
from smilero_example.payloads import OneGreeting
from smilero_example.service import PUBLISH, TELL_WRITER, GuestBook
from smilero_example.settings import BookSettings
from smilero_sdk.context import OutsideContext, TenantContext
from smilero_sdk.errors import Problem
from smilero_sdk.events import Happened, Subscriptions
from smilero_sdk.jobs import Jobs, Schedules

jobs = Jobs()
schedules = Schedules()
subscriptions = Subscriptions()


@jobs.job(TELL_WRITER)
async def tell_writer(ctx: TenantContext, payload: OneGreeting) -> None:
    """A job on the database: its effect happens once, however often it is begun."""
    await GuestBook(ctx).tell_writer(payload.greeting_id)


@jobs.outside(PUBLISH, tries=5)
async def publish(ctx: OutsideContext, payload: OneGreeting) -> None:
    """A job that calls others: read in a transaction, close it, then call with an id that makes a repetition harmless."""
    async with ctx.transaction() as inside:
        try:
            text = (await GuestBook(inside).greeting(payload.greeting_id)).text
        except Problem:
            return  # hidden meanwhile
    url = ctx.settings(BookSettings).board_url
    if url:
        await board.post(url, text, str(ctx.job_id))


@schedules.daily(time(21, 0))
async def digest(ctx: TenantContext) -> None:
    """At nine in the evening, where the markets are."""
    await GuestBook(ctx).digest()


@subscriptions.on("coupons.redeemed")
async def count_guest(ctx: TenantContext, event: Happened) -> None:
    """Another plugin's event, by name and version; nothing happens where that plugin is off."""
    await GuestBook(ctx).repository.count_guest(event.read(RedeemedCoupon).shop_id)
