"""A provider of logins of the tests' own: it does all as OpenID Connect says, until it is told to misbehave."""

import asyncio
import hashlib
import secrets
import time
import warnings
from base64 import urlsafe_b64encode
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from typing import Any

import uvicorn
from joserfc import jwt
from joserfc.errors import SecurityWarning
from joserfc.jwk import ECKey, Key, OKPKey, RSAKey
from joserfc.jws import JWSRegistry
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

CLIENT, SECRET = "market", "market's secret"
HUGE = 10 * 1024 * 1024

Claims = dict[str, Any]


@dataclass
class Behaviour:
    """What it does otherwise.

    Attributes:
        header, claims: of the ID token; None takes one away.
        sign: how the token is made of both, where it is not by the named key.
        answer: of the token endpoint; None takes a part away.
        huge: the path that answers with ten megabytes.
        checks: whether it compares the verifier with the challenge, as it should.
    """

    header: Mapping[str, Any] = field(default_factory=dict)
    claims: Mapping[str, Any] = field(default_factory=dict)
    sign: "Callable[[Rogue, Claims, Claims], str] | None" = None
    answer: Mapping[str, Any] = field(default_factory=dict)
    userinfo: Mapping[str, Any] = field(default_factory=dict)
    discovery: Mapping[str, Any] = field(default_factory=dict)
    huge: str = ""
    checks: bool = True
    key: str = "RS256"


@dataclass
class Rogue:
    """The provider.

    Attributes:
        asked: the forms that came to the token endpoint.
    """

    url: str = ""
    behaviour: Behaviour = field(default_factory=Behaviour)
    keys: dict[str, Key] = field(default_factory=dict)
    stranger: Key = field(default_factory=lambda: RSAKey.generate_key(2048, {"kid": "RS256"}))
    granted: dict[str, Mapping[str, str]] = field(default_factory=dict)
    asked: list[Mapping[str, str]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.keys = {
            "RS256": RSAKey.generate_key(2048, {"kid": "RS256", "use": "sig"}),
            "ES256": ECKey.generate_key("P-256", {"kid": "ES256", "use": "sig"}),
            "EdDSA": OKPKey.generate_key("Ed25519", {"kid": "EdDSA", "use": "sig"}),
        }

    @property
    def public_pem(self) -> bytes:
        """What everybody may know of its first key."""
        key = self.keys["RS256"]
        assert isinstance(key, RSAKey)
        return key.as_pem(private=False)

    def approve(self, query: Mapping[str, str], subject: str) -> str:
        """What the person does there: a code for the address that the browser was sent to."""
        code = secrets.token_urlsafe(16)
        self.granted[code] = {**query, "subject": subject}
        return code

    def routes(self) -> list[Route]:
        """Its addresses, Naver's among them."""
        return [
            Route("/.well-known/openid-configuration", self.discovery),
            Route("/token", self.token, methods=["POST"]),
            Route("/jwks", self.jwks),
            Route("/userinfo", self.userinfo),
            Route("/v1/nid/me", self.naver),
        ]

    async def discovery(self, request: Request) -> Response:
        told = {
            "issuer": self.url,
            "authorization_endpoint": f"{self.url}/authorize",
            "token_endpoint": f"{self.url}/token",
            "jwks_uri": f"{self.url}/jwks",
            "userinfo_endpoint": f"{self.url}/userinfo",
            "id_token_signing_alg_values_supported": ["none", "HS256", *self.keys],
            "token_endpoint_auth_methods_supported": ["client_secret_post"],
        }
        return self._answer(request, without({**told, **self.behaviour.discovery}))

    async def token(self, request: Request) -> Response:
        form = {name: str(value) for name, value in (await request.form()).items()}
        self.asked.append(form)
        # A code is good once.
        grant = self.granted.pop(form.get("code", ""), None)
        verifier = urlsafe_b64encode(hashlib.sha256(form.get("code_verifier", "").encode()).digest()).decode().rstrip("=")
        proved = grant is not None and (not self.behaviour.checks or verifier == grant["code_challenge"])
        known = (form.get("client_id"), form.get("client_secret")) == (CLIENT, SECRET)
        if grant is None or not proved or not known or form.get("redirect_uri") != grant["redirect_uri"]:
            return JSONResponse({"error": "invalid_grant"}, 400)
        told = {
            "access_token": f"access {grant['subject']}",
            "token_type": "Bearer",
            "expires_in": "3600",
            "id_token": self.id_token(grant),
        }
        return self._answer(request, without({**told, **self.behaviour.answer}))

    def id_token(self, grant: Mapping[str, str]) -> str:
        """As it is told to make them."""
        now = int(time.time())
        sound = {"iss": self.url, "sub": grant["subject"], "aud": CLIENT, "exp": now + 300, "iat": now, "nonce": grant.get("nonce")}
        key = self.behaviour.key
        claims = without({**sound, **self.behaviour.claims})
        header = without({"alg": key, "kid": key, **self.behaviour.header})
        return self.behaviour.sign(self, header, claims) if self.behaviour.sign else signed(header, claims, self.keys[key])

    async def jwks(self, request: Request) -> Response:
        return self._answer(request, {"keys": [key.as_dict(private=False) for key in self.keys.values()]})

    async def userinfo(self, request: Request) -> Response:
        subject = request.headers["authorization"].removeprefix("Bearer access ")
        return self._answer(request, without({"sub": subject, "name": "Hong", **self.behaviour.userinfo}))

    async def naver(self, request: Request) -> Response:
        subject = request.headers["authorization"].removeprefix("Bearer access ")
        return self._answer(request, {"resultcode": "00", "message": "success", "response": {"id": subject, "nickname": "Hong"}})

    def _answer(self, request: Request, told: Mapping[str, Any]) -> Response:
        padding = {"padding": "x" * HUGE} if self.behaviour.huge == request.url.path else {}
        return JSONResponse({**told, **padding})


def signed(header: Claims, claims: Claims, key: Key) -> str:
    """A token."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", SecurityWarning)
        return jwt.encode(header, claims, key, registry=JWSRegistry(algorithms=[header["alg"]], strict_check_header=False))


def without(told: Mapping[str, Any]) -> Claims:
    """What is None is left out."""
    return {name: value for name, value in told.items() if value is not None}


class _Quiet(uvicorn.Server):
    """Leaves the signals to the tests."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


@asynccontextmanager
async def running_rogue() -> AsyncIterator[Rogue]:
    """Serve it on a port of its own until the end of the block."""
    rogue = Rogue()
    server = _Quiet(uvicorn.Config(Starlette(routes=rogue.routes()), port=0, log_level="error", lifespan="off"))
    serving = asyncio.create_task(server.serve())
    while not server.started:
        assert not serving.done(), serving
        await asyncio.sleep(0)
    rogue.url = f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    yield rogue
    server.should_exit = True
    await serving
