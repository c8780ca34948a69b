"""The fields of a settings model, as a form shows and reads them."""

import datetime as dt
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from annotated_types import Ge, Gt, Le, Lt, MaxLen, MinLen
from pydantic import SecretStr
from pydantic.fields import FieldInfo

from smilero_sdk.settings import Settings

# Where a model names no limit.
LONGEST_TEXT = 2_000
_NUMBER = re.compile(r"[+-]?\d{1,15}")


class Kind(StrEnum):
    """What a field is to the person who fills it in."""

    SWITCH = "switch"
    NUMBER = "number"
    TEXT = "text"
    CHOICE = "choice"
    DATE = "date"
    TIME = "time"
    SECRET = "secret"  # noqa: S105 - the word for one


_KINDS: dict[Any, Kind] = {
    bool: Kind.SWITCH,
    int: Kind.NUMBER,
    str: Kind.TEXT,
    dt.date: Kind.DATE,
    dt.time: Kind.TIME,
    SecretStr: Kind.SECRET,
}


class UnreadableError(Exception):
    """What was written is not of the field's kind.

    Attributes:
        reason: as pydantic calls it, `int_parsing`; its sentence is `invalid.<reason>`.
    """

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True)
class SettingField:
    """One setting.

    Attributes:
        optional: whether it may be None.
        words: of a choice, in the model's order.
        least, most: of a number, both included.
        longest: of a text or secret, in characters.
    """

    name: str
    kind: Kind
    optional: bool = False
    words: tuple[str, ...] = ()
    least: int | None = None
    most: int | None = None
    longest: int = LONGEST_TEXT

    @classmethod
    def of(cls, name: str, found: FieldInfo) -> "SettingField":
        """Describe a field. Raises ValueError for a kind that no form can show."""
        annotation, limits = _unwrapped(found.annotation)
        limits = [*found.metadata, *limits]
        optional = False
        if get_origin(annotation) in (Union, UnionType):
            optional = NoneType in get_args(annotation)
            rest = [part for part in get_args(annotation) if part is not NoneType]
            if len(rest) != 1:
                raise ValueError(name)
            annotation, more = _unwrapped(rest[0])
            limits += more
        kind, words = _kind(annotation)
        if kind is None or (optional and kind is Kind.SWITCH):
            raise ValueError(name)
        return cls(name, kind, optional, words, **_limits(limits))

    def read(self, text: str) -> object:
        """The value of what somebody wrote. Raises UnreadableError; the model's own limits are asked later."""
        text = unicodedata.normalize("NFC", text.replace("\r\n", "\n")).strip()
        if self.kind is Kind.SWITCH:
            return text == "true"
        if not text:
            return self._nothing()
        if any(unicodedata.category(character) == "Cc" and character != "\n" for character in text):
            raise UnreadableError("control")
        if self.kind is Kind.NUMBER:
            return _number(text)
        if self.kind in (Kind.DATE, Kind.TIME):
            return self._moment(text)
        if self.kind is Kind.CHOICE and text not in self.words:
            raise UnreadableError("literal_error")
        if len(text) > self.longest:
            raise UnreadableError("string_too_long")
        return text

    def _nothing(self) -> str | None:
        if self.optional:
            return None
        if self.kind in (Kind.TEXT, Kind.SECRET):
            return ""
        raise UnreadableError("missing")

    def _moment(self, text: str) -> dt.date | dt.time:
        reason = f"{self.kind.value}_parsing"
        try:
            moment = dt.date.fromisoformat(text) if self.kind is Kind.DATE else dt.time.fromisoformat(text)
        except ValueError as error:
            raise UnreadableError(reason) from error
        if isinstance(moment, dt.time) and moment.tzinfo is not None:
            raise UnreadableError(reason)
        return moment


def fields_of(model: type[Settings] | None) -> list[SettingField]:
    """The fields in the model's order."""
    return [SettingField.of(name, found) for name, found in (model.model_fields if model else {}).items()]


def _unwrapped(annotation: Any) -> tuple[Any, list[Any]]:  # noqa: ANN401 - whatever an annotation holds
    """A type without `Annotated`, and what that said of it."""
    if get_origin(annotation) is not Annotated:
        return annotation, []
    inner, *said = get_args(annotation)
    return inner, [limit for one in said for limit in (one.metadata if isinstance(one, FieldInfo) else [one])]


def _kind(annotation: Any) -> tuple[Kind | None, tuple[str, ...]]:  # noqa: ANN401 - whatever an annotation holds
    if get_origin(annotation) is Literal:
        words = get_args(annotation)
        return (Kind.CHOICE if all(isinstance(word, str) for word in words) else None), words
    if isinstance(annotation, type) and issubclass(annotation, StrEnum):
        return Kind.CHOICE, tuple(word.value for word in annotation)
    return _KINDS.get(annotation), ()


def _limits(said: list[Any]) -> dict[str, int]:
    return dict(_told(said))


def _told(said: list[Any]) -> Iterator[tuple[str, int]]:
    for limit in said:
        match limit:
            case Ge(ge=int(value)):
                yield "least", value
            case Gt(gt=int(value)):
                yield "least", value + 1
            case Le(le=int(value)):
                yield "most", value
            case Lt(lt=int(value)):
                yield "most", value - 1
            case MaxLen(max_length=int(value)):
                yield "longest", value
            case MinLen() | _:
                continue


def _number(text: str) -> int:
    plain = re.sub(r"[,\s]", "", text)
    if not _NUMBER.fullmatch(plain):
        raise UnreadableError("int_parsing")
    return int(plain)
