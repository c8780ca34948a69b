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


class Lent(StrEnum):
    """How far a merchant may lend a right to somebody who helps her for a time.

    `LOOK` shows and changes nothing; `WORK` is the day's work of a shop. `NEVER` is for money, people, rights, secrets, refusals in
    somebody's name, and whatever is a person's own: it stays with the merchant, and a right of which nothing is said is one of these.
    """

    NEVER = "never"
    LOOK = "look"
    WORK = "work"


@dataclass(frozen=True)
class Permission:
    """A right that a role may hold. Its sentence for people is `permission.<name>` in the plugin's catalogue.

    Attributes:
        name: `<plugin>.<verb>`.
        roles: who holds it unless a foundation says otherwise.
        lent: how far a merchant may lend it to a helper.
    """

    name: str
    roles: frozenset[Role]
    lent: Lent = Lent.NEVER
