"""`/oauth/token`, `/oauth/revoke` and the document that tells programs of them; no cookie is looked at."""

import json
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from http import HTTPStatus

from authlib.oauth2.rfc6749 import OAuth2Error
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from smilero_core.audit.log import AuditLog
from smilero_core.db.session import Session
from smilero_core.identity.grants import Grants
from smilero_core.identity.programs import UNATTENDED_ROLE, Programs
from smilero_core.identity.tokens import actor_in_role
from smilero_core.limits.limiter import Rule
from smilero_core.plugins.context import CORE
from smilero_sdk.context import Tenant
from smilero_sdk.errors import Problem, not_found
from smilero_tenants.faces.parts import FaceParts
from smilero_tenants.oauth.requests import Asked, Parameters, claimed_program, posted
from smilero_tenants.oauth.scopes import scopes_of
from smilero_tenants.oauth.server import AUTH_METHODS, NO_STORE, Found, KnownToken, Loaded, Revocation, Server

AUTHORIZE, TOKEN, REVOKE = "/oauth/authorize", "/oauth/token", "/oauth/revoke"
METADATA = "/.well-known/oauth-authorization-server"

PER_ADDRESS = Rule("oauth-address", 120, 60, fails_closed=True)


class TokenEndpoints:
    """Handlers of one application.

    Args:
        parts: gives the running application, which exists only once it has started.
    """

    def __init__(self, parts: Callable[[], FaceParts]) -> None:
        self._parts = parts

    def routes(self) -> list[Route]:
        """What programs ask."""
        return [
            Route(TOKEN, self.token, methods=["POST"]),
            Route(REVOKE, self.revoke, methods=["POST"]),
            Route(METADATA, self.metadata),
        ]

    async def token(self, request: Request) -> Response:
        """Give tokens for a code, a refresh token or a program's own secret (RFC 6749 §3.2)."""
        return await self._answer(request, self._give)

    async def revoke(self, request: Request) -> Response:
        """End a token; of a refresh token its whole family (RFC 7009)."""
        return await self._answer(request, self._end)

    async def metadata(self, request: Request) -> Response:
        """What a program needs to know of us (RFC 8414 §2)."""
        tenant, parts = tenant_of(request), self._parts()
        issuer = issuer_of(request)
        return JSONResponse(
            {
                "issuer": issuer,
                "authorization_endpoint": issuer + AUTHORIZE,
                "token_endpoint": issuer + TOKEN,
                "revocation_endpoint": issuer + REVOKE,
                "scopes_supported": sorted(scopes_of(parts.host, await parts.gate.of(tenant.id))),
                "response_types_supported": ["code"],
                "response_modes_supported": ["query"],
                "grant_types_supported": ["authorization_code", "refresh_token", "client_credentials"],
                "token_endpoint_auth_methods_supported": list(AUTH_METHODS),
                "revocation_endpoint_auth_methods_supported": list(AUTH_METHODS),
                "code_challenge_methods_supported": ["S256"],
                "authorization_response_iss_parameter_supported": True,
            }
        )

    async def _answer(self, request: Request, work: Callable[[Request, Session, Parameters], Awaitable[Response]]) -> Response:
        tenant, parts = tenant_of(request), self._parts()
        try:
            await parts.limiter.take(tenant.id, PER_ADDRESS, request.client.host if request.client else "")
        except Problem as problem:
            told = {"error": "temporarily_unavailable", "error_description": "Try again later."}
            return JSONResponse(told, problem.status, {**problem.headers, **NO_STORE})
        # The body arrives before the transaction opens: a slow sender must not hold a connection.
        try:
            parameters = await posted(request)
            async with parts.database.unit(tenant.id) as unit:
                return await work(request, Session(unit), parameters)
        except OAuth2Error as error:
            return Server(Loaded(issuer_of(request), None)).refuse(error)

    async def _give(self, request: Request, session: Session, parameters: Parameters) -> Response:
        grants = Grants(session)
        loaded = await _load(request, session, parameters)
        answer: Response = Server(loaded).create_token_response(Asked(request, parameters))
        grant = loaded.found.grant if loaded.found else None
        if grant and loaded.stolen and loaded.program:
            # Committed although the answer is a refusal.
            if await grants.end(grant.id):
                log = AuditLog(session, None, CORE, datetime.now(UTC))
                await log.record("identity.audit.token_came_twice", grant.id, program=loaded.program.name)
            return answer
        if answer.status_code != HTTPStatus.OK or loaded.scopes is None or loaded.program is None:
            return answer
        if grant and loaded.spend:
            await grants.spend(grant)
            issued = await grants.issue(grant.id, loaded.scopes, grant.scopes if loaded.with_refresh else None)
        else:
            own = await grants.by_itself(loaded.program.id, UNATTENDED_ROLE, loaded.program.scopes)
            issued = await grants.issue(own, loaded.scopes, None)
        told = {"access_token": issued.access, **({"refresh_token": issued.refresh} if issued.refresh else {})}
        return JSONResponse({**json.loads(bytes(answer.body)), **told}, answer.status_code, NO_STORE)

    async def _end(self, request: Request, session: Session, parameters: Parameters) -> Response:
        grants, token = Grants(session), parameters.get("token", "")
        loaded = await _load(request, session, parameters)
        known = await grants.find_token(token)
        loaded.token = KnownToken(*known) if known else None
        answer: Response = Server(loaded).create_endpoint_response(Revocation.ENDPOINT_NAME, Asked(request, parameters))
        if loaded.revoke and loaded.token:
            await (grants.revoke(token) if loaded.token.kind == "access" else grants.end(loaded.token.grant_id))
        return answer


def tenant_of(request: Request) -> Tenant:
    """Whose host it is. Raises `http.not_found` on the platform's own."""
    tenant: Tenant | None = request.state.tenant
    if tenant is None:
        raise not_found()
    return tenant


def issuer_of(request: Request) -> str:
    """Who we are to programs: the foundation's host (RFC 8414 §2)."""
    return f"{request.url.scheme}://{request.url.netloc}"


async def _load(request: Request, session: Session, parameters: Parameters) -> Loaded:
    """What Authlib will ask for, by what the request names. Raises InvalidClientError."""
    claimed = claimed_program(request, parameters)
    program = await Programs(session).find(claimed) if claimed else None
    grants, grant = Grants(session), None
    match parameters.get("grant_type"):
        case "authorization_code" if "code" in parameters:
            grant = await grants.by_code(parameters["code"])
        case "refresh_token" if "refresh_token" in parameters:
            grant = await grants.by_refresh(parameters["refresh_token"])
    actor = await actor_in_role(session, grant.person_id, grant.role) if grant and grant.person_id else None
    return Loaded(issuer_of(request), program, found=Found(grant, actor) if grant else None)
