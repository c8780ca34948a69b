"""Text as it is kept: composed, and nothing in it that is no text."""

import unicodedata
from typing import Any

from pydantic_core import PydanticCustomError

# The controls that people type.
_TYPED = frozenset("\t\n\r")


def composed(text: str) -> str:
    """The text in NFC, as all text here is kept: some machines send a syllable of Hangul in its letters."""
    return unicodedata.normalize("NFC", text)


def kept(value: Any) -> Any:  # noqa: ANN401 - whatever a field holds
    """A field's value with its texts composed. Raises PydanticCustomError `control` for a character that no text has."""
    if isinstance(value, str):
        # PostgreSQL takes no zero character at all (its manual, 8.3).
        if any(letter < " " and letter not in _TYPED for letter in value):
            raise PydanticCustomError("control", "a control character")
        return composed(value) if type(value) is str else value
    return [kept(one) for one in value] if type(value) is list else value
