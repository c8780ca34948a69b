"""Personal data at rest: sealed with a key of the tenant, and found again by a blind index.

Sealing is AES-256-GCM (NIST SP 800-38D) with a random 96-bit nonce and the purpose as associated data; keys come from
the master secret by HKDF-SHA256 (RFC 5869), one per tenant and purpose. The index is HMAC-SHA256 of the normal form.
"""

import hashlib
import hmac
import os
from functools import lru_cache
from uuid import UUID

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

# What a message's parts are sealed for.
MESSAGE_RECIPIENT, MESSAGE_BODY = "message recipient", "message body"

_NONCE_BYTES = 12
# The first byte of what is sealed names the master secret, so that it can be changed while old rows are read.
_GENERATION = b"\x01"


class Vault:
    """Seals and finds values of one installation.

    Args:
        secret: the master secret, `SMILERO_SECRET_KEY`; losing it loses what is sealed.
    """

    def __init__(self, secret: str) -> None:
        self._secret = secret.encode()
        self._key = lru_cache(maxsize=4096)(self._derive)

    def seal(self, tenant_id: UUID, purpose: str, value: str) -> bytes:
        """The value so that only this tenant's key opens it; never the same bytes twice."""
        nonce = os.urandom(_NONCE_BYTES)
        sealed = AESGCM(self._key(tenant_id, f"seal {purpose}")).encrypt(nonce, value.encode(), purpose.encode())
        return _GENERATION + nonce + sealed

    def open(self, tenant_id: UUID, purpose: str, sealed: bytes) -> str:
        """The value. Raises cryptography's InvalidTag when the bytes or the tenant are not right."""
        nonce, body = sealed[1 : 1 + _NONCE_BYTES], sealed[1 + _NONCE_BYTES :]
        return AESGCM(self._key(tenant_id, f"seal {purpose}")).decrypt(nonce, body, purpose.encode()).decode()

    def index(self, tenant_id: UUID, purpose: str, value: str) -> bytes:
        """Equal for equal values of one tenant and purpose, and telling nothing else."""
        return hmac.new(self._key(tenant_id, f"index {purpose}"), value.encode(), hashlib.sha256).digest()

    def _derive(self, tenant_id: UUID, purpose: str) -> bytes:
        return HKDF(SHA256(), length=32, salt=tenant_id.bytes, info=f"smilero {purpose}".encode()).derive(self._secret)
