"""Whose live page it is, and what decides what is seen on it."""

from collections.abc import Hashable, Mapping
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from smilero_sdk.context import Actor, Tenant
from smilero_sdk.pages import Face, PageOperation


@dataclass(frozen=True, eq=False, slots=True)
class Place:
    """A live address of a plugin or of the host, as one visitor's browser asked for it.

    Attributes:
        url: with its query; it tells places of one tenant apart.
    """

    tenant: Tenant
    plugin: str
    operation: PageOperation
    arguments: Mapping[str, Any]
    url: str
    language: str

    def open_to(self, actor: Actor | None) -> bool:
        """Whether a role, or somebody who has not signed in, may see it at all."""
        permission = self.operation.permission
        if actor is None:
            return permission is None and self.operation.face is Face.PUBLIC
        return permission is None or actor.may(permission)


@dataclass(frozen=True, eq=False, slots=True)
class Viewer:
    """Whose page it is.

    Attributes:
        token: of the session; None for somebody who has not signed in.
        topic, shared: as the plugin's `Live` says.
    """

    place: Place
    token: str | None
    topic: str
    shared: bool


@dataclass(frozen=True, slots=True)
class Sight:
    """What decides what is seen at a place: the actor, without the person where the page is the same for all of a role and its shops."""

    actor: Actor | None
    shop_id: UUID | None

    @classmethod
    def of(cls, actor: Actor | None, shop_id: UUID | None, *, shared: bool) -> "Sight":
        """Of somebody as the session says."""
        return cls(replace(actor, person_id=None) if actor and shared else actor, shop_id)

    def key(self, place: Place) -> Hashable:
        """Equal for those who see the same."""
        return (place.tenant.id, place.url, place.language, self.actor, self.shop_id)
