"""What an ID token proves: OpenID Connect Core 1.0, section 3.1.3.7, each rule in its place.

The signature is judged by joserfc with one algorithm, which must be of our list and of the provider's. Keys come from the
provider's key set and from nowhere else: what a header brings (`jwk`, `jku`, `x5c`, `x5u`) is not looked at.
"""

import hmac
import time
import warnings
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from joserfc import jwk, jws, jwt
from joserfc.errors import JoseError, SecurityWarning

from smilero_core.identity.outside.refusals import OutsideError, Why

# Never `none`, and never HS*: who can check those could have made them.
ALGORITHMS: Mapping[str, str] = {"RS256": "RSA", "ES256": "EC", "EdDSA": "OKP"}

LEEWAY_SECONDS = 60
# The token is made when the code is exchanged, so an old one was made for something else.
_OLDEST_SECONDS = 600
_LONGEST_SUBJECT = 255


@dataclass(frozen=True)
class Expected:
    """What a token must say."""

    issuer: str
    client_id: str
    nonce: str
    algorithms: Sequence[str]


def read_id_token(token: object, expected: Expected, keys: Sequence[Mapping[str, Any]]) -> Mapping[str, Any]:
    """The claims of a token that proves somebody. Raises OutsideError `forged` with the rule that it breaks.

    Args:
        token: as the token endpoint answered it.
        keys: the provider's, as JWKs.
    """
    if not isinstance(token, str) or not token.isascii():
        raise _forged("no_token")
    try:
        header = jws.extract_compact(token.encode()).headers()
    except (JoseError, ValueError) as error:
        raise _forged("unreadable") from error
    algorithm = header.get("alg")
    if algorithm not in ALGORITHMS or algorithm not in expected.algorithms:
        raise _forged("alg")
    if "crit" in header:
        raise _forged("crit")
    claims = _verified(token, str(algorithm), _key(keys, str(algorithm), header.get("kid")))
    _require_claims(claims, expected)
    return claims


def _key(keys: Sequence[Mapping[str, Any]], algorithm: str, kid: object) -> jwk.Key:
    fitting = [
        one
        for one in keys
        if one.get("kty") == ALGORITHMS[algorithm] and one.get("use", "sig") == "sig" and one.get("alg", algorithm) == algorithm
    ]
    # Without a name only a sole key can be meant.
    found = [one for one in fitting if one.get("kid") == kid] if kid is not None else fitting
    if len(found) != 1:
        raise _forged("kid")
    try:
        return jwk.import_key(dict(found[0]))
    except (JoseError, ValueError, TypeError) as error:
        raise _forged("key") from error


def _verified(token: str, algorithm: str, key: jwk.Key) -> Mapping[str, Any]:
    registry = jws.JWSRegistry(algorithms=[algorithm], strict_check_header=False)
    with warnings.catch_warnings():
        # EdDSA is what providers announce (RFC 8037); RFC 9864 gives it a new name, and joserfc warns of the old one.
        warnings.simplefilter("ignore", SecurityWarning)
        try:
            return jwt.decode(token, key, algorithms=[algorithm], registry=registry).claims
        except (JoseError, ValueError, TypeError) as error:
            raise _forged("signature") from error


def _require_claims(claims: Mapping[str, Any], expected: Expected) -> None:
    now = time.time()
    if claims.get("iss") != expected.issuer:
        raise _forged("iss")
    told = claims.get("aud")
    audience = told if isinstance(told, list) else [told]
    if expected.client_id not in audience:
        raise _forged("aud")
    if (len(audience) > 1 or "azp" in claims) and claims.get("azp") != expected.client_id:
        raise _forged("azp")
    if _moment(claims, "exp") <= now - LEEWAY_SECONDS:
        raise _forged("exp")
    if not now - _OLDEST_SECONDS - LEEWAY_SECONDS <= _moment(claims, "iat") <= now + LEEWAY_SECONDS:
        raise _forged("iat")
    if "nbf" in claims and _moment(claims, "nbf") > now + LEEWAY_SECONDS:
        raise _forged("nbf")
    nonce = claims.get("nonce")
    if not isinstance(nonce, str) or not hmac.compare_digest(nonce.encode(), expected.nonce.encode()):
        raise _forged("nonce")
    require_subject(claims.get("sub"))


def require_subject(subject: object) -> str:
    """A subject as providers may name one. Raises OutsideError."""
    if not isinstance(subject, str) or not 0 < len(subject) <= _LONGEST_SUBJECT:
        raise _forged("sub")
    return subject


def _moment(claims: Mapping[str, Any], name: str) -> float:
    value = claims.get(name)
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise _forged(name)
    return value


def _forged(rule: str) -> OutsideError:
    return OutsideError(Why.FORGED, rule)
