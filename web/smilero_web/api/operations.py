"""From a declared operation to a route: door, session, permission, body, idempotency, answer — in this order."""

import logging
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import partial
from http import HTTPStatus
from typing import Any

from pydantic import BaseModel
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import Receive, Send
from starlette.types import Scope as ASGIScope

from smilero_core.db.session import Session
from smilero_core.db.unit import UnitOfWork
from smilero_core.idempotency.keys import Answer, IdempotencyKeys, Scope, is_kept, require_key
from smilero_core.identity.bearers import Bearer, bearer_of, note_use
from smilero_core.identity.tokens import token_hash
from smilero_core.limits.limiter import rule_of
from smilero_core.plugins.approval_rows import Body
from smilero_core.plugins.calling import perform
from smilero_core.plugins.context import CORE, Context
from smilero_core.plugins.gate import TenantPlugins
from smilero_core.plugins.holding_back import Sent, hold_back
from smilero_sdk.api import PATH_TYPES, Idempotency, Operation
from smilero_sdk.context import Actor
from smilero_sdk.errors import Problem, not_found
from smilero_web.api.v1.approvals import told_approval
from smilero_web.errors import PROBLEM_TYPE, problem_response, to_problem
from smilero_web.runtime import Runtime

log = logging.getLogger(__name__)

PREFIX = "/api/v1"
JSON = "application/json"
_BEARER = "bearer "


@dataclass(frozen=True)
class Mounted:
    """An operation at its full address.

    Attributes:
        source: the plugin, or `core`.
        path: with Starlette's converters, `/api/v1/coupons/campaigns/{campaign_id:uuid}`.
    """

    source: str
    path: str
    operation: Operation

    @property
    def name(self) -> str:
        """Stable, for idempotency keys and the document's operationId."""
        return f"{self.source}.{self.operation.handler.__name__}"


def mount(source: str, operations: Iterable[Operation]) -> list[Mounted]:
    """The operations of a plugin (or of the core) with their addresses."""
    prefix = PREFIX if source == CORE else f"{PREFIX}/{source}"
    return [Mounted(source, prefix + _with_converters(operation), operation) for operation in operations]


def api_routes(operations: Iterable[Mounted], runtime: Callable[[], Runtime]) -> list[Route]:
    """A route for each address with all its methods."""
    by_path: dict[str, dict[str, Mounted]] = {}
    for mounted in operations:
        by_path.setdefault(mounted.path, {})[mounted.operation.method] = mounted
    return [Route(path, Address(methods, runtime)) for path, methods in by_path.items()]


class Address:
    """An ASGI endpoint for every method, so that the door is asked before anything is told of what is behind it.

    Args:
        methods: the operations of one address.
    """

    def __init__(self, methods: Mapping[str, Mounted], runtime: Callable[[], Runtime]) -> None:
        self._methods = methods
        self._runtime = runtime

    async def __call__(self, scope: ASGIScope, receive: Receive, send: Send) -> None:
        """Carry out the operation of the request's method. Raises `http.not_found`, `http.method`."""
        request, runtime = Request(scope, receive, send), self._runtime()
        plugins = await _require_open(next(iter(self._methods.values())).source, runtime, request)
        mounted = self._methods.get("GET" if request.method == "HEAD" else request.method)
        if mounted is None:
            raise Problem("http.method", HTTPStatus.METHOD_NOT_ALLOWED, headers={"Allow": self._allowed()})
        if rule := rule_of(mounted.source, mounted.operation.handler):
            await runtime.limiter.take(request.state.tenant.id, rule, _counted_by(request))
        answer = await carry_out(mounted, runtime, request, plugins)
        await Response(answer.body, answer.status, media_type=answer.content_type)(scope, receive, send)

    def _allowed(self) -> str:
        return ", ".join(sorted({*self._methods, *(["HEAD"] if "GET" in self._methods else [])}))


async def carry_out(mounted: Mounted, runtime: Runtime, request: Request, plugins: TenantPlugins) -> Answer:
    """One request as one transaction, opened at its first statement and committed before the answer goes out."""
    operation, tenant = mounted.operation, request.state.tenant
    # The body arrives before the transaction opens: a slow sender must not hold a connection.
    body = await request.body()
    async with runtime.database.unit(tenant.id, read_only=operation.method == "GET") as unit:
        bearer = await _bearer(unit, request)
        caller = runtime.access.equip(bearer.actor, bearer.scopes) if bearer else None
        _require(operation, caller)
        context = Context(tenant, request.state.language, unit, runtime.services, plugins, mounted.source, caller)
        arguments = _arguments(operation, request, body)
        answer = await _once(mounted, context, request, body, arguments)
    await _note_use(runtime, context, bearer)
    return answer


def _counted_by(request: Request) -> str:
    """Of whom limits count: the token, whether it is good or not, else the address."""
    header = request.headers.get("authorization")
    return token_hash(header).hex() if header else request.client.host if request.client else ""


