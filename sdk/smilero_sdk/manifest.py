"""The manifest: what a plugin says of itself before a line of it runs."""

from collections.abc import Mapping
from dataclasses import dataclass, field
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
    """A right that a role may hold.

    Attributes:
        name: `<plugin>.<verb>`.
        roles: who holds it unless a foundation says otherwise.
    """

    name: str
    roles: frozenset[Role]


class DataClass(StrEnum):
    """What a foundation must know about a plugin's data before it switches it on."""

    PERSONAL = "personal"
    PAYMENT = "payment"


@dataclass(frozen=True)
class Plugin:
    """One plugin. `name` is its word everywhere: entry point, schema `plugin_<name>`, URL segment, catalogue.

    Attributes:
        name: lower case, begins with a letter, no longer than 30 characters.
        package: the import package that holds templates, catalogues and migrations.
        title: by language, Korean required.
        description: one sentence by language, Korean required.
        version: the plugin's own.
        icon: a name of the icon sprite.
        starts_on: whether a new foundation has it on from the first day; it may switch it off.
        data_classes: what it deals with, told before it is switched on.
        models: modules with Tortoise models.
        permissions: rights that its operations ask for.
        implementation: the object with its hooks.
    """

    name: str
    package: str
    title: Mapping[str, str]
    description: Mapping[str, str]
    version: str
    implementation: object
    icon: str = "puzzle"
    starts_on: bool = False
    data_classes: tuple[DataClass, ...] = ()
    models: tuple[str, ...] = ()
    permissions: tuple[Permission, ...] = field(default=())
