"""Bodies of the API. Their names are unique in the whole document."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from smilero_sdk.api import Schema


class GreetingIn(Schema):
    """A new greeting."""

    text: Annotated[str, Field(min_length=1, max_length=300)]


class OutsideGreeting(Schema):
    """What the outside form sends to the webhook; `id` is its own, the same each time that it is sent."""

    id: Annotated[str, Field(min_length=1, max_length=100)]
    shop_id: UUID
    text: Annotated[str, Field(min_length=1, max_length=300)]


class GreetingPage(BaseModel):
    """Which part of the list, newest first."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    cursor: UUID | None = None
    limit: Annotated[int, Field(ge=1, le=200)] = 50


class GreetingOut(BaseModel):
    """A greeting. Who wrote it is nobody's business."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    shop_id: UUID
    text: str
    created_at: datetime
    thanked_at: datetime | None


class GreetingList(BaseModel):
    """Greetings, newest first."""

    items: list[GreetingOut]
    next_cursor: UUID | None
