"""Whether a hook's answer is what its specification says, down to the members of its lists, and can be shown."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, is_dataclass
from types import NoneType, UnionType
from typing import Any, Union, get_args, get_origin, get_type_hints

from smilero_sdk.answers import Kept, MeasureValue, PersonSection, Printout, SearchHit, Todo
from smilero_sdk.pages import HomePart, Tile, Undo, View

_ANYTHING = (Any, object)
_MOST_WEIGHT = 100
_NAME = re.compile(r"[A-Za-z0-9_-]{1,60}")


class RubbishError(TypeError):
    """An answer that its hook may not give."""


@dataclass(frozen=True)
class Shown:
    """What can be shown: templates by name, icons of the sprite, keys of the catalogue."""

    has_template: Callable[[str], bool]
    icons: frozenset[str]
    keys: frozenset[str]


def require_type(value: object, wanted: Any, place: str = "the answer") -> None:  # noqa: ANN401 - whatever an annotation holds
    """Raises RubbishError where a value, or something in it, is not of the annotated type."""
    if wanted in _ANYTHING:
        return
    origin, inner = get_origin(wanted), get_args(wanted)
    if origin in (Union, UnionType):
        if not any(_fits(value, kind) for kind in inner):
            raise _rubbish(value, wanted, place)
    elif origin is None:
        _require_plain(value, NoneType if wanted is None else wanted, place)
    elif not isinstance(value, origin) or isinstance(value, str):  # a text is a sequence of texts, and never meant as one
        raise _rubbish(value, wanted, place)
    else:
        for one, kind, where in _members(value, origin, inner):
            require_type(one, kind, f"{where} of {place}")


def require_showable(answer: object, plugin: str, measures: Mapping[str, object], shown: Shown | None) -> None:
    """Raises RubbishError for another plugin's template, an icon or a sentence that is not there, a measure that nobody registered."""
    for part in _parts(answer):
        for fault in _faults(part, plugin, measures, shown):
            msg = f"{type(part).__name__}: {fault}"
            raise RubbishError(msg)


def _members(value: object, origin: type, inner: tuple[Any, ...]) -> Iterator[tuple[object, Any, str]]:
    """What is in a mapping, list or tuple, each with its type and place. Raises RubbishError for a tuple of another length."""
    if isinstance(value, Mapping):
        for key, one in value.items():
            yield key, inner[0], "a key"
            yield one, inner[1], "a value"
    elif isinstance(value, Sequence):
        kinds = inner if origin is tuple and Ellipsis not in inner else inner[:1] * len(value)
        if len(kinds) != len(value):
            raise _rubbish(value, f"tuple of {len(kinds)}", "a member")
        yield from ((one, kind, f"[{index}]") for index, (one, kind) in enumerate(zip(value, kinds, strict=True)))


def _fits(value: object, kind: object) -> bool:
    try:
        require_type(value, kind)
    except RubbishError:
        return False
    return True


def _require_plain(value: object, kind: type, place: str) -> None:
    # A bool is an int to Python, and True is no figure.
    if not isinstance(value, kind) or (isinstance(value, bool) and kind is int):
        raise _rubbish(value, kind, place)
    if is_dataclass(value):
        hints = get_type_hints(type(value))
        for field in fields(value):
            require_type(getattr(value, field.name), hints[field.name], f"{type(value).__name__}.{field.name}")


def _rubbish(value: object, wanted: object, place: str) -> RubbishError:
    name = wanted.__name__ if isinstance(wanted, type) else str(wanted)
    return RubbishError(f"{place} is a {type(value).__name__}, not a {name}")


def _parts(value: object) -> Iterator[object]:
    """Every object of the contracts in an answer."""
    if isinstance(value, list | tuple):
        for one in value:
            yield from _parts(one)
    elif is_dataclass(value):
        yield value
        if isinstance(value, HomePart):
            yield from _parts([value.primary, *value.tiles])


def _faults(part: object, plugin: str, measures: Mapping[str, object], shown: Shown | None) -> Iterator[str]:
    if isinstance(part, View) and not part.template.startswith(f"{plugin}/"):
        yield "its template is another's"
    if isinstance(part, Tile | SearchHit | Printout | Todo | Undo):
        yield from _bad_path(part.path)
    if isinstance(part, HomePart | Undo):
        yield from _bad_step(part)
    if isinstance(part, SearchHit | Printout | Todo) and not part.title.strip():
        yield "it has no title"
    if isinstance(part, Todo):
        yield from _bad_todo(part, plugin)
    if isinstance(part, SearchHit) and not 0 <= part.weight <= _MOST_WEIGHT:
        yield "its weight is not of 0 to 100"
    if isinstance(part, Printout) and not _NAME.fullmatch(part.name):
        yield f"{part.name!r} is no name for an address"
    if isinstance(part, MeasureValue) and (part.measure not in measures or part.value < 0):
        yield f"{part.value} is no figure of a registered measure {part.measure!r}"
    if shown is not None:
        yield from _not_there(part, shown)


def _bad_step(part: HomePart | Undo) -> Iterator[str]:
    if isinstance(part, HomePart):
        yield from _bad_path(part.detail)
    elif not (part.done_at.tzinfo and part.until.tzinfo):
        yield "its moments have no time zone"


def _not_there(part: object, shown: Shown) -> Iterator[str]:
    if isinstance(part, View) and not shown.has_template(part.template):
        yield f"there is no template {part.template!r}"
    if isinstance(part, Tile) and part.icon not in shown.icons:
        yield f"there is no icon {part.icon!r}"
    yield from (f"there is no sentence {key!r}" for key in _keys(part) if key is not None and key not in shown.keys)


def _keys(part: object) -> tuple[str | None, ...]:
    match part:
        case HomePart(sentence=sentence):
            return (sentence,)
        case Tile(label=label, note=note):
            return (label, note)
        case Printout(label=label) | Undo(label=label):
            return (label,)
        case PersonSection(title=title):
            return (title,)
        case Kept(what=what, why=why):
            return (what, why)
    return ()


def _bad_path(path: str | None) -> Iterator[str]:
    if path is not None and (not path.startswith("/") or path.startswith("//") or not path.isprintable()):
        yield "its path does not begin with one /"


def _bad_todo(part: Todo, plugin: str) -> Iterator[str]:
    if not part.permission.startswith(f"{plugin}."):
        yield f"{part.permission!r} is no right of its own"
    if part.since.tzinfo is None:
        yield "nobody knows since when, without a zone"
    if part.count < 1:
        yield f"{part.count} things are nothing to do"
