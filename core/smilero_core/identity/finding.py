"""People as staff find and see them: by name and the last four digits. The whole number is another question, and is on record."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from smilero_core.db.driver import Record
from smilero_core.db.session import Session
from smilero_core.identity.phone import normal_phone, spoken_phone
from smilero_core.identity.vault import Vault
from smilero_sdk.errors import Problem, not_found
from smilero_sdk.finding import pattern
from smilero_sdk.roles import Role

MOST = 50
_PHONE = "phone"
_TAIL = re.compile(r"\d{4}", re.ASCII)
# Who works at a shop is found by a name and by four digits. A customer is found by the whole number alone, which whoever calls tells us.
_WORKING = "exists (select from core.membership w where w.person_id = p.id and w.ended_at is null and w.role in ('merchant', 'clerk'))"


@dataclass(frozen=True)
class Held:
    """A role that somebody has now.

    Attributes:
        place: the shop or market; empty for the foundation.
    """

    role: Role
    place: str


@dataclass(frozen=True)
class FoundPerson:
    """Somebody as a list shows one.

    Attributes:
        tail: the last four digits; empty when the number was erased.
    """

    id: UUID
    name: str
    tail: str
    held: Sequence[Held]


class PeopleFinder:
    """The people of a tenant within one transaction.

    Args:
        session: the application's own session, bound to the tenant.
    """

    def __init__(self, session: Session, tenant_id: UUID, vault: Vault) -> None:
        self._session = session
        self._tenant_id = tenant_id
        self._vault = vault

    async def search(self, text: str) -> list[FoundPerson]:
        """At most 50, by name: whose number it is, or whose ends so, or who is called so, initial consonants too."""
        text = text.strip()
        if _TAIL.fullmatch(text):
            indexes = self._vault.indexes(self._tenant_id, "phone tail", text)
            return await self._people(f"p.phone_tail_index = any($1::bytea[]) and {_WORKING}", indexes)
        try:
            phone = normal_phone(text)
        except Problem:
            asked = pattern(text)
            return await self._people(f"replace(lower(p.name), ' ', '') ~ $1 and {_WORKING}", asked) if asked else []
        return await self._people("p.phone_index = any($1::bytea[])", self._vault.indexes(self._tenant_id, _PHONE, phone))

    async def one(self, person_id: UUID) -> FoundPerson:
        """One of them. Raises `http.not_found`."""
        found = await self._people("p.id = $1", person_id)
        if not found:
            raise not_found("person")
        return found[0]

    async def number(self, person_id: UUID) -> str:
        """The whole number as people write it: whoever asks writes who did into the audit log, in this transaction.

        Raises `http.not_found`, also when it was erased.
        """
        sealed = await self._session.fetch_value("select phone_sealed from core.person where id = $1", person_id)
        if not isinstance(sealed, bytes):
            raise not_found("person")
        return spoken_phone(self._vault.open(self._tenant_id, _PHONE, sealed))

    async def _people(self, condition: str, value: object) -> list[FoundPerson]:
        rows = await self._session.fetch(
            f"select p.id, p.name, p.phone_sealed from core.person p where {condition} order by p.name, p.id limit {MOST}",  # noqa: S608 - of this module
            value,
        )
        held = await self._session.fetch(
            """
            select m.person_id, m.role, coalesce(s.name, k.name, '') as place
            from core.membership m left join core.shop s on s.id = m.shop_id left join core.market k on k.id = m.market_id
            where m.person_id = any($1::uuid[]) and m.ended_at is null order by m.id
            """,
            [row["id"] for row in rows],
        )
        return [self._found(row, [one for one in held if one["person_id"] == row["id"]]) for row in rows]

    def _found(self, row: Record, held: list[Record]) -> FoundPerson:
        phone = self._vault.open(self._tenant_id, _PHONE, row["phone_sealed"]) if row["phone_sealed"] else ""
        return FoundPerson(row["id"], row["name"], phone[-4:], [Held(Role(one["role"]), one["place"]) for one in held])
