"""What a foundation is to begin with: one TOML file each, and its rows of the national standard file beside it."""

import json
import tomllib
from importlib import resources
from importlib.resources.abc import Traversable
from typing import Annotated, Final, Literal, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints, ValidationError, model_validator

from smilero_core.platform.colour import READABLE, contrast_with_white
from smilero_sdk.errors import Problem
from smilero_sdk.i18n import DEFAULT_LANGUAGE

_STRICT: Final = ConfigDict(strict=True, frozen=True, extra="forbid")


def _readable(colour: str) -> str:
    if contrast_with_white(colour) < READABLE:
        msg = f"contrast on white is below {READABLE}"
        raise ValueError(msg)
    return colour


Text = Annotated[str, StringConstraints(min_length=1, max_length=80, strip_whitespace=True)]
Language = Literal["ko", "en", "zh", "vi", "uk"]
HostLabel = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9-]{1,30}[a-z0-9]$")]


class Sender(BaseModel):
    """Who a message of the foundation says it is from, and the number one may call."""

    model_config = _STRICT

    name: Text
    phone: Annotated[str, StringConstraints(pattern=r"^0[0-9]{1,2}-[0-9]{3,4}-[0-9]{4}$")]


class MarketDefinition(BaseModel):
    """A foundation as its TOML file defines it.

    Attributes:
        slug: the tenant's name in addresses, commands and exports.
        host: the label before the platform's own host.
        name: by language; Korean is required.
        timezone: Korea's, since legal and market days are days in Korea.
        area: a market is the foundation's when its road or lot address contains one of these.
        colour: `#rrggbb`, at least 4.5:1 on white.
        seal: one Hangul syllable.
    """

    model_config = _STRICT

    slug: HostLabel
    host: HostLabel
    name: dict[Language, Text]
    area: Annotated[tuple[Text, ...], Field(min_length=1)]
    locale: Language
    timezone: Literal["Asia/Seoul"]
    body_type: Literal["foundation"]
    colour: Annotated[str, StringConstraints(pattern=r"^#[0-9a-f]{6}$"), AfterValidator(_readable)]
    seal: Annotated[str, StringConstraints(pattern=r"^[가-힣]$")]
    sender: Sender

    @model_validator(mode="after")
    def _is_named_in_korean(self) -> Self:
        if DEFAULT_LANGUAGE not in self.name:
            msg = "name.ko is required"
            raise ValueError(msg)
        return self

    def title(self, language: str) -> str:
        """The name in `language`, else in Korean."""
        return next((name for known, name in self.name.items() if known == language), self.name["ko"])

    def standard_file(self) -> bytes:
        """The foundation's rows of the national standard file, as published (CP949)."""
        return _folder().joinpath(f"{self.slug}.csv").read_bytes()


def read_definition(text: str, *, file: str) -> MarketDefinition:
    """Read one definition. Raises Problem `tenants.definition_syntax` or `tenants.definition`, which name the file and what is wrong."""
    try:
        return MarketDefinition.model_validate_json(json.dumps(tomllib.loads(text), default=str))
    except tomllib.TOMLDecodeError as error:
        raise Problem("tenants.definition_syntax", 422, file=file, reason=str(error)) from None
    except ValidationError as error:
        wrong = [f"{'.'.join(map(str, detail['loc'])) or 'name'}: {detail['msg']}" for detail in error.errors(include_url=False)]
        raise Problem("tenants.definition", 422, file=file, reasons="; ".join(wrong)) from None


def load_definitions() -> list[MarketDefinition]:
    """The definitions that Smilero carries, by slug. Raises the Problems of `read_definition`."""
    files = sorted((file for file in _folder().iterdir() if file.name.endswith(".toml")), key=lambda file: file.name)
    return [read_definition(file.read_text(encoding="utf-8"), file=file.name) for file in files]


def _folder() -> Traversable:
    return resources.files("smilero_tenants.markets")
