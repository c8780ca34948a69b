"""Sign-in codes: six digits, five minutes, five tries, good for the device that asked."""

import hmac
import secrets
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from uuid import UUID

from smilero_core.db.session import Session
from smilero_core.identity.phone import normal_phone
from smilero_core.identity.vault import Vault
from smilero_sdk.ids import uuid7

LIFETIME = timedelta(minutes=5)
MOST_TRIES = 5
_PURPOSE = "sign-in code"
_PHONE = "phone"


class Verdict(StrEnum):
    """What became of a try."""

    RIGHT = "right"
    WRONG = "wrong"
    SPENT = "spent"
    GONE = "gone"


@dataclass(frozen=True)
class Issued:
    """A code to be sent."""

    phone: str
    code: str


@dataclass(frozen=True)
class Tried:
    """A try and, when it was right, whose phone it was. `left` is how many tries remain."""

    verdict: Verdict
    left: int = 0
    phone: str = ""


class SignInCodes:
    """Codes within one transaction. A wrong try is written too, so commit it before you refuse.

    Args:
        session: the application's own session, bound to the tenant.
    """

    def __init__(self, session: Session, tenant_id: UUID, vault: Vault) -> None:
        self._session = session
        self._tenant_id = tenant_id
        self._vault = vault

    async def issue(self, phone: str, device: str) -> Issued:
        """Make a code for a phone and a device; the device's earlier codes are void. Raises `identity.phone`."""
        normal = normal_phone(phone)
        code = f"{secrets.randbelow(1_000_000):06d}"
        device_hash = self._index(device)
        await self._session.execute("update core.sign_in_code set used_at = now() where device_hash = $1 and used_at is null", device_hash)
        await self._session.execute(
            """
            insert into core.sign_in_code (id, phone_index, phone_sealed, device_hash, code_hash, expires_at)
            values ($1, $2, $3, $4, $5, now() + $6::interval)
            """,
            uuid7(),
            self._vault.index(self._tenant_id, _PHONE, normal),
            self._vault.seal(self._tenant_id, _PHONE, normal),
            device_hash,
            self._index(f"{device} {code}"),
            LIFETIME,
        )
        return Issued(normal, code)

    async def pending_phone(self, device: str) -> str | None:
        """The phone that this device's open code went to, or None."""
        sealed = await self._session.fetch_value(
            "select phone_sealed from core.sign_in_code where device_hash = $1 and used_at is null and expires_at > now()",
            self._index(device),
        )
        return self._vault.open(self._tenant_id, _PHONE, sealed) if isinstance(sealed, bytes) else None

    async def verify(self, device: str, code: str) -> Tried:
        """Count a try and judge it. The row is locked by the count, so parallel tries are counted one by one."""
        row = await self._session.fetch_row(
            """
            update core.sign_in_code set tries = tries + 1
            where device_hash = $1 and used_at is null and expires_at > now()
            returning id, phone_sealed, code_hash, tries
            """,
            self._index(device),
        )
        if row is None:
            return Tried(Verdict.GONE)
        if row["tries"] > MOST_TRIES:
            return Tried(Verdict.SPENT)
        if not hmac.compare_digest(row["code_hash"], self._index(f"{device} {code}")):
            left = MOST_TRIES - row["tries"]
            return Tried(Verdict.WRONG if left else Verdict.SPENT, left)
        await self._session.execute("update core.sign_in_code set used_at = now() where id = $1", row["id"])
        return Tried(Verdict.RIGHT, phone=self._vault.open(self._tenant_id, _PHONE, row["phone_sealed"]))

    def _index(self, value: str) -> bytes:
        return self._vault.index(self._tenant_id, _PURPOSE, value)
