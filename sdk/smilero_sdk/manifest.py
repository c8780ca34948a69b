"""The manifest: what a plugin says of itself before a line of it runs."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from smilero_sdk.events import Event
from smilero_sdk.messages import MessageTemplate
from smilero_sdk.roles import Permission
from smilero_sdk.settings import Settings


class Level(StrEnum):
    """For whom a plugin is: the foundation as a whole, or each shop, which may then do without it."""

    TENANT = "tenant"
    SHOP = "shop"


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
        implementation: the object with its hooks.
        sdk: which versions of this SDK it works with (PEP 440); a host with another refuses it by name.
        owner: who answers for it; `Smilero` for our own.
        licence: an SPDX expression.
        level: whether a shop may do without it; then ask `ctx.open_at(shop_id)` before you serve a customer for a shop.
        icon: a name of the icon sprite.
        starts_on: whether a new foundation has it on from the first day; it may switch it off.
        depends_on: plugins that must be on before it is, and stay on while it is.
        conflicts_with: plugins that cannot be on beside it.
        data_classes: what it deals with, told before it is switched on. `PERSONAL` demands export and erasure.
        models: modules with Tortoise models.
        permissions: rights that its operations ask for.
        settings: what a foundation chooses.
        shop_settings: what each shop chooses.
        events: what it tells others, each with its schema.
        messages: what it sends to people.
        price_key: under which a plan names its price; None: part of every plan.
    """

    name: str
    package: str
    title: Mapping[str, str]
    description: Mapping[str, str]
    version: str
    implementation: object
    sdk: str = ">=0.1,<0.2"
    owner: str = ""
    licence: str = ""
    level: Level = Level.TENANT
    icon: str = "puzzle"
    starts_on: bool = False
    depends_on: tuple[str, ...] = ()
    conflicts_with: tuple[str, ...] = ()
    data_classes: tuple[DataClass, ...] = ()
    models: tuple[str, ...] = ()
    permissions: tuple[Permission, ...] = field(default=())
    settings: type[Settings] | None = None
    shop_settings: type[Settings] | None = None
    events: tuple[type[Event], ...] = ()
    messages: tuple[MessageTemplate, ...] = ()
    price_key: str | None = None
