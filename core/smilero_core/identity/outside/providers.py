"""The providers that a foundation has chosen.

Issuer and client are as they were made: the logins of people stand on them, and whoever could change them could send another
provider in to name its people as ours. For another issuer or client a new provider is made, on which nobody's login stands yet.
"""

from dataclasses import dataclass
from http import HTTPStatus
from uuid import UUID

from smilero_core.db.driver import Record
from smilero_core.db.session import Session
from smilero_core.identity.outside.client import Provider
from smilero_core.identity.outside.kinds import Kind
from smilero_core.identity.vault import CLIENT_SECRET, Vault
from smilero_sdk.errors import Problem, not_found
from smilero_sdk.ids import uuid7

MOST = 8


@dataclass(frozen=True)
class Shown:
    """A provider without its secret."""

    id: UUID
    kind: Kind
    label: str
    issuer: str
    client_id: str
    has_secret: bool
    own_callback: bool
    enabled: bool


@dataclass(frozen=True)
class Choice:
    """What may change of a provider.

    Attributes:
        secret: the new one; None: as it was.
    """

    label: str
    secret: str | None
    own_callback: bool
    enabled: bool


class Providers:
    """Within one transaction.

    Args:
        session: the application's own session, bound to the tenant.
    """

    def __init__(self, session: Session, tenant_id: UUID, vault: Vault) -> None:
        self._session = session
        self._tenant_id = tenant_id
        self._vault = vault

    async def all(self, *, enabled: bool = False) -> list[Shown]:
        """The foundation's, in the order in which they were made; or only those that are on."""
        rows = await self._session.fetch("select * from core.outside_provider where enabled or not $1 order by created_at, id", enabled)
        return [_shown(row) for row in rows]

    async def one(self, provider_id: UUID) -> Shown:
        """One of them. Raises `http.not_found`."""
        return _shown(await self._row(provider_id))

    async def to_speak_to(self, provider_id: UUID) -> Provider:
        """One of them with its secret, if it is on. Raises `http.not_found`."""
        row = await self._row(provider_id)
        if not row["enabled"]:
            raise not_found("outside_provider")
        sealed = row["secret_sealed"]
        secret = self._vault.open(self._tenant_id, CLIENT_SECRET, sealed) if sealed else ""
        return Provider(row["id"], Kind(row["kind"]), row["label"], row["issuer"], row["client_id"], secret, row["own_callback"])

    async def add(self, kind: Kind, issuer: str, client_id: str, choice: Choice) -> UUID:
        """A new one. Raises `identity.outside.here_already`, `identity.outside.too_many` (409)."""
        if len(await self.all()) >= MOST:
            raise Problem("identity.outside.too_many", HTTPStatus.CONFLICT, most=MOST)
        made = uuid7()
        added = await self._session.execute(
            """
            insert into core.outside_provider (id, kind, label, issuer, client_id, secret_sealed, own_callback, enabled)
            values ($1, $2, $3, $4, $5, $6, $7, $8) on conflict (tenant_id, issuer, client_id) do nothing
            """,
            made,
            kind.value,
            choice.label,
            issuer,
            client_id,
            self._sealed(choice.secret),
            choice.own_callback,
            choice.enabled,
        )
        if not added:
            raise Problem("identity.outside.here_already", HTTPStatus.CONFLICT)
        return made

    async def change(self, provider_id: UUID, choice: Choice) -> None:
        """Choose anew. Raises `http.not_found`."""
        changed = await self._session.execute(
            """
            update core.outside_provider set label = $2, secret_sealed = coalesce($3, secret_sealed), own_callback = $4, enabled = $5
            where id = $1
            """,
            provider_id,
            choice.label,
            self._sealed(choice.secret),
            choice.own_callback,
            choice.enabled,
        )
        if not changed:
            raise not_found("outside_provider")

    async def _row(self, provider_id: UUID) -> Record:
        row = await self._session.fetch_row("select * from core.outside_provider where id = $1", provider_id)
        if row is None:
            raise not_found("outside_provider")
        return row

    def _sealed(self, secret: str | None) -> bytes | None:
        return self._vault.seal(self._tenant_id, CLIENT_SECRET, secret) if secret else None


def _shown(row: Record) -> Shown:
    names = ("id", "label", "issuer", "client_id", "own_callback", "enabled")
    return Shown(kind=Kind(row["kind"]), has_secret=row["secret_sealed"] is not None, **{name: row[name] for name in names})
