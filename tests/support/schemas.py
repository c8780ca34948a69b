"""JSON Schema as far as our document uses it, and what an answer says against it.

A keyword that is not known here fails, so that nothing is let through unchecked.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from datetime import date, datetime
from typing import Any
from uuid import UUID

Schema = Mapping[str, Any]

_TYPES: dict[str, Callable[[Any], bool]] = {
    "object": lambda value: isinstance(value, dict),
    "array": lambda value: isinstance(value, list),
    "string": lambda value: isinstance(value, str),
    "integer": lambda value: isinstance(value, int) and not isinstance(value, bool),
    "number": lambda value: isinstance(value, int | float) and not isinstance(value, bool),
    "boolean": lambda value: isinstance(value, bool),
    "null": lambda value: value is None,
}
_FORMATS: dict[str, Callable[[str], object]] = {
    "uuid": UUID,
    "date": date.fromisoformat,
    "date-time": lambda text: datetime.fromisoformat(text).utcoffset() or datetime.fromisoformat(text).astimezone(),
}
_SAYS_NOTHING = {"title", "description", "default"}


class Validator:
    """Checks values against the schemas of one OpenAPI document."""

    def __init__(self, document: Mapping[str, Any]) -> None:
        self.document = document

    def faults(self, schema: Schema, value: object, at: str = "$") -> list[str]:
        """What does not fit, each with its place."""
        found: list[str] = []
        for keyword, wanted in schema.items():
            if keyword not in _SAYS_NOTHING:
                found += [f"{at}: {fault}" if not fault.startswith("$") else fault for fault in self._check(keyword, wanted, value, at)]
        if schema.get("additionalProperties") is False and isinstance(value, dict):
            found += [f"{at}: {name} is not in the schema" for name in value.keys() - schema.get("properties", {}).keys()]
        return found

    def resolve(self, reference: str) -> Schema:
        """The schema that a `$ref` names. Raises KeyError."""
        found: Any = self.document
        for part in reference.removeprefix("#/").split("/"):
            found = found[part]
        schema: Schema = found
        return schema

    def _check(self, keyword: str, wanted: Any, value: Any, at: str) -> Iterator[str]:  # noqa: ANN401, C901, PLR0912 - one case is one keyword
        match keyword:
            case "$ref":
                yield from self.faults(self.resolve(wanted), value, at)
            case "anyOf":
                if all(self.faults(option, value, at) for option in wanted):
                    yield f"{value!r} fits none of {wanted}"
            case "type":
                if not _TYPES[wanted](value):
                    yield f"{value!r} is no {wanted}"
            case "enum":
                if value not in wanted:
                    yield f"{value!r} is not in {wanted}"
            case "required":
                yield from (f"{name} is missing" for name in wanted if isinstance(value, dict) and name not in value)
            case "properties":
                for name, schema in wanted.items():
                    if isinstance(value, dict) and name in value:
                        yield from self.faults(schema, value[name], f"{at}.{name}")
            case "items":
                for index, one in enumerate(value if isinstance(value, list) else []):
                    yield from self.faults(wanted, one, f"{at}[{index}]")
            case "format":
                if isinstance(value, str) and not _fits(wanted, value):
                    yield f"{value!r} is no {wanted}"
            case "pattern":
                if isinstance(value, str) and not re.search(wanted, value):
                    yield f"{value!r} does not match {wanted}"
            case "minimum" | "maximum":
                if isinstance(value, int | float) and (value < wanted if keyword == "minimum" else value > wanted):
                    yield f"{value!r} against {keyword} {wanted}"
            case "maxLength":
                if isinstance(value, str) and len(value) > wanted:
                    yield f"longer than {wanted}"
            case "additionalProperties":
                if wanted is not False:
                    yield f"additionalProperties {wanted!r} is not understood"
            case _:
                yield f"{keyword} is not understood"


def _fits(name: str, text: str) -> bool:
    try:
        _FORMATS[name](text)
    except ValueError:
        return False
    return True
