"""Somebody in a role as the database says it at this moment, with what the foundation says otherwise of the role's rights.

What it says is read by the very statement that asks for the role: a right that was taken away, and all rights of a plugin that was
switched off, are gone at the next request of every process, whatever else a process remembers for a while.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from smilero_core.db.driver import Record
from smilero_sdk.context import Actor
from smilero_sdk.roles import Role


def otherwise_of(row: str) -> str:
    """SQL: each right that is said otherwise of a row of `core.membership`, "+" for given and "-" for taken away.

    What is said of the person stands behind what is said of the role, so that it counts.
    """
    return f"""
    array(
      select case when c.allowed then '+' else '-' end || c.permission from core.permission_choice c
      where c.role = {row}.role and (c.person_id is null or c.person_id = {row}.person_id) order by c.person_id is not null, c.permission
    )
    """  # noqa: S608 - the name of a row in our own statements


SHUT = "array(select a.plugin from core.plugin_activation a where not a.enabled) as shut"
# Of a row `m` of `core.membership`.
STANDING = f"{otherwise_of('m')} as otherwise, {SHUT}"


@dataclass(frozen=True)
class Standing(Actor):
    """An actor whose rights are yet to be worked out; `Access.equip` does it.

    Attributes:
        otherwise: as `STANDING` reads it: `+coupons.manage`, `-coupons.redeem`.
        shut: plugins that were switched off, whose rights nobody has.
    """

    otherwise: tuple[str, ...] = ()
    shut: tuple[str, ...] = ()


def standing(role: Role, person_id: UUID | None, shop_ids: Iterable[UUID], row: Record) -> Standing:
    """Somebody in a role, by a row that was read with `STANDING`."""
    return Standing(role, person_id, frozenset(shop_ids), otherwise=tuple(row["otherwise"]), shut=tuple(row["shut"]))
