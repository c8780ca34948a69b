"""Who may do what. The sentences for people are `permission.example.*` in the catalogue."""

from smilero_sdk.roles import Lent, Permission, Role

WRITE, READ, THANK, HIDE = "example.write", "example.read", "example.thank", "example.hide"

_FOUNDATION = frozenset({Role.OWNER, Role.STAFF})
_SHOP = frozenset({Role.MERCHANT, Role.CLERK})

ALL = (
    # One greets in one's own name.
    Permission(WRITE, frozenset(Role) - {Role.OPERATOR}),
    Permission(READ, _FOUNDATION | _SHOP, Lent.LOOK),
    Permission(THANK, _FOUNDATION | _SHOP, Lent.WORK),
    Permission(HIDE, _FOUNDATION),
)
