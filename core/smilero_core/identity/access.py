"""Which role may do what, from what core and plugins declare."""

from collections.abc import Iterable
from dataclasses import replace

from smilero_sdk.context import Actor
from smilero_sdk.roles import Permission, Role

REGISTRY_MANAGE = "registry.manage"
MEASURES_READ = "measures.read"
AUDIT_READ = "audit.read"

PEOPLE_MANAGE = "people.manage"

# Somebody's telephone number in full; somebody's data handed over or erased on that person's behalf.
PEOPLE_NUMBERS = "people.numbers"
PEOPLE_DATA = "people.data"

PLUGINS_READ = "plugins.read"
PLUGINS_MANAGE = "plugins.manage"
PLUGINS_CHOOSE = "plugins.choose"
PLUGINS_SHOP = "plugins.shop"

_OFFICE = frozenset({Role.OWNER, Role.STAFF})

CORE_PERMISSIONS = (
    Permission(REGISTRY_MANAGE, _OFFICE),
    Permission(MEASURES_READ, _OFFICE),
    Permission(AUDIT_READ, _OFFICE),
    # Who works at a shop: inviting, and taking away.
    Permission(PEOPLE_MANAGE, _OFFICE),
    Permission(PEOPLE_NUMBERS, _OFFICE),
    Permission(PEOPLE_DATA, frozenset({Role.OWNER})),
    # What there is; switching it; its settings; what one shop does without, and that shop's settings.
    Permission(PLUGINS_READ, _OFFICE),
    Permission(PLUGINS_MANAGE, frozenset({Role.OWNER})),
    Permission(PLUGINS_CHOOSE, _OFFICE),
    Permission(PLUGINS_SHOP, _OFFICE | {Role.MERCHANT}),
)


class Access:
    """The rights of each role.

    Args:
        declared: the permissions of the plugins; the core's own are added.
    """

    def __init__(self, declared: Iterable[Permission]) -> None:
        permissions = (*CORE_PERMISSIONS, *declared)
        self._rights = {role: frozenset(p.name for p in permissions if role in p.roles) for role in Role}

    def equip(self, actor: Actor, only: frozenset[str] | None = None) -> Actor:
        """The actor with the rights of the role.

        Args:
            only: the most that is let through, whatever the role has: a token's scopes, what a helper may; None: no such bound.
        """
        rights = self._rights[actor.role]
        return replace(actor, permissions=rights if only is None else rights & only)
