"""Personal data at rest: sealed with a key of the tenant, and found again by a blind index.

Sealing is AES-256-GCM (NIST SP 800-38D) with a random 96-bit nonce and the purpose as associated data; keys come from
a master secret by HKDF-SHA256 (RFC 5869), one per tenant and purpose. The index is HMAC-SHA256 of the normal form.

Master secrets have generations, 1 to 255: the first byte of what is sealed names its own. The current one seals; the others only open
and find what was sealed before, until `rotation.py` has sealed it anew.
"""

import hashlib
import hmac
import os
import re
from functools import lru_cache
from typing import Self
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from smilero_core.db.settings import DatabaseSettings
from smilero_sdk.errors import Problem

# What a message's parts are sealed for.
MESSAGE_RECIPIENT, MESSAGE_BODY = "message recipient", "message body"
# What an authenticator app shares with us; what a login outside is known by, and what a sign-in there holds on its way.
APP_SECRET = "authenticator secret"  # noqa: S105 - what it is sealed for
CLIENT_SECRET = "outside client secret"  # noqa: S105 - as above
SUBJECT = "outside subject"
# A command that waits for a second person.
COMMAND = "command that waits"
ATTEMPT_HELD, ATTEMPT_PROVED = "outside attempt", "outside proof"

_NONCE_BYTES = 12
_MOST_GENERATIONS = 255
_FIRST = 1
# `2:secret`; a secret without a number, as all were before there were generations, is the first.
_NUMBERED = re.compile(r"(\d{1,3}):(.+)", re.DOTALL)
_NEXT = re.compile(r",(?=\d{1,3}:)")


class LostKeyError(LookupError):
    """Something is sealed with a master secret that this process was not given."""


class Vault:
    """Seals and finds values of one installation.

    Args:
        secret: the current master secret, `SMILERO_SECRET_KEY`, as `2:…`, or without a number for the first;
            losing it loses what is sealed.
        old: further ones, `SMILERO_SECRET_KEYS_OLD`, as `1:…,3:…`.

    Raises `identity.secret_keys` (500) for a number that is given twice, or is none of 1 to 255.
    """

    def __init__(self, secret: str, old: str = "") -> None:
        self.current, current = _numbered(secret)
        self._secrets = {self.current: current.encode()}
        for one in filter(None, _NEXT.split(old)):
            generation, other = _numbered(one)
            if generation in self._secrets:
                raise Problem("identity.secret_keys", 500)
            self._secrets[generation] = other.encode()
        self._key = lru_cache(maxsize=4096)(self._derive)

    @classmethod
    def of(cls, settings: DatabaseSettings) -> Self:
        """The vault of an installation's settings. Raises `identity.secret_keys` (500)."""
        return cls(settings.secret_key.get_secret_value(), settings.secret_keys_old.get_secret_value())

    @property
    def rotating(self) -> bool:
        """Whether something may still be sealed, or found, by another master secret than the current one."""
        return len(self._secrets) > 1

    def seal(self, tenant_id: UUID, purpose: str, value: str) -> bytes:
        """The value so that only this tenant's key opens it; never the same bytes twice."""
        nonce = os.urandom(_NONCE_BYTES)
        sealed = AESGCM(self._key(self.current, tenant_id, f"seal {purpose}")).encrypt(nonce, value.encode(), purpose.encode())
        return bytes([self.current]) + nonce + sealed

    def open(self, tenant_id: UUID, purpose: str, sealed: bytes) -> str:
        """The value. Raises LostKeyError, and cryptography's InvalidTag when the bytes or the tenant are not right."""
        if not sealed:
            raise InvalidTag
        nonce, body = sealed[1 : 1 + _NONCE_BYTES], sealed[1 + _NONCE_BYTES :]
        return AESGCM(self._key(sealed[0], tenant_id, f"seal {purpose}")).decrypt(nonce, body, purpose.encode()).decode()

    def index(self, tenant_id: UUID, purpose: str, value: str) -> bytes:
        """What a new row is found by: equal for equal values of one tenant and purpose, and telling nothing else."""
        return self._index(self.current, tenant_id, purpose, value)

    def indexes(self, tenant_id: UUID, purpose: str, value: str) -> list[bytes]:
        """All that a row may be found by just now, the current one first: ask with `= any($1::bytea[])`."""
        return [self._index(generation, tenant_id, purpose, value) for generation in self._secrets]

    def _index(self, generation: int, tenant_id: UUID, purpose: str, value: str) -> bytes:
        return hmac.new(self._key(generation, tenant_id, f"index {purpose}"), value.encode(), hashlib.sha256).digest()

    def _derive(self, generation: int, tenant_id: UUID, purpose: str) -> bytes:
        secret = self._secrets.get(generation)
        if secret is None:
            msg = f"sealed with master secret {generation}, which is not given"
            raise LostKeyError(msg)
        return HKDF(SHA256(), length=32, salt=tenant_id.bytes, info=f"smilero {purpose}".encode()).derive(secret)


def _numbered(written: str) -> tuple[int, str]:
    found = _NUMBERED.fullmatch(written)
    if found is None:
        return _FIRST, written
    generation = int(found[1])
    if not _FIRST <= generation <= _MOST_GENERATIONS:
        raise Problem("identity.secret_keys", 500)
    return generation, found[2]
