"""Authlib's server on what a request needs, loaded before: it decides without a database, and says what is to be written after."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any
from uuid import UUID

from authlib.common.urls import add_params_to_uri
from authlib.oauth2.rfc6749 import AuthorizationServer, ClientMixin, InvalidGrantError, InvalidRequestError, InvalidScopeError, OAuth2Error
from authlib.oauth2.rfc6749.grants import AuthorizationCodeGrant, ClientCredentialsGrant, RefreshTokenGrant
from authlib.oauth2.rfc7009 import RevocationEndpoint
from authlib.oauth2.rfc7636 import CodeChallenge
from starlette.responses import JSONResponse, Response

from smilero_core.identity.grants import ACCESS_LIFETIME, Grant
from smilero_core.identity.programs import KnownProgram
from smilero_sdk.context import Actor
from smilero_tenants.oauth.requests import Asked

SECRET_METHODS = ("client_secret_basic", "client_secret_post")
AUTH_METHODS = (*SECRET_METHODS, "none")
NO_STORE = {"Cache-Control": "no-store", "Pragma": "no-cache"}


class Client(ClientMixin):
    """A program as Authlib asks it.

    Args:
        held: what a person who is asked may herself; None where nobody is.
    """

    def __init__(self, program: KnownProgram, held: frozenset[str] | None = None) -> None:
        self.program = program
        self._held = held

    def get_client_id(self) -> str:
        """Its id."""
        return str(self.program.id)

    def get_default_redirect_uri(self) -> str | None:
        """None: every request says where it goes on."""
        return None

    def get_allowed_scope(self, scope: str | None) -> str | None:
        """What of it can be allowed: nothing that the program may not have, and of a person's rights what she has.

        Raises InvalidScopeError.
        """
        asked = frozenset(scope.split()) if scope else self.program.scopes
        if not asked <= self.program.scopes:
            raise InvalidScopeError
        allowed = asked if self._held is None else asked & self._held
        if not allowed:
            raise InvalidScopeError
        return " ".join(sorted(allowed))

    def check_redirect_uri(self, redirect_uri: str) -> bool:
        """Whether it is one of its own, character by character (RFC 9700 §2.1)."""
        return redirect_uri in self.program.addresses

    def check_client_secret(self, client_secret: str) -> bool:
        """Whether it is its secret."""
        return self.program.has_secret(client_secret)

    def check_endpoint_auth_method(self, method: str, endpoint: str) -> bool:  # noqa: ARG002 - Authlib's signature
        """Who has a secret must say it."""
        return method in SECRET_METHODS if self.program.confidential else method == "none"

    def check_response_type(self, response_type: str) -> bool:
        """A code alone."""
        return response_type == "code"

    def check_grant_type(self, grant_type: str) -> bool:
        """By itself only where the foundation lets it."""
        return self.program.unattended if grant_type == ClientCredentialsGrant.GRANT_TYPE else bool(self.program.addresses)


@dataclass(frozen=True)
class Found:
    """A grant as Authlib asks its code or refresh token.

    Attributes:
        actor: the person in the role of the grant; None when she has it no more.
    """

    grant: Grant
    actor: Actor | None

    @property
    def code_challenge(self) -> str:
        """Of the authorization request."""
        return self.grant.challenge

    @property
    def code_challenge_method(self) -> str:
        """There is no other."""
        return "S256"

    def get_redirect_uri(self) -> str:
        """Of the authorization request."""
        return self.grant.redirect_uri

    def get_scope(self) -> str:
        """In order."""
        return " ".join(sorted(self.grant.scopes))

    def check_client(self, client: Client) -> bool:
        """Whether it is this program's."""
        return self.grant.program_id == client.program.id


@dataclass(frozen=True)
class KnownToken:
    """A token that is to be revoked."""

    program_id: UUID
    grant_id: UUID
    kind: str

    def check_client(self, client: Client) -> bool:
        """Whether it is this program's."""
        return self.program_id == client.program.id


@dataclass
class Loaded:
    """What a request needs of the database, and what it then wants written.

    Attributes:
        program: whom the request says that it comes from, if there is such a program.
        held: what the person who is asked may; None where nobody is.
        found: the grant of the code or refresh token that came.
        token: what is to be revoked.
        spend, stolen: of `found`: it is used now; it came a second time.
        scopes: of the tokens to be made, or of what the person allowed.
        revoke: whether `token` shall end.
        code: what the person's program is to be given.
    """

    issuer: str
    program: KnownProgram | None
    held: frozenset[str] | None = None
    found: Found | None = None
    token: KnownToken | None = None
    spend: bool = False
    stolen: bool = False
    scopes: frozenset[str] | None = None
    with_refresh: bool = False
    revoke: bool = False
    code: str | None = None


class PkceS256(CodeChallenge):
    """PKCE as everybody must have it, by S256: Authlib would let confidential programs do without, and take `plain`."""

    def validate_code_challenge(self, grant: Any, redirect_uri: str) -> None:  # noqa: ANN401 - Authlib's
        """Raises InvalidRequestError."""
        asked = grant.request.payload.data
        if not asked.get("code_challenge") or asked.get("code_challenge_method") != "S256":
            raise InvalidRequestError(description="A code_challenge by S256 is needed.")
        super().validate_code_challenge(grant, redirect_uri)