async def _note_use(runtime: Runtime, context: Context, bearer: Bearer | None) -> None:
    """Once a day and token, in a transaction of its own, since one that reads cannot write. The answer does not hang on it."""
    if bearer is None or bearer.own_token is None or bearer.last_used_on == context.today:
        return
    try:
        async with runtime.database.unit(context.tenant.id) as unit:
            await note_use(Session(unit), bearer.own_token, context.today)
    except Exception:
        log.exception("the use of a token was not noted")


async def _require_open(source: str, runtime: Runtime, request: Request) -> TenantPlugins:
    """What the tenant has on. The gate may ask the database, so it is asked before the request has a connection of its own."""
    tenant = request.state.tenant
    if tenant is None:
        raise not_found()
    plugins = await runtime.gate.of(tenant.id)
    if source != CORE:
        plugins.require(source)
    return plugins


async def _once(mounted: Mounted, context: Context, request: Request, body: bytes, arguments: dict[str, Any]) -> Answer:
    """Carry out, or give the answer that the same key got before."""
    operation = mounted.operation
    key = request.headers.get("idempotency-key")
    if operation.idempotency is Idempotency.NONE or (operation.idempotency is Idempotency.OPTIONAL and key is None):
        return await _done(mounted, context, request, body, arguments)
    actor = context.actor
    # A key is one program's: two that act by themselves, or for one person, know nothing of each other.
    caller = f"{actor.role}:{actor.person_id}" + (f":{actor.program.id}" if actor.program else "")
    scope = Scope(caller, f"{mounted.name} {request.url.path}", require_key(key))
    keys = IdempotencyKeys(context.host)
    known = await keys.claim(scope, body)
    if known is not None:
        return known
    answer = await _settled(mounted, context, request, body, arguments)
    await keys.keep(scope, body, answer)
    return answer


async def _perform(mounted: Mounted, context: Context, arguments: dict[str, Any]) -> BaseModel:
    work = partial(mounted.operation.handler, context, **arguments)
    if mounted.source == CORE:
        made: BaseModel = await work()
        return made
    what = f"api {mounted.operation.method} {PREFIX}/{mounted.source}{mounted.operation.path}"
    return await perform(context, mounted.source, what, work)


async def _done(mounted: Mounted, context: Context, request: Request, body: bytes, arguments: dict[str, Any]) -> Answer:
    """The answer to a command that was carried out, or that waits for a second person."""
    operation = mounted.operation
    if operation.approval is not None:
        query = dict(request.query_params) if operation.query else None
        parameters = {name: str(request.path_params[name]) for name in operation.parameters}
        sent = Sent(operation, arguments, Body(parameters, text=body.decode() if operation.body else None, query=query))
        held = await hold_back(context, sent)
        if held is not None:
            return Answer(HTTPStatus.ACCEPTED, JSON, (await told_approval(context, held)).model_dump_json().encode())
    return _success(operation, await _perform(mounted, context, arguments))


async def _settled(mounted: Mounted, context: Context, request: Request, body: bytes, arguments: dict[str, Any]) -> Answer:
    """The answer to keep: a success, or a refusal with its half-done work undone. Raises what is not kept."""
    try:
        async with context.host.savepoint():
            return await _done(mounted, context, request, body, arguments)
    except Problem as error:
        problem = to_problem(error)
        if not is_kept(problem.status):
            raise
        response = problem_response(problem, context.catalogue, context.language)
        return Answer(problem.status, PROBLEM_TYPE, bytes(response.body))


def _success(operation: Operation, result: BaseModel) -> Answer:
    return Answer(operation.status, JSON, result.model_dump_json().encode())


async def _bearer(unit: UnitOfWork, request: Request) -> Bearer | None:
    header = request.headers.get("authorization")
    if header is None:
        return None
    token = header[len(_BEARER) :].strip() if header.lower().startswith(_BEARER) else ""
    bearer = await bearer_of(Session(unit), token) if token else None
    if bearer is None:
        raise Problem("http.token", HTTPStatus.UNAUTHORIZED, headers={"WWW-Authenticate": "Bearer"})
    return bearer


def _require(operation: Operation, caller: Actor | None) -> None:
    if operation.permission is None:
        return
    if caller is None:
        raise Problem("http.sign_in", HTTPStatus.UNAUTHORIZED, headers={"WWW-Authenticate": "Bearer"})
    if not caller.may(operation.permission):
        raise Problem("http.forbidden", HTTPStatus.FORBIDDEN)


def _arguments(operation: Operation, request: Request, body: bytes) -> dict[str, Any]:
    arguments: dict[str, Any] = {name: request.path_params[name] for name in operation.parameters}
    if operation.query is not None:
        arguments["query"] = operation.query.model_validate_strings(dict(request.query_params))
    if operation.body is not None:
        if request.headers.get("content-type", JSON).split(";")[0].strip().lower() != JSON:
            raise Problem("http.not_json", HTTPStatus.UNSUPPORTED_MEDIA_TYPE)
        arguments["body"] = operation.body.model_validate_json(body or b"null")
    return arguments


def _with_converters(operation: Operation) -> str:
    path = operation.path
    for name, kind in operation.parameters.items():
        path = path.replace(f"{{{name}}}", f"{{{name}:{PATH_TYPES[kind]}}}")
    return path
