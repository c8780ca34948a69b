"""What a foundation says otherwise of rights: of a role, and of one person of its staff.

Only what differs is kept: saying what is declared anyway forgets the row. So a plugin that is new, or declares a right to other
roles, has its say wherever the foundation has said nothing.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from uuid import UUID

from smilero_core.db.session import Session
from smilero_core.identity.access import Access
from smilero_sdk.errors import Problem
from smilero_sdk.ids import uuid7
from smilero_sdk.roles import Role


@dataclass(frozen=True)
class Said:
    """All that a foundation says otherwise, each right with whether it is held.

    Attributes:
        of_roles: by role.
        of_people: by person of the staff.
    """

    of_roles: Mapping[Role, Mapping[str, bool]] = field(default_factory=dict)
    of_people: Mapping[UUID, Mapping[str, bool]] = field(default_factory=dict)

    def otherwise(self, role: Role, person_id: UUID | None = None) -> list[str]:
        """As `Access.rights` takes it: what is said of the person stands behind what is said of the role."""
        said = [*self.of_roles.get(role, {}).items()]
        if person_id is not None:
            said += self.of_people.get(person_id, {}).items()
        return [f"{'+' if allowed else '-'}{permission}" for permission, allowed in said]


class Rights:
    """Reads and writes it within one transaction. Each right of each role is a row of its own, so two owners lose nothing of each other's.

    Args:
        session: the application's own session, bound to the tenant.
    """

    def __init__(self, session: Session, access: Access) -> None:
        self._session = session
        self._access = access

    async def said(self) -> Said:
        """All of it."""
        of_roles: dict[Role, dict[str, bool]] = {}
        of_people: dict[UUID, dict[str, bool]] = {}
        for row in await self._session.fetch("select role, person_id, permission, allowed from core.permission_choice order by id"):
            of_one = of_roles.setdefault(Role(row["role"]), {}) if row["person_id"] is None else of_people.setdefault(row["person_id"], {})
            of_one[row["permission"]] = row["allowed"]
        return Said(of_roles, of_people)

    async def say(self, role: Role, permission: str, *, allowed: bool) -> bool:
        """Say that a role holds a right or not; False when it was so already. Raises `rights.not_yours` (422)."""
        self._require_changeable(permission, role)
        return await self._keep(role, None, permission, allowed=allowed, anyway=permission in self._access.rights(role))

    async def say_of(self, person_id: UUID, permission: str, *, allowed: bool) -> bool:
        """The same of one person of the staff, who otherwise may what the staff may. Raises `rights.not_yours` (422)."""
        self._require_changeable(permission, Role.STAFF)
        otherwise = (await self.said()).otherwise(Role.STAFF)
        anyway = permission in self._access.rights(Role.STAFF, otherwise)
        return await self._keep(Role.STAFF, person_id, permission, allowed=allowed, anyway=anyway)

    async def forget(self) -> Mapping[Role, Mapping[str, bool]]:
        """Let every role have what is declared; what was said otherwise. What is said of single people stays."""
        rows = await self._session.fetch(
            """
            with gone as (delete from core.permission_choice where person_id is null returning role, permission, allowed)
            select * from gone order by role, permission
            """
        )
        forgotten: dict[Role, dict[str, bool]] = {}
        for row in rows:
            forgotten.setdefault(Role(row["role"]), {})[row["permission"]] = row["allowed"]
        return forgotten

    async def forget_person(self, person_id: UUID) -> None:
        """Somebody who is no longer of the staff: who comes back begins as everybody does."""
        await self._session.execute("delete from core.permission_choice where person_id = $1", person_id)

    async def _keep(self, role: Role, person_id: UUID | None, permission: str, *, allowed: bool, anyway: bool) -> bool:
        """Whether something changed, which of two who say the same at once is true for one."""
        if allowed == anyway:
            changed = await self._session.execute(
                """
                delete from core.permission_choice
                where role = $1 and person_id is not distinct from $2 and permission = $3 and allowed <> $4
                """,
                role.value,
                person_id,
                permission,
                allowed,
            )
        else:
            changed = await self._session.execute(
                """
                insert into core.permission_choice as c (id, role, person_id, permission, allowed) values ($1, $2, $3, $4, $5)
                on conflict (tenant_id, role, person_id, permission) do update
                set allowed = excluded.allowed, created_at = now() where c.allowed <> excluded.allowed
                """,
                uuid7(),
                role.value,
                person_id,
                permission,
                allowed,
            )
        return changed == 1

    def _require_changeable(self, permission: str, role: Role) -> None:
        if not self._access.may_be_changed(permission, role):
            raise Problem("rights.not_yours", HTTPStatus.UNPROCESSABLE_ENTITY)
