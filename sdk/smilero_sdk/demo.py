"""Sixty days of plausible life for a demo, made by the plugins' own services."""

from collections.abc import Sequence
from datetime import date, datetime
from random import Random
from typing import Protocol

from smilero_sdk.context import Actor, TenantContext
from smilero_sdk.registry import Shop


class DemoLife(Protocol):
    """The stage: the same for the same tenant and day, whenever it is asked."""

    @property
    def days(self) -> Sequence[date]:
        """The calendar days to fill, the last one yesterday."""

    @property
    def random(self) -> Random:
        """Seeded by tenant and plugin; the only source of chance."""

    @property
    def shops(self) -> Sequence[Shop]:
        """The shops that have demo merchants, the first bakery in front."""

    @property
    def customers(self) -> Sequence[Actor]:
        """Customers of the tenant."""

    def merchant(self, shop: Shop) -> Actor:
        """Who runs a shop."""

    def at(self, moment: datetime, actor: Actor) -> TenantContext:
        """The same transaction at a moment of the past and by somebody: what services write is dated there."""
