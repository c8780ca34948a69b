"""Which role may do what, from what core and plugins declare and what a foundation says otherwise."""

from collections.abc import Iterable, Mapping
from dataclasses import replace

from smilero_core.identity.standing import Standing
from smilero_sdk.context import Actor
from smilero_sdk.roles import Lent, Permission, Role

REGISTRY_MANAGE = "registry.manage"
FOUNDATION_MANAGE = "foundation.manage"
MEASURES_READ = "measures.read"
AUDIT_READ = "audit.read"

PEOPLE_MANAGE = "people.manage"
RIGHTS_MANAGE = "rights.manage"
FACTORS_RESET = "factors.reset"
LOGINS_MANAGE = "logins.manage"
HELPERS_MANAGE = "helpers.manage"
SCREENS_WATCH = "screens.watch"

PROGRAMS_MANAGE = "programs.manage"
TOKENS_MAKE = "tokens.make"

# Somebody's telephone number in full; somebody's data handed over or erased on that person's behalf.
PEOPLE_NUMBERS = "people.numbers"
PEOPLE_DATA = "people.data"

PLUGINS_READ = "plugins.read"
PLUGINS_MANAGE = "plugins.manage"
PLUGINS_CHOOSE = "plugins.choose"
PLUGINS_SHOP = "plugins.shop"

# What became of what one asked a second person for, over the API.
APPROVALS_OWN = "approvals.own"

_OFFICE = frozenset({Role.OWNER, Role.STAFF})

CORE_PERMISSIONS = (
    Permission(REGISTRY_MANAGE, _OFFICE),
    # How the foundation is called and looks.
    Permission(FOUNDATION_MANAGE, _OFFICE),
    Permission(MEASURES_READ, _OFFICE),
    Permission(AUDIT_READ, _OFFICE),
    # Who works at a shop and who speaks for a market: inviting, and taking away.
    Permission(PEOPLE_MANAGE, _OFFICE),
    # Who may do what, and who belongs to the foundation itself.
    Permission(RIGHTS_MANAGE, frozenset({Role.OWNER})),
    # Whose second factor is lost.
    Permission(FACTORS_RESET, frozenset({Role.OWNER})),
    # Whose word is taken for who somebody is.
    Permission(LOGINS_MANAGE, frozenset({Role.OWNER})),
    # Who helps one for a time: lent to nobody, so a helper has no helpers.
    Permission(HELPERS_MANAGE, frozenset({Role.MERCHANT})),
    # A merchant's screen that she shows: read-only, by her leave, for fifteen minutes.
    Permission(SCREENS_WATCH, _OFFICE),
    # Programs from outside: letting them in and ending them. One's own tokens for one's own programs.
    Permission(PROGRAMS_MANAGE, frozenset({Role.OWNER})),
    Permission(TOKENS_MAKE, _OFFICE | {Role.OFFICER, Role.MERCHANT}),
    # Whoever may ask for something may ask what became of it.
    Permission(APPROVALS_OWN, frozenset(Role) - {Role.OPERATOR}),
    Permission(PEOPLE_NUMBERS, _OFFICE),
    Permission(PEOPLE_DATA, frozenset({Role.OWNER})),
    # What there is; switching it; its settings; what one shop does without, and that shop's settings.
    Permission(PLUGINS_READ, _OFFICE),
    Permission(PLUGINS_MANAGE, frozenset({Role.OWNER})),
    Permission(PLUGINS_CHOOSE, _OFFICE),
    Permission(PLUGINS_SHOP, _OFFICE | {Role.MERCHANT}),
)

# The roles of which a foundation may say something else than is declared. What everybody may do as a customer is not for it to say.
CHANGEABLE = (Role.OWNER, Role.STAFF, Role.OFFICER, Role.MERCHANT, Role.CLERK)
# Who works for all of a foundation may be given any right; the others what a role not above them is declared to have.
_TRUSTED = frozenset({Role.STAFF, Role.OFFICER})
# Who holds the first could take everything, and an owner without the second could not bring anybody back.
_NOBODY_ELSES = frozenset({RIGHTS_MANAGE})
_ALWAYS: Mapping[Role, frozenset[str]] = {Role.OWNER: frozenset({PEOPLE_MANAGE, RIGHTS_MANAGE})}

_TRUST = {role: number for number, role in enumerate(Role)}


class Access:
    """The rights of each role.

    Args:
        declared: the permissions of the plugins; the core's own are added.
    """

    def __init__(self, declared: Iterable[Permission]) -> None:
        permissions = (*CORE_PERMISSIONS, *declared)
        self._rights = {role: frozenset(p.name for p in permissions if role in p.roles) for role in Role}
        self._changeable = {role: frozenset(p.name for p in permissions if _may_be_changed(p, role)) for role in Role}
        looking = frozenset(p.name for p in permissions if p.lent is Lent.LOOK)
        working = looking | {p.name for p in permissions if p.lent is Lent.WORK}
        self._lent: dict[Lent, frozenset[str]] = {Lent.NEVER: frozenset(), Lent.LOOK: looking, Lent.WORK: working}

    def lent(self, limits: Lent | None) -> frozenset[str] | None:
        """The most that a helper may, as the `only` of `equip`: whoever works also looks. None for one who acts for oneself."""
        return None if limits is None else self._lent[limits]

    def equip(self, actor: Standing, only: frozenset[str] | None = None) -> Actor:
        """The actor with the rights of the role at its foundation; none of a plugin that was switched off there.

        Args:
            only: the most that is let through, whatever the role has: a token's scopes, what a helper may; None: no such bound.
        """
        rights = self.rights(actor.role, actor.otherwise)
        if actor.shut:
            rights = frozenset(name for name in rights if name.partition(".")[0] not in actor.shut)
        # What the foundation said otherwise has had its effect, and tells nobody apart any more.
        return replace(actor, permissions=rights if only is None else rights & only, otherwise=(), shut=())

    def as_declared(self, actor: Actor) -> Actor:
        """The actor with the rights that the role is declared to have: for the demo's past and for tests, where no foundation is asked."""
        return replace(actor, permissions=self._rights[actor.role])

    def rights(self, role: Role, otherwise: Iterable[str] = ()) -> frozenset[str]:
        """What a role may do.

        Args:
            otherwise: as `Standing` has it; the later counts. What is not the foundation's to say has no effect, nor what no
                plugin that is installed declares.
        """
        rights, changeable = self._rights[role], self._changeable[role]
        for said in otherwise:
            name = said[1:]
            if name in changeable:
                rights = rights | {name} if said.startswith("+") else rights - {name}
        return rights

    def may_be_changed(self, permission: str, role: Role) -> bool:
        """Whether it is the foundation's to say that a role holds a permission or not."""
        return permission in self._changeable[role]


def _may_be_changed(permission: Permission, role: Role) -> bool:
    if role not in CHANGEABLE or permission.name in _NOBODY_ELSES | _ALWAYS.get(role, frozenset()):
        return False
    return role in _TRUSTED or any(_TRUST[role] <= _TRUST[declared] for declared in permission.roles)
