"""The one place that binds a transaction to a tenant and to a role. Nothing else in the product may.

Values are literals made from a validated UUID and a known role name, sent in the same message as BEGIN, as `SET LOCAL`:
they end with the transaction, also behind a transaction pooler. `set_config` is revoked from everybody (`bootstrap.py`).
"""

from enum import StrEnum
from uuid import UUID

from smilero_core.db.roles import APP_ROLE, PLUGIN_PREFIX, plugin_role
from smilero_sdk.binding import TENANT_SETTING


class Isolation(StrEnum):
    """What a transaction sees of others that commit meanwhile (SQL:2023)."""

    READ_COMMITTED = "read committed"
    REPEATABLE_READ = "repeatable read"
    SERIALIZABLE = "serializable"


def begin(tenant: UUID | None, role: str | None, isolation: Isolation, *, read_only: bool) -> str:
    """The message that opens a transaction, binds the tenant and enters the role.

    Args:
        tenant: None binds nobody: row security then shows no tenant's rows, but for the platform's policies.
        role: None stays the login itself.
    """
    access = "read only" if read_only else "read write"
    statements = [f"begin isolation level {isolation.value} {access}"]
    if tenant is not None:
        statements.append(bind(tenant))
    if role is not None:
        statements.append(enter(role))
    return "; ".join(statements)


def enter(role: str | None) -> str:
    """The statement that steps into a plugin's role, or back into the login."""
    if role is None:
        return "set local role none"
    if role != APP_ROLE and plugin_role(role.removeprefix(PLUGIN_PREFIX)) != role:
        msg = f"{role!r} is not a role that a transaction may enter"
        raise ValueError(msg)
    return f"set local role {role}"


def bind(tenant: UUID | None) -> str:
    """The statement that binds a tenant for the rest of the transaction; None binds nobody."""
    return f"set local {TENANT_SETTING} = '{UUID(str(tenant)) if tenant else ''}'"
