"""Somebody in a role as the database says it at this moment, with what the foundation says otherwise of the role's rights.

What it says otherwise is read by the very statement that asks for the role: a right that was taken away is gone at the next
request of every process, and nobody remembers another answer.
"""

from dataclasses import dataclass

from smilero_sdk.context import Actor

# Of a row `m` of `core.membership`: each right that is said otherwise, "+" for given and "-" for taken away. What is said of the
# person stands behind what is said of the role, so that it counts.
OTHERWISE = """
array(
  select case when c.allowed then '+' else '-' end || c.permission from core.permission_choice c
  where c.role = m.role and (c.person_id is null or c.person_id = m.person_id) order by c.person_id is not null, c.permission
) as otherwise
"""


@dataclass(frozen=True)
class Standing(Actor):
    """An actor whose rights are yet to be worked out; `Access.equip` does it.

    Attributes:
        otherwise: as `OTHERWISE` reads it: `+coupons.manage`, `-coupons.redeem`.
    """

    otherwise: tuple[str, ...] = ()
