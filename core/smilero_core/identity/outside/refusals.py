"""Why a sign-in outside came to nothing, in the few words that a person can act on."""

from enum import StrEnum


class Why(StrEnum):
    """The stable codes; the sentence of each is `identity.outside.<code>`."""

    DENIED = "denied"  # the person said no
    EXPIRED = "expired"  # too late, used before, or begun in another browser
    FORGED = "forged"  # what came back does not prove anything
    DOWN = "down"  # the provider does not answer, or answers what nobody can read
    OFF = "off"  # the foundation has switched the provider off
    UNKNOWN = "unknown"  # proved, and nobody's yet: the phone says whose it is


class OutsideError(Exception):
    """A sign-in outside came to nothing.

    Args:
        why: for the person.
        detail: for the owner who sets a provider up, and for the log; never anything personal or secret.
    """

    def __init__(self, why: Why, detail: str) -> None:
        super().__init__(detail)
        self.why = why
        self.detail = detail
