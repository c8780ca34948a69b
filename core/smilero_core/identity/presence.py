"""Whether somebody still is anything at a foundation, asked from elsewhere: by the host of another foundation."""

from uuid import UUID

from smilero_core.db.session import Session
from smilero_core.identity.tokens import actor_in_role
from smilero_sdk.context import Actor
from smilero_sdk.roles import Role

# The most trusted first; an operator is nobody at a foundation.
HERE = tuple(role for role in Role if role is not Role.OPERATOR)


async def presence(session: Session, person_id: UUID) -> Actor | None:
    """Somebody in the most trusted role that is the person's today; None: erased, dismissed, or the foundation suspended."""
    rows = await session.fetch("select distinct role from core.membership where person_id = $1 and ended_at is null", person_id)
    held = {row["role"] for row in rows}
    role = next((role for role in HERE if role.value in held), None)
    return await actor_in_role(session, person_id, role) if role else None
