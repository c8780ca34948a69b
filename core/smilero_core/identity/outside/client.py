"""Speaking to a provider, through Authlib: where to send a browser, and whose login came back.

OAuth 2.0 with PKCE (RFC 6749, 7636) and OpenID Connect Core 1.0 by the code flow. Nothing here may run while a transaction is open.
"""

import asyncio
import secrets
import time
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from authlib.integrations.base_client import OAuthError
from authlib.integrations.httpx_client import AsyncOAuth2Client
from httpx2 import AsyncClient, HTTPError

from smilero_core.identity.outside.id_token import ALGORITHMS, Expected, read_id_token, require_subject
from smilero_core.identity.outside.kinds import NAVER, Kind, Metadata
from smilero_core.identity.outside.network import Addresses, GuardedTransport
from smilero_core.identity.outside.refusals import OutsideError, Why

_DISCOVERY = "/.well-known/openid-configuration"
_SECONDS = 5.0
# All that is asked of a provider for one step, together.
_PATIENCE_SECONDS = 10.0
_FRESH_SECONDS = 300.0
_MOST_KNOWN = 256
_BYTES = 32
_LONGEST_NAME = 40
_HEADERS = {"Accept": "application/json", "Accept-Encoding": "identity", "User-Agent": "Smilero"}


@dataclass(frozen=True)
class Provider:
    """A provider of a foundation, with the secret in clear: for the one call, never kept."""

    id: UUID
    kind: Kind
    label: str
    issuer: str
    client_id: str
    secret: str
    own_callback: bool = False


@dataclass(frozen=True)
class Secrets:
    """What a sign-in is bound to: the verifier of PKCE and the nonce, random each time."""

    verifier: str
    nonce: str

    @classmethod
    def new(cls) -> "Secrets":
        """256 random bits each."""
        return cls(secrets.token_urlsafe(_BYTES), secrets.token_urlsafe(_BYTES))


@dataclass(frozen=True)
class Returned:
    """What came back to the callback.

    Attributes:
        issuer: as the answer names it (RFC 9207); empty when it does not.
    """

    code: str
    error: str
    issuer: str


@dataclass(frozen=True)
class Proven:
    """Who it is there.

    Attributes:
        name: what that account is called, for a person to recognise it; it proves nothing. May be empty.
    """

    subject: str
    name: str


