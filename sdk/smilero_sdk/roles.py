"""Who somebody is at a foundation, and what that lets him do."""

from dataclasses import dataclass
from enum import StrEnum


class Role(StrEnum):
    """Who somebody is at a foundation, from the most to the least trusted."""

    OPERATOR = "operator"
    OWNER = "owner"
    STAFF = "staff"
    OFFICER = "officer"
    MERCHANT = "merchant"
    CLERK = "clerk"
    CUSTOMER = "customer"


@dataclass(frozen=True)
class Permission:
    """A right that a role may hold. Its sentence for people is `permission.<name>` in the plugin's catalogue.

    Attributes:
        name: `<plugin>.<verb>`.
        roles: who holds it unless a foundation says otherwise.
    """

    name: str
    roles: frozenset[Role]
