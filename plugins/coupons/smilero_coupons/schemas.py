"""Bodies of the coupon API."""

from datetime import UTC, datetime, timedelta
from typing import Annotated, Literal
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, ValidationInfo, field_validator
from pydantic_core import PydanticCustomError

from smilero_sdk.api import Schema

MOST_WON = 10_000_000
MOST_PERCENT = 100
MOST_STOCK = 1_000_000
LONGEST = timedelta(days=5 * 366)


class CampaignIn(Schema):
    """A new campaign. `value` is won, or percent from 1 to 100.

    It is judged at the moment `now` of the validation's context, where there is one, as in the life of a demo.
    """

    shop_id: UUID
    kind: Literal["won", "percent"]
    value: Annotated[int, Field(strict=True, ge=1, le=MOST_WON)]
    stock: Annotated[int, Field(strict=True, ge=1, le=MOST_STOCK)]
    per_person: Annotated[int, Field(strict=True, ge=1, le=100)] = 1
    # Strict: a bare number is no time.
    ends_at: Annotated[AwareDatetime, Field(strict=True)]

    @field_validator("value")
    @classmethod
    def _no_more_than_all(cls, value: int, info: ValidationInfo) -> int:
        if info.data.get("kind") == "percent" and value > MOST_PERCENT:
            raise PydanticCustomError("percent_over_100", "more than all of it")
        return value

    @field_validator("ends_at")
    @classmethod
    def _to_come(cls, ends_at: datetime, info: ValidationInfo) -> datetime:
        now: datetime = (info.context or {}).get("now") or datetime.now(UTC)
        if ends_at <= now:
            raise PydanticCustomError("ends_in_past", "over before it begins")
        # The last days of the year 9999 are outside of time in some other zone.
        if ends_at > now + LONGEST:
            raise PydanticCustomError("ends_too_late", "longer than any coupon lasts")
        return ends_at


class RedemptionIn(Schema):
    """The number that the customer says. `shop_id` only where the caller works at several shops that could be meant."""

    code: Annotated[str, Field(pattern=r"^[0-9]{6}$")]
    shop_id: UUID | None = None


class Page(BaseModel):
    """Which part of a list, newest first."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    shop_id: UUID | None = None
    cursor: UUID | None = None
    limit: Annotated[int, Field(ge=1, le=200)] = 50


class Out(BaseModel):
    """Read from a model's row."""

    model_config = ConfigDict(from_attributes=True)


class CampaignOut(Out):
    """A campaign with its counters."""

    id: UUID
    shop_id: UUID
    kind: str
    value: int
    stock: int
    per_person: int
    claimed: int
    redeemed: int
    ends_at: datetime
    created_at: datetime


class ClaimOut(Out):
    """A claim. `code` is for the person who holds it; null for everybody else. `sheet_id` of one on paper, which nobody holds."""

    id: UUID
    campaign_id: UUID
    shop_id: UUID
    code: str | None
    sheet_id: UUID | None
    claimed_at: datetime
    redeemed_at: datetime | None


class RedemptionOut(Out):
    """A redemption, and what to do at the till."""

    id: UUID
    claim_id: UUID
    campaign_id: UUID
    shop_id: UUID
    redeemed_at: datetime


class CampaignList(BaseModel):
    """Campaigns, newest first."""

    items: list[CampaignOut]
    next_cursor: UUID | None


class ClaimList(BaseModel):
    """Claims, newest first."""

    items: list[ClaimOut]
    next_cursor: UUID | None


class RedemptionList(BaseModel):
    """Redemptions, newest first."""

    items: list[RedemptionOut]
    next_cursor: UUID | None
