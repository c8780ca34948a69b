"""What a foundation and a shop choose for coupons."""

from datetime import timedelta
from typing import Annotated

from pydantic import Field

from smilero_sdk.settings import Settings


class CouponSettings(Settings):
    """Of a foundation.

    Attributes:
        undo_minutes: how long a wrong tap, a coupon made or one used, can be taken back.
        stock: how many coupons are offered first to a merchant who makes one.
        per_person: how many of a new coupon one customer can have.
        two_won: from how many won on, all coupons of a campaign together, a second person must agree, where the foundation wants one.
    """

    undo_minutes: Annotated[int, Field(ge=1, le=10)] = 10
    stock: Annotated[int, Field(ge=1, le=1_000)] = 30
    per_person: Annotated[int, Field(ge=1, le=10)] = 1
    two_won: Annotated[int, Field(ge=10_000, le=1_000_000_000)] = 1_000_000

    @property
    def undo(self) -> timedelta:
        """How long a step can be taken back."""
        return timedelta(minutes=self.undo_minutes)


class ShopCouponSettings(Settings):
    """Of a shop.

    Attributes:
        note: a line under the shop's coupons; empty for none.
    """

    note: Annotated[str, Field(max_length=40)] = ""