class CodeGrant(AuthorizationCodeGrant):
    """RFC 6749 §4.1."""

    TOKEN_ENDPOINT_AUTH_METHODS = AUTH_METHODS

    @staticmethod
    def validate_authorization_redirect_uri(request: Asked, client: Client) -> str:
        """The address that was said, one of the program's own. Raises InvalidRequestError, which leads nowhere."""
        said = request.payload.redirect_uri
        if not said or not client.check_redirect_uri(said):
            raise InvalidRequestError(description="This redirect_uri is not registered.")
        return str(said)

    def generate_authorization_code(self) -> str:
        """256 random bits."""
        return secrets.token_urlsafe(32)

    def save_authorization_code(self, code: str, request: Asked) -> None:
        """To be written."""
        self.server.loaded.code, self.server.loaded.scopes = code, frozenset(request.scope.split())

    def query_authorization_code(self, code: str, client: Client) -> Found | None:  # noqa: ARG002 - it was looked for before
        """What it stands for, for the program that it was made for. A second use ends what the first one gave."""
        found = self.server.loaded.found
        return _sound(self.server.loaded, found, client)

    def authenticate_user(self, authorization_code: Found) -> Actor | None:
        """The person, while she has the role."""
        return authorization_code.actor

    def delete_authorization_code(self, authorization_code: Found) -> None:  # noqa: ARG002 - Authlib's signature
        """It is kept, to be known again if it comes back."""
        self.server.loaded.spend = True


class RotatingGrant(RefreshTokenGrant):
    """RFC 6749 §6, each refresh token once (RFC 9700 §4.14.2)."""

    TOKEN_ENDPOINT_AUTH_METHODS = AUTH_METHODS
    INCLUDE_NEW_REFRESH_TOKEN = True

    def authenticate_refresh_token(self, refresh_token: str) -> Found | None:  # noqa: ARG002 - it was looked for before
        """What it stands for. A second use ends the family."""
        return _sound(self.server.loaded, self.server.loaded.found, self.client)

    def authenticate_user(self, refresh_token: Found) -> Actor:
        """The person, while she has the role. Raises InvalidGrantError."""
        if refresh_token.actor is None:
            raise InvalidGrantError
        return refresh_token.actor

    def revoke_old_credential(self, refresh_token: Found) -> None:  # noqa: ARG002 - Authlib's signature
        """It is kept, to be known again if it comes back."""
        self.server.loaded.spend = True


class OwnGrant(ClientCredentialsGrant):
    """RFC 6749 §4.4."""

    TOKEN_ENDPOINT_AUTH_METHODS = SECRET_METHODS


class Revocation(RevocationEndpoint):
    """RFC 7009."""

    CLIENT_AUTH_METHODS = AUTH_METHODS

    def query_token(self, token_string: str, token_type_hint: str | None) -> KnownToken | None:  # noqa: ARG002 - as above
        """It was looked for before."""
        known: KnownToken | None = self.server.loaded.token
        return known

    def revoke_token(self, token: KnownToken, request: Asked) -> None:  # noqa: ARG002 - Authlib's signature
        """To be written."""
        self.server.loaded.revoke = True


class Server(AuthorizationServer):
    """Authlib's server for one request.

    Args:
        loaded: what the database has for it.
    """

    def __init__(self, loaded: Loaded) -> None:
        super().__init__()
        self.loaded = loaded
        self.register_grant(CodeGrant, [PkceS256()])
        self.register_grant(RotatingGrant)
        self.register_grant(OwnGrant)
        self.register_endpoint(Revocation)
        self.register_token_generator("default", self._plan)

    def query_client(self, client_id: str) -> Client | None:
        """The program, if the request comes from it."""
        program = self.loaded.program
        return Client(program, self.loaded.held) if program and str(program.id) == client_id else None

    def save_token(self, token: Mapping[str, Any], request: Asked) -> None:
        """Nothing yet: it is made when it is written."""

    def send_signal(self, name: str, *args: object, **kwargs: object) -> None:
        """Nobody listens."""

    def create_oauth2_request(self, request: Asked) -> Asked:
        """It is one already."""
        return request

    def handle_response(self, status: int, body: Any, headers: Any) -> Response:  # noqa: ANN401 - Authlib's
        """An answer that nobody keeps; on the way back to a program with whose it is (RFC 9207)."""
        told = dict(headers)
        if "Location" in told:
            location = add_params_to_uri(told["Location"], [("iss", self.loaded.issuer)])
            return Response(status_code=HTTPStatus.SEE_OTHER, headers={"Location": location, "Referrer-Policy": "no-referrer", **NO_STORE})
        return JSONResponse(dict(body), status, {**NO_STORE, **{name: told[name] for name in told if name == "WWW-Authenticate"}})

    def refuse(self, error: OAuth2Error) -> Response:
        """The error as its answer: to the program's own address where that is sound, else as JSON."""
        return self.handle_response(*error())

    def _plan(self, client: Client, scope: str | None = None, *, include_refresh_token: bool, **_: object) -> dict[str, Any]:
        # What a program may have is asked anew, for one that acts by itself and for one that was allowed something long ago.
        granted = client.get_allowed_scope(scope) or ""
        self.loaded.scopes, self.loaded.with_refresh = frozenset(granted.split()), include_refresh_token
        return {"token_type": "Bearer", "expires_in": int(ACCESS_LIFETIME.total_seconds()), "scope": granted}


def _sound(loaded: Loaded, found: Found | None, client: Client) -> Found | None:
    if found is None or not found.check_client(client):
        return None
    if found.grant.spent:
        loaded.stolen = True
        return None
    return found if found.grant.sound else None
