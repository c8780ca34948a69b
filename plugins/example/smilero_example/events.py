"""What the plugin tells others, and what it reads of theirs. Ids and figures only, never personal data."""

from uuid import UUID

from pydantic import BaseModel

from smilero_sdk.events import Event


class Written(Event, name="written"):
    """A customer greeted a shop."""

    greeting_id: UUID
    shop_id: UUID


class Thanked(Event, name="thanked"):
    """The shop thanked for it."""

    greeting_id: UUID
    shop_id: UUID


class ThanksTakenBack(Event, name="thanks_taken_back"):
    """That was a wrong tap; the greeting waits for thanks again."""

    greeting_id: UUID
    shop_id: UUID


class RedeemedCoupon(BaseModel):
    """As much as we need of `coupons.redeemed`: plugins share names and versions, not classes."""

    shop_id: UUID


ALL = (Written, Thanked, ThanksTakenBack)
