"""How often one caller may carry out a command."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, TypeVar

Handler = TypeVar("Handler", bound=Callable[..., Awaitable[Any]])


@dataclass(frozen=True)
class Limit:
    """So many times in so many seconds, for each caller: a token, a session, or an address where nobody has signed in."""

    most: int
    seconds: int


_LIMITS: dict[object, Limit] = {}


def limited(most: int, seconds: int) -> Callable[[Handler], Handler]:
    """Limit a command of the API or of a page; it stands below `@api.post` or `@pages.post`.

    The host counts before the command begins, repeated ones too, and answers `limits.reached` (429) with Retry-After. While redis is
    away nothing is counted and everything goes on: what may never be exceeded is for the database to hold.
    """

    def declare(handler: Handler) -> Handler:
        _LIMITS[handler] = Limit(most, seconds)
        return handler

    return declare


def limit_of(handler: object) -> Limit | None:
    """What was declared of it."""
    return _LIMITS.get(handler)