class OutsideClient:
    """Speaks to providers, and remembers for five minutes where they do what."""

    def __init__(self, addresses: Addresses) -> None:
        self._addresses = addresses
        self._known: dict[str, tuple[float, Metadata]] = {}

    async def discover(self, kind: Kind, issuer: str, *, anew: bool = False) -> Metadata:
        """Where a provider does what. Raises OutsideError with the part that is wrong."""
        if kind is Kind.NAVER:
            return NAVER
        until, known = self._known.get(issuer, (0.0, None))
        if known is None or anew or until < time.monotonic():
            async with _patience():
                known = self._read(issuer, await self._get(issuer.rstrip("/") + _DISCOVERY))
            if len(self._known) >= _MOST_KNOWN:
                self._known.clear()
            self._known[issuer] = (time.monotonic() + _FRESH_SECONDS, known)
        return known

    async def address(self, provider: Provider, callback: str, state: str, bound: Secrets) -> str:
        """Where the browser goes. Raises OutsideError."""
        metadata = await self.discover(provider.kind, provider.issuer)
        more = {} if provider.kind is Kind.NAVER else {"nonce": bound.nonce}
        async with self._speaking(provider, metadata, callback) as client:
            url, _ = client.create_authorization_url(metadata.authorize, state=state, code_verifier=bound.verifier, **more)
        return str(url)

    async def prove(self, provider: Provider, callback: str, bound: Secrets, came: Returned) -> Proven:
        """Exchange the code, and check all that comes with it. Raises OutsideError."""
        if came.error:
            raise OutsideError(Why.DENIED if came.error == "access_denied" else Why.DOWN, "answered_error")
        metadata = await self.discover(provider.kind, provider.issuer)
        named_well = came.issuer == provider.issuer if came.issuer else not metadata.names_itself
        if not came.code or not named_well:
            raise OutsideError(Why.FORGED, "iss" if came.code else "no_code")
        async with _patience():
            token = await self._exchange(provider, metadata, callback, bound, came.code)
            if not metadata.jwks_uri:
                return await self._profile(metadata, token)
            keys = _keys(await self._get(metadata.jwks_uri))
            expected = Expected(provider.issuer, provider.client_id, bound.nonce, metadata.algorithms)
            claims = read_id_token(token.get("id_token"), expected, keys)
            return Proven(claims["sub"], await self._name(metadata, claims, token))

    async def _exchange(self, provider: Provider, metadata: Metadata, callback: str, bound: Secrets, code: str) -> Mapping[str, Any]:
        async with self._speaking(provider, metadata, callback) as client:
            try:
                token = await client.fetch_token(
                    metadata.token, grant_type="authorization_code", code=code, code_verifier=bound.verifier, headers=_HEADERS
                )
            except OAuthError as error:
                # The provider itself does not take the code, the verifier or the client.
                raise OutsideError(Why.FORGED, "not_exchanged") from error
            except (HTTPError, ValueError, TypeError, KeyError) as error:
                raise OutsideError(Why.DOWN, "token") from error
        if not isinstance(token.get("access_token"), str):
            raise OutsideError(Why.DOWN, "token")
        return dict(token)

    async def _profile(self, metadata: Metadata, token: Mapping[str, Any]) -> Proven:
        """Naver's: who it is, in an envelope of its own."""
        told = (await self._get(metadata.userinfo, token["access_token"])).get("response")
        if not isinstance(told, dict):
            raise OutsideError(Why.DOWN, "userinfo")
        return Proven(require_subject(told.get("id")), _named(told))

    async def _name(self, metadata: Metadata, claims: Mapping[str, Any], token: Mapping[str, Any]) -> str:
        if _named(claims) or not metadata.userinfo:
            return _named(claims)
        told = await self._get(metadata.userinfo, token["access_token"])
        # OpenID Connect Core 1.0, section 5.3.2: another's answer must not be used.
        if told.get("sub") != claims["sub"]:
            raise OutsideError(Why.FORGED, "userinfo")
        return _named(told)

    async def _get(self, address: str, bearer: str | None = None) -> Mapping[str, Any]:
        """A JSON object. Redirects are not followed. Raises OutsideError."""
        self._addresses.require(address)
        headers = {**_HEADERS, **({"Authorization": f"Bearer {bearer}"} if bearer else {})}
        async with AsyncClient(transport=GuardedTransport(self._addresses), timeout=_SECONDS, trust_env=False) as http:
            try:
                answer = await http.get(address, headers=headers)
                answer.raise_for_status()
                told = answer.json()
            except (HTTPError, ValueError, RecursionError) as error:
                raise OutsideError(Why.DOWN, "no_answer") from error
        if not isinstance(told, dict):
            raise OutsideError(Why.DOWN, "no_answer")
        return told

    @asynccontextmanager
    async def _speaking(self, provider: Provider, metadata: Metadata, callback: str) -> AsyncIterator[AsyncOAuth2Client]:
        async with AsyncOAuth2Client(
            client_id=provider.client_id,
            client_secret=provider.secret or None,
            token_endpoint_auth_method=metadata.token_auth if provider.secret else "none",
            scope=None if provider.kind is Kind.NAVER else "openid" if provider.kind is Kind.KAKAO else "openid profile",
            redirect_uri=callback,
            code_challenge_method="S256",
            transport=GuardedTransport(self._addresses),
            timeout=_SECONDS,
            trust_env=False,
        ) as client:
            yield client

    def _read(self, issuer: str, told: Mapping[str, Any]) -> Metadata:
        # Discovery 1.0, section 4.3: or anybody could speak for anybody.
        if told.get("issuer") != issuer:
            raise OutsideError(Why.DOWN, "issuer")
        names = ("authorization_endpoint", "token_endpoint", "jwks_uri", "userinfo_endpoint")
        authorize, token, jwks, userinfo = (str(told.get(name) or "") for name in names)
        for address in (authorize, token, jwks, *([userinfo] if userinfo else [])):
            self._addresses.require(address)
        algorithms = tuple(one for one in _texts(told, "id_token_signing_alg_values_supported", "RS256") if one in ALGORITHMS)
        if not algorithms:
            raise OutsideError(Why.DOWN, "algorithms")
        methods = _texts(told, "token_endpoint_auth_methods_supported", "client_secret_basic")
        return Metadata(
            authorize,
            token,
            userinfo,
            jwks,
            algorithms,
            "client_secret_basic" if "client_secret_basic" in methods else "client_secret_post",
            told.get("authorization_response_iss_parameter_supported") is True,
        )


@asynccontextmanager
async def _patience() -> AsyncIterator[None]:
    try:
        async with asyncio.timeout(_PATIENCE_SECONDS):
            yield
    except TimeoutError as error:
        raise OutsideError(Why.DOWN, "slow") from error


def _keys(told: Mapping[str, Any]) -> Sequence[Mapping[str, Any]]:
    keys = told.get("keys")
    return [one for one in keys if isinstance(one, dict)] if isinstance(keys, list) else []


def _texts(told: Mapping[str, Any], name: str, default: str) -> list[str]:
    values = told.get(name)
    return [one for one in values if isinstance(one, str)] if isinstance(values, list) else [default]


def _named(told: Mapping[str, Any]) -> str:
    """What an account is called, in one line."""
    found = next((value for name in ("name", "nickname") if isinstance(value := told.get(name), str) and value.strip()), "")
    return "".join(letter for letter in found if letter.isprintable())[:_LONGEST_NAME].strip()
