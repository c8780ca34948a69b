"""Sixty days of greetings, made by the plugin's own service."""

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from smilero_example.service import GuestBook
from smilero_sdk.context import TenantContext
from smilero_sdk.demo import DemoLife

# How many sentences the catalogue has for it.
SENTENCES = 6

_SHOPS = 5


async def live(ctx: TenantContext, life: DemoLife) -> None:
    """Every few days a customer greets one of the first shops, and its merchant mostly thanks the same evening."""
    zone, chance = ZoneInfo(ctx.tenant.timezone), life.random
    for day in life.days:
        for shop in life.shops[:_SHOPS]:
            if not life.customers or chance.random() > 0.3:  # noqa: PLR2004 - about two a week
                continue
            moment = datetime.combine(day, time(chance.randint(9, 19), chance.randint(0, 59)), zone)
            text = ctx.text(f"example.demo.{chance.randint(1, SENTENCES)}")
            greeting_id = await GuestBook(life.at(moment, chance.choice(life.customers))).write(shop.id, text)
            if chance.random() < 0.8:  # noqa: PLR2004 - the others wait
                await GuestBook(life.at(moment + timedelta(hours=1), life.merchant(shop))).thank(greeting_id)
