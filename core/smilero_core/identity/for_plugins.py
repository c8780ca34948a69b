"""People as plugins see them: names and ids, never a number."""

import re
from http import HTTPStatus
from uuid import UUID

from smilero_core.db.driver import Record
from smilero_core.db.session import Session
from smilero_core.identity.people import NewPerson, People
from smilero_core.identity.vault import Vault
from smilero_sdk.errors import Problem, not_found
from smilero_sdk.roles import Role
from smilero_sdk.services import Person

_TAIL = re.compile(r"[0-9]{4}")


class PluginPeople:
    """Implements `smilero_sdk.services.People` within one transaction.

    Args:
        session: the application's own session, bound to the tenant.
    """

    def __init__(self, session: Session, tenant_id: UUID, vault: Vault) -> None:
        self._session = session
        self._tenant_id = tenant_id
        self._vault = vault
        self._people = People(session, tenant_id, vault)

    async def get(self, person_id: UUID) -> Person:
        """The person. Raises `http.not_found`."""
        row = await self._session.fetch_row("select id, name, language from core.person where id = $1", person_id)
        if row is None:
            raise not_found("person")
        return _person(row)

    async def by_phone(self, phone: str) -> Person | None:
        """The person of a whole number."""
        person_id = await self._people.by_phone(phone)
        return None if person_id is None else await self.get(person_id)

    async def by_tail(self, digits: str) -> list[Person]:
        """The people whose number ends in four digits, by name. Raises `identity.tail` (422)."""
        if not _TAIL.fullmatch(digits):
            raise Problem("identity.tail", HTTPStatus.UNPROCESSABLE_ENTITY)
        rows = await self._session.fetch(
            "select id, name, language from core.person where phone_tail_index = any($1::bytea[]) order by name, id",
            self._vault.indexes(self._tenant_id, "phone tail", digits),
        )
        return [_person(row) for row in rows]

    async def ensure(self, phone: str, name: str) -> Person:
        """The person of a number, made a customer when nobody has it yet."""
        [person_id] = await self._people.ensure([NewPerson(phone, name, ((Role.CUSTOMER, None),))])
        return await self.get(person_id)

    async def working_at(self, shop_id: UUID, role: Role) -> list[Person]:
        """The merchants or clerks of a shop, those first who have been there longest."""
        rows = await self._session.fetch(
            """
            select p.id, p.name, p.language from core.membership m join core.person p on p.id = m.person_id
            where m.shop_id = $1 and m.role = $2 and m.ended_at is null order by m.created_at, m.id
            """,
            shop_id,
            role.value,
        )
        return [_person(row) for row in rows]


def _person(row: Record) -> Person:
    return Person(row["id"], row["name"], row["language"])
