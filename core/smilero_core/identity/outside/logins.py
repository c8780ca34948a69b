"""Whose a login outside is: found by provider and subject, and by nothing else.

A mail or a number that a provider names proves nothing here.
"""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from smilero_core.db.session import Session
from smilero_core.identity.vault import SUBJECT, Vault
from smilero_sdk.errors import not_found
from smilero_sdk.ids import uuid7


@dataclass(frozen=True)
class Login:
    """A linked login, as its owner sees it."""

    id: UUID
    label: str
    since: datetime


class OutsideLogins:
    """Within one transaction.

    Args:
        session: the application's own session, bound to the tenant.
    """

    def __init__(self, session: Session, tenant_id: UUID, vault: Vault) -> None:
        self._session = session
        self._tenant_id = tenant_id
        self._vault = vault

    async def person(self, provider_id: UUID, subject: str) -> UUID | None:
        """Whose it is, or None."""
        found = await self._session.fetch_value(
            "select person_id from core.outside_login where provider_id = $1 and subject_index = any($2::bytea[])",
            provider_id,
            self._vault.indexes(self._tenant_id, SUBJECT, f"{provider_id} {subject}"),
        )
        return found if isinstance(found, UUID) else None

    async def link(self, provider_id: UUID, subject: str, person_id: UUID) -> UUID | None:
        """Link it; None when it is somebody's already, which nothing but unlinking changes."""
        if await self.person(provider_id, subject):
            return None
        made = uuid7()
        added = await self._session.execute(
            """
            insert into core.outside_login (id, provider_id, person_id, subject_index, subject_sealed) values ($1, $2, $3, $4, $5)
            on conflict (tenant_id, provider_id, subject_index) do nothing
            """,
            made,
            provider_id,
            person_id,
            self._index(provider_id, subject),
            self._vault.seal(self._tenant_id, SUBJECT, subject),
        )
        return made if added else None

    async def of(self, person_id: UUID) -> list[Login]:
        """Somebody's, the oldest first."""
        rows = await self._session.fetch(
            """
            select l.id, p.label, l.created_at from core.outside_login l join core.outside_provider p on p.id = l.provider_id
            where l.person_id = $1 order by l.created_at, l.id
            """,
            person_id,
        )
        return [Login(row["id"], row["label"], row["created_at"]) for row in rows]

    async def unlink(self, login_id: UUID, person_id: UUID) -> str:
        """Take one of one's own away; what its provider is called. Raises `http.not_found` for another's."""
        label = next((one.label for one in await self.of(person_id) if one.id == login_id), None)
        if label is None or not await self._session.execute(
            "delete from core.outside_login where id = $1 and person_id = $2", login_id, person_id
        ):
            raise not_found("outside_login")
        return label

    async def told(self, person_id: UUID) -> list[dict[str, object]]:
        """What the person is told who asks for all that is stored."""
        rows = await self._session.fetch(
            """
            select p.label, l.subject_sealed, l.created_at
            from core.outside_login l join core.outside_provider p on p.id = l.provider_id
            where l.person_id = $1 order by l.created_at, l.id
            """,
            person_id,
        )
        return [
            {
                "provider": row["label"],
                "subject": self._vault.open(self._tenant_id, SUBJECT, row["subject_sealed"]),
                "since": row["created_at"].isoformat(),
            }
            for row in rows
        ]

    def _index(self, provider_id: UUID, subject: str) -> bytes:
        return self._vault.index(self._tenant_id, SUBJECT, f"{provider_id} {subject}")
