"""A passkey in software: answers the options of a page as a browser with a security key does, and as none would where a test says so."""

import base64
import hashlib
import json
import secrets
from dataclasses import dataclass, field
from typing import Any

import cbor2
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256

_PRESENT, _VERIFIED, _ATTESTED = 0x01, 0x04, 0x40


def text(value: bytes) -> str:
    """Base64url without padding."""
    return base64.urlsafe_b64encode(value).decode().rstrip("=")


def raw(value: str) -> bytes:
    """The bytes of base64url without padding."""
    return base64.urlsafe_b64decode(value + "=" * (-len(value) % 4))


@dataclass
class SoftKey:
    """One credential.

    Attributes:
        count: of signatures; a key that does not count keeps it at 0.
        verifies: whether it checks its owner's finger.
        user: whose it is, as the foundation said when it was made.
    """

    key: ec.EllipticCurvePrivateKey = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))
    credential_id: bytes = field(default_factory=lambda: secrets.token_bytes(16))
    count: int = 0
    verifies: bool = True
    user: bytes = b""

    def made(self, options: str, origin: str, *, host: str | None = None) -> str:
        """The answer to the options of a new passkey."""
        asked = json.loads(options)
        self.user = raw(asked["user"]["id"])
        numbers = self.key.public_key().public_numbers()
        public = cbor2.dumps({1: 2, 3: -7, -1: 1, -2: numbers.x.to_bytes(32), -3: numbers.y.to_bytes(32)})
        attested = bytes(16) + len(self.credential_id).to_bytes(2) + self.credential_id + public
        data = self._data(host or asked["rp"]["id"], _ATTESTED) + attested
        statement = cbor2.dumps({"fmt": "none", "attStmt": {}, "authData": data})
        return self._answer({"clientDataJSON": _client("webauthn.create", asked, origin), "attestationObject": statement})

    def shown(self, options: str, origin: str, *, host: str | None = None, user: bytes | None = None) -> str:
        """The answer to the options of a sign-in."""
        asked = json.loads(options)
        if self.count:
            self.count += 1
        client, data = _client("webauthn.get", asked, origin), self._data(host or asked["rpId"], 0)
        signature = self.key.sign(data + hashlib.sha256(client).digest(), ec.ECDSA(SHA256()))
        return self._answer(
            {"clientDataJSON": client, "authenticatorData": data, "signature": signature, "userHandle": self.user if user is None else user}
        )

    def _data(self, host: str, flags: int) -> bytes:
        flags |= _PRESENT | (_VERIFIED if self.verifies else 0)
        return hashlib.sha256(host.encode()).digest() + bytes([flags]) + self.count.to_bytes(4)

    def _answer(self, response: dict[str, bytes]) -> str:
        made: dict[str, Any] = {"id": text(self.credential_id), "rawId": text(self.credential_id), "type": "public-key"}
        made |= {"response": {name: text(value) for name, value in response.items()}, "clientExtensionResults": {}}
        return json.dumps(made)


def _client(kind: str, asked: dict[str, Any], origin: str) -> bytes:
    return json.dumps({"type": kind, "challenge": asked["challenge"], "origin": origin, "crossOrigin": False}).encode()
