"""On whose word something is done later: the person in the role of then, with the rights of now."""

from uuid import UUID

from smilero_core.db.session import Session
from smilero_core.identity.access import Access
from smilero_core.identity.helping import helping_that_stands
from smilero_core.identity.tokens import actor_in_role
from smilero_sdk.context import Actor
from smilero_sdk.roles import Role


async def word_of(session: Session, access: Access, person_id: UUID, role: Role, helping_id: UUID | None = None) -> Actor | None:
    """Who it is; None when the person has the role no more, or the merchant's leave stands no more.

    Args:
        helping_id: the leave of the merchant for whom a helper asked; None: for oneself.
    """
    if helping_id is not None:
        helping = await helping_that_stands(session, helping_id, person_id)
        return access.equip(helping.actor(person_id), access.lent(helping.limits)) if helping else None
    standing = await actor_in_role(session, person_id, role)
    return access.equip(standing) if standing else None
