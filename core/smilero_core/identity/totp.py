"""Codes of an authenticator app: RFC 6238 with what every app can do, which is SHA-1, six digits and steps of thirty seconds."""

import base64
import hmac
import secrets
from datetime import datetime
from urllib.parse import quote

from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.twofactor.totp import TOTP

STEP_SECONDS = 30
DIGITS = 6
# Clocks that are wrong by one step, or a code typed as it changes.
DRIFT = 1
# RFC 4226 §4 R6 recommends 160 bits.
_SECRET_BYTES = 20
_GROUP = 4


def new_secret() -> str:
    """A secret as apps take it: base32."""
    return base64.b32encode(secrets.token_bytes(_SECRET_BYTES)).decode()


def grouped(secret: str) -> str:
    """The secret to be typed: in groups of four."""
    return " ".join(secret[start : start + _GROUP] for start in range(0, len(secret), _GROUP))


def app_address(secret: str, issuer: str, account: str) -> str:
    """What the QR code of the set-up says: an `otpauth:` address (Google Authenticator, Key Uri Format), as short as apps take it.

    Args:
        issuer: whose account it is, and `account`: which one, as the app shows them.
    """
    return f"otpauth://totp/{quote(account, safe='')}?secret={secret}&issuer={quote(issuer, safe='')}"


def step_of(now: datetime) -> int:
    """The number of the time step."""
    return int(now.timestamp()) // STEP_SECONDS


def code_at(secret: str, step: int) -> str:
    """The code of a step."""
    return _totp(secret).generate(step * STEP_SECONDS).decode()


def matching_step(secret: str, code: str, now: datetime) -> int | None:
    """The step that a code belongs to, of those that are near enough to now; None for a wrong one."""
    near = range(step_of(now) - DRIFT, step_of(now) + DRIFT + 1)
    return next((step for step in near if hmac.compare_digest(code_at(secret, step).encode(), code.encode())), None)


def _totp(secret: str) -> TOTP:
    return TOTP(base64.b32decode(secret), DIGITS, SHA1(), STEP_SECONDS)  # noqa: S303 - HMAC-SHA-1, as RFC 6238 has it
