"""The days of demo life that the contract's checks look at: few, and the same in each run but for the date."""

from collections.abc import Awaitable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from random import Random

from smilero_core.plugins.context import Context
from smilero_sdk.context import Actor, TenantContext
from smilero_sdk.registry import Shop

_DAYS = 5


@dataclass(frozen=True)
class Life:
    """Implements `smilero_sdk.demo.DemoLife` with the people of the cast."""

    context: Context
    people: Mapping[str, Actor]
    both: Sequence[Shop]

    @property
    def days(self) -> Sequence[date]:
        """The last one yesterday."""
        return [self.context.today - timedelta(days=ago) for ago in range(_DAYS, 0, -1)]

    @property
    def random(self) -> Random:
        """Seeded."""
        return Random(f"{self.context.tenant.slug} {self.context.plugin}")  # noqa: S311 - a play, and the same each time

    @property
    def shops(self) -> Sequence[Shop]:
        """Both."""
        return self.both

    @property
    def customers(self) -> Sequence[Actor]:
        """Two."""
        return [self.people["customer"], self.people["other customer"]]

    def merchant(self, shop: Shop) -> Actor:
        """Who runs a shop."""
        return self.people["merchant" if shop.id == self.both[0].id else "other merchant"]

    def at(self, moment: datetime, actor: Actor) -> TenantContext:
        """The same transaction then, by somebody."""
        return replace(self.context, now=moment, caller=actor)


async def seed(context: Context, life: Life) -> None:
    """Let the context's plugin play, where it can."""
    for hook in context.services.host.calls("provide_demo", frozenset({context.plugin})):
        played = hook.call({"ctx": context, "life": life})
        if isinstance(played, Awaitable):
            await played
