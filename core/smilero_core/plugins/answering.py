"""Whether what a plugin answers is what the SDK says: a dataclass holds whatever a careless plugin puts into it."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Generic, TypeVar, get_type_hints

from pydantic import TypeAdapter, ValidationError

from smilero_core.plugins.context import Context
from smilero_core.plugins.failures import note_failure

Answer = TypeVar("Answer")

_known: dict[type, Mapping[str, TypeAdapter[Any]]] = {}


def sound(kind: type[Answer], given: object) -> Answer | None:
    """Something that is of a dataclass with each of its fields of the annotated type, else None."""
    if not isinstance(given, kind):
        return None
    try:
        for name, field in _fields(kind).items():
            field.validate_python(getattr(given, name), strict=True)
    except ValidationError:
        return None
    return given


@dataclass(frozen=True)
class Asked(Generic[Answer]):
    """A hook whose answer is a list.

    Attributes:
        kind: of its items.
        fits: what must hold of an item besides the types.
    """

    hook: str
    kind: type[Answer]
    fits: Callable[[Answer], bool]


def only_sound(context: Context, plugin: str, asked: Asked[Answer], given: Iterable[object]) -> list[Answer]:
    """What of a plugin's answer can be used; what cannot is left out and noted as one failure."""
    everything = list(given)
    good = [one for each in everything if (one := sound(asked.kind, each)) is not None and asked.fits(one)]
    if len(good) < len(everything):
        told = f"{len(everything) - len(good)} of {len(everything)} are no {asked.kind.__name__} that can be used"
        note_failure(context, plugin, asked.hook, TypeError(told))
    return good


def _fields(kind: type) -> Mapping[str, TypeAdapter[Any]]:
    if kind not in _known:
        _known[kind] = {name: TypeAdapter(hint) for name, hint in get_type_hints(kind).items()}
    return _known[kind]
