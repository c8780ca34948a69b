"""Sign-in codes and the link beside each: five minutes, five tries, once, and good for the device that asked."""

import hmac
import secrets
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from uuid import UUID

from smilero_core.db.session import Session
from smilero_core.identity.phone import normal_phone
from smilero_core.identity.tokens import token_hash
from smilero_core.identity.vault import Vault
from smilero_sdk.ids import uuid7

LIFETIME = timedelta(minutes=5)
MOST_TRIES = 5
_PURPOSE = "sign-in code"
_LINK_BYTES = 16
_PHONE = "phone"


class Verdict(StrEnum):
    """What became of a try."""

    RIGHT = "right"
    WRONG = "wrong"
    SPENT = "spent"
    GONE = "gone"


@dataclass(frozen=True)
class Issued:
    """A code to be sent, and what its link ends in."""

    phone: str
    code: str
    link: str


@dataclass(frozen=True)
class Tried:
    """A try and, when it was right, whose phone it was and where that person was going. `left` is how many tries remain."""

    verdict: Verdict
    left: int = 0
    phone: str = ""
    next_path: str = "/"


class LinkState(StrEnum):
    """How a link stands to the browser that opens it."""

    OPEN = "open"
    ELSEWHERE = "elsewhere"
    GONE = "gone"


class SignInCodes:
    """Codes within one transaction. A wrong try is written too, so commit it before you refuse.

    Args:
        session: the application's own session, bound to the tenant.
    """

    def __init__(self, session: Session, tenant_id: UUID, vault: Vault) -> None:
        self._session = session
        self._tenant_id = tenant_id
        self._vault = vault

    async def issue(self, phone: str, device: str, next_path: str = "/") -> Issued:
        """Make a code for a phone and a device; the device's earlier codes are void. Raises `identity.phone`.

        Args:
            next_path: where the link leads on.
        """
        normal = normal_phone(phone)
        link = secrets.token_urlsafe(_LINK_BYTES)
        code = f"{secrets.randbelow(1_000_000):06d}"
        await self._session.execute(
            "update core.sign_in_code set used_at = now() where device_hash = any($1::bytea[]) and used_at is null", self._indexes(device)
        )
        await self._session.execute(
            """
            insert into core.sign_in_code (id, phone_index, phone_sealed, device_hash, code_hash, expires_at, link_hash, next_path)
            values ($1, $2, $3, $4, $5, now() + $6::interval, $7, $8)
            """,
            uuid7(),
            self._vault.index(self._tenant_id, _PHONE, normal),
            self._vault.seal(self._tenant_id, _PHONE, normal),
            self._index(device),
            self._index(f"{device} {code}"),
            LIFETIME,
            token_hash(link),
            next_path,
        )
        return Issued(normal, code, link)

    async def pending_phone(self, device: str) -> str | None:
        """The phone that this device's open code went to, or None."""
        sealed = await self._session.fetch_value(
            "select phone_sealed from core.sign_in_code where device_hash = any($1::bytea[]) and used_at is null and expires_at > now()",
            self._indexes(device),
        )
        return self._vault.open(self._tenant_id, _PHONE, sealed) if isinstance(sealed, bytes) else None

    async def verify(self, device: str, code: str) -> Tried:
        """Count a try and judge it. The row is locked by the count, so parallel tries are counted one by one."""
        row = await self._session.fetch_row(
            """
            update core.sign_in_code set tries = tries + 1
            where device_hash = any($1::bytea[]) and used_at is null and expires_at > now()
            returning id, phone_sealed, code_hash, tries
            """,
            self._indexes(device),
        )
        if row is None:
            return Tried(Verdict.GONE)
        if row["tries"] > MOST_TRIES:
            return Tried(Verdict.SPENT)
        if not _among(row["code_hash"], self._indexes(f"{device} {code}")):
            left = MOST_TRIES - row["tries"]
            return Tried(Verdict.WRONG if left else Verdict.SPENT, left)
        await self._session.execute("update core.sign_in_code set used_at = now() where id = $1", row["id"])
        return Tried(Verdict.RIGHT, phone=self._vault.open(self._tenant_id, _PHONE, row["phone_sealed"]))

    async def link_state(self, device: str, link: str) -> LinkState:
        """How a link stands to a device. It changes nothing: those who look at links before a person does may ask it."""
        row = await self._session.fetch_row(
            """
            select device_hash from core.sign_in_code
            where link_hash = $1 and used_at is null and expires_at > now() and tries < $2
            """,
            token_hash(link),
            MOST_TRIES,
        )
        if row is None:
            return LinkState.GONE
        return LinkState.OPEN if _among(row["device_hash"], self._indexes(device)) else LinkState.ELSEWHERE

    async def follow(self, device: str, link: str) -> Tried:
        """Use a link, once, on the device that asked for it. The row is locked by its use, so of two taps one is right."""
        row = await self._session.fetch_row(
            """
            update core.sign_in_code set used_at = now()
            where link_hash = $1 and device_hash = any($2::bytea[]) and used_at is null and expires_at > now() and tries < $3
            returning phone_sealed, next_path
            """,
            token_hash(link),
            self._indexes(device),
            MOST_TRIES,
        )
        if row is None:
            return Tried(Verdict.GONE)
        return Tried(Verdict.RIGHT, phone=self._vault.open(self._tenant_id, _PHONE, row["phone_sealed"]), next_path=row["next_path"])

    def _index(self, value: str) -> bytes:
        return self._vault.index(self._tenant_id, _PURPOSE, value)

    def _indexes(self, value: str) -> list[bytes]:
        return self._vault.indexes(self._tenant_id, _PURPOSE, value)


def _among(kept: bytes, possible: list[bytes]) -> bool:
    return any([hmac.compare_digest(kept, one) for one in possible])  # noqa: C419 - each is compared, whichever is right
