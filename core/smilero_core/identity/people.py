"""People of a tenant, found and made by their phone."""

from dataclasses import dataclass
from http import HTTPStatus
from uuid import UUID

from smilero_core.db.session import Session
from smilero_core.identity.phone import normal_phone
from smilero_core.identity.rotation import PERSON_PHONE, bring_forward
from smilero_core.identity.vault import Vault
from smilero_sdk.errors import Problem
from smilero_sdk.ids import uuid7
from smilero_sdk.roles import Role

_TAIL = 4


@dataclass(frozen=True)
class NewPerson:
    """Somebody to be made known.

    Attributes:
        roles: what the person is, each with its place: the shop of merchants and clerks, the market of officers.
    """

    phone: str
    name: str
    roles: tuple[tuple[Role, UUID | None], ...] = ()


class People:
    """People within one transaction.

    Args:
        session: the application's own session, bound to the tenant.
    """

    def __init__(self, session: Session, tenant_id: UUID, vault: Vault) -> None:
        self._session = session
        self._tenant_id = tenant_id
        self._vault = vault

    async def by_phone(self, phone: str) -> UUID | None:
        """The person of a number, or None. Raises `identity.phone`."""
        found = await self._session.fetch_value(
            "select id from core.person where phone_index = any($1::bytea[])",
            self._vault.indexes(self._tenant_id, "phone", normal_phone(phone)),
        )
        return found if isinstance(found, UUID) else None

    async def require(self, phone: str, role: Role) -> UUID:
        """The person of a number who is that here. Raises `identity.unknown_person`, `identity.not_that_role` (404)."""
        person_id = await self.by_phone(phone)
        if person_id is None:
            raise Problem("identity.unknown_person", HTTPStatus.NOT_FOUND)
        held = await self._session.fetch_value(
            "select true from core.membership where person_id = $1 and role = $2 and ended_at is null limit 1", person_id, role.value
        )
        if not held:
            raise Problem("identity.not_that_role", HTTPStatus.NOT_FOUND, role=role.value)
        return person_id

    async def ensure(self, people: list[NewPerson], language: str = "ko") -> list[UUID]:
        """Make those who are not known yet and give each the roles named; the ids in the order given.

        One statement each for people and roles, whatever their number. Raises `identity.phone`.
        """
        phones = [normal_phone(person.phone) for person in people]
        indexes = [self._whole(phone) for phone in phones]
        await bring_forward(self._session, self._vault, self._tenant_id, PERSON_PHONE, phones)
        await self._session.execute(
            """
            insert into core.person (id, name, phone_sealed, phone_index, phone_tail_index, language)
            select id, name, sealed, whole, tail, $6 from unnest($1::uuid[], $2::text[], $3::bytea[], $4::bytea[], $5::bytea[])
              as new (id, name, sealed, whole, tail)
            on conflict (tenant_id, phone_index) do nothing
            """,
            [uuid7() for _ in people],
            [person.name for person in people],
            [self._vault.seal(self._tenant_id, "phone", phone) for phone in phones],
            indexes,
            [self._vault.index(self._tenant_id, "phone tail", phone[-_TAIL:]) for phone in phones],
            language,
        )
        rows = await self._session.fetch("select id, phone_index from core.person where phone_index = any($1::bytea[])", indexes)
        known = {row["phone_index"]: row["id"] for row in rows}
        ids = [known[index] for index in indexes]
        await self._grant([(person_id, role, shop) for person_id, new in zip(ids, people, strict=True) for role, shop in new.roles])
        return ids

    async def _grant(self, grants: list[tuple[UUID, Role, UUID | None]]) -> None:
        if grants:
            await self._session.execute(
                """
                insert into core.membership (id, person_id, role, shop_id, market_id)
                select id, person, role, case when role <> 'officer' then place end, case when role = 'officer' then place end
                from unnest($1::uuid[], $2::uuid[], $3::text[], $4::uuid[]) as new (id, person, role, place)
                on conflict do nothing
                """,
                [uuid7() for _ in grants],
                [person for person, _, _ in grants],
                [role.value for _, role, _ in grants],
                [shop for _, _, shop in grants],
            )

    def _whole(self, phone: str) -> bytes:
        return self._vault.index(self._tenant_id, "phone", phone)
