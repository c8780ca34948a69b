"""A value for any model, made from its fields alone, so that a new one is covered unasked."""

from datetime import UTC, date, datetime, time, timedelta
from enum import Enum
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin
from uuid import UUID

from annotated_types import Ge, Gt, MinLen
from pydantic import BaseModel, TypeAdapter

from smilero_sdk.ids import uuid7


def sample_of(model: type[BaseModel]) -> dict[str, Any]:
    """What the model takes, as JSON knows it: required fields only. It names no object that exists."""
    values = {name: _value(field.annotation, field.metadata) for name, field in model.model_fields.items() if field.is_required()}
    dumped: dict[str, Any] = TypeAdapter(dict[str, Any]).dump_python(values, mode="json")
    return dumped


def _value(kind: Any, limits: list[Any]) -> object:  # noqa: ANN401 - whatever an annotation holds
    origin = get_origin(kind)
    if origin is Annotated:
        return _value(get_args(kind)[0], [*get_args(kind)[1:], *limits])
    if origin is Literal:
        return get_args(kind)[0]
    if origin in (Union, UnionType):
        return _value(next(part for part in get_args(kind) if part is not NoneType), limits)
    if isinstance(kind, type) and issubclass(kind, Enum):
        return next(iter(kind))
    if isinstance(kind, type) and issubclass(kind, BaseModel):
        return sample_of(kind)
    return _plain(kind, limits)


def _plain(kind: Any, limits: list[Any]) -> object:  # noqa: ANN401 - as above
    now = datetime.now(UTC)
    least = next((int(str(limit.ge)) for limit in limits if isinstance(limit, Ge)), None)
    least = next((int(str(limit.gt)) + 1 for limit in limits if isinstance(limit, Gt)), least)
    length = next((limit.min_length for limit in limits if isinstance(limit, MinLen)), 1)
    made: dict[Any, object] = {
        UUID: uuid7(),
        bool: False,
        int: 1 if least is None else least,
        float: 1.0,
        str: "x" * length,
        datetime: now + timedelta(days=1),
        date: now.date(),
        time: now.time(),
    }
    return made.get(kind, [])
