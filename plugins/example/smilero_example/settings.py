"""What a foundation and each shop choose. The console draws the forms from these models."""

from typing import Annotated, Literal

from pydantic import Field, SecretStr

from smilero_sdk.settings import Settings


class BookSettings(Settings):
    """Of the foundation."""

    longest: Annotated[int, Field(ge=20, le=300)] = 100
    per_day: Annotated[int, Field(ge=1, le=100)] = 20
    front_page: bool = False
    tone: Literal["plain", "warm"] = "warm"
    form_secret: SecretStr = SecretStr("")
    board_url: Annotated[str, Field(max_length=200, pattern=r"^(https?://\S+)?$")] = ""


class ShopBookSettings(Settings):
    """Of one shop: what stands above its book."""

    welcome: Annotated[str, Field(max_length=60)] = ""
