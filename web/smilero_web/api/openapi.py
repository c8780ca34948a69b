"""The API's document: made by SpecTree from the mounted operations, told per tenant with its enabled plugins only."""

from collections.abc import Callable, Iterable
from http import HTTPStatus
from typing import Any

from pydantic import BaseModel, Field
from spectree import Response as Responses
from spectree import SecurityScheme, SecuritySchemeData, SpecTree
from spectree.models import SecureType
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from smilero_core.idempotency.keys import LONGEST_KEY
from smilero_core.plugins.context import CORE
from smilero_sdk.api import Idempotency
from smilero_sdk.limits import limit_of
from smilero_tenants.oauth.endpoints import AUTHORIZE, TOKEN
from smilero_web.api.operations import Mounted
from smilero_web.api.v1.approvals import ApprovalOut
from smilero_web.errors import PROBLEM_TYPE

_BEARER, _OAUTH = "bearer", "oauth2"
_PROBLEM = {"$ref": "#/components/schemas/ProblemDocument"}


class FieldError(BaseModel):
    """One field of an invalid request."""

    field: str
    code: str
    message: str


class ProblemDocument(BaseModel):
    """An error (RFC 9457)."""

    type: str
    title: str
    status: int
    code: str = Field(description="Stable; what a program decides by.")
    detail: str = Field(description="A sentence in the caller's language.")
    errors: list[FieldError] = []


def build_document(mounted: Iterable[Mounted], version: str, scope_text: Callable[[str], str]) -> dict[str, Any]:
    """The OpenAPI 3.1 document of all operations, whatever plugin they are of.

    Args:
        scope_text: the sentence of a permission, which is a scope to programs outside.
    """
    mounted = list(mounted)
    spec = SpecTree(
        "starlette",
        title="Smilero",
        version=version,
        mode="strict",
        naming_strategy=lambda model: model.__name__,
        nested_naming_strategy=lambda _, child: child,
        security_schemes=[SecurityScheme(name=_BEARER, data=SecuritySchemeData(type=SecureType.HTTP, scheme="bearer"))],
    )
    app = Starlette(routes=[_documented(spec, one) for one in mounted])
    spec.register(app)
    document: dict[str, Any] = spec.spec
    for path in document["paths"].values():
        for operation in path.values():
            for parameter in operation["parameters"]:
                # SpecTree knows no schema for Starlette's uuid converter.
                parameter["schema"] = parameter.get("schema") or {"type": "string", "format": "uuid"}
            operation["responses"] = _with_problems(operation["responses"])
    scopes = {one.operation.permission: scope_text(one.operation.permission) for one in mounted if one.operation.permission}
    document["components"]["securitySchemes"][_OAUTH] = _oauth(dict(sorted(scopes.items())))
    return document


def _oauth(scopes: dict[str, str]) -> dict[str, Any]:
    """How programs outside get their tokens, at addresses of the same host."""
    code = {"authorizationUrl": AUTHORIZE, "tokenUrl": TOKEN, "refreshUrl": TOKEN, "scopes": scopes}
    return {"type": "oauth2", "flows": {"authorizationCode": code, "clientCredentials": {"tokenUrl": TOKEN, "scopes": scopes}}}


def for_plugins(document: dict[str, Any], enabled: frozenset[str]) -> dict[str, Any]:
    """The document with the core's operations and those of the enabled plugins, and the schemas that they use."""
    seen = enabled | {CORE}
    paths = {
        path: kept
        for path, operations in document["paths"].items()
        if (kept := {method: one for method, one in operations.items() if seen.intersection(one["tags"])})
    }
    schemas = document["components"]["schemas"]
    used = _used(paths, schemas)
    components = {
        **document["components"],
        "schemas": {name: schemas[name] for name in sorted(used)},
        "securitySchemes": _narrowed(document["components"]["securitySchemes"], paths),
    }
    tags = [tag for tag in document.get("tags", []) if tag["name"] in seen]
    return {**document, "paths": paths, "components": components, "tags": tags}


def _narrowed(schemes: dict[str, Any], paths: dict[str, Any]) -> dict[str, Any]:
    """The security schemes with the scopes that these operations ask for."""
    operations = [one for path in paths.values() for one in path.values()]
    used = {scope for one in operations for way in one["security"] for scope in way.get(_OAUTH, ())}
    scopes = schemes[_OAUTH]["flows"]["authorizationCode"]["scopes"]
    return {**schemes, _OAUTH: _oauth({name: text for name, text in scopes.items() if name in used})}


def _documented(spec: SpecTree, mounted: Mounted) -> Route:
    operation = mounted.operation

    async def endpoint(request: Request) -> Response:
        raise NotImplementedError(request.url.path)

    endpoint.__name__ = operation.handler.__name__
    endpoint.__doc__ = operation.handler.__doc__
    # A wrong token is refused by operations that need none, too.
    answers = {f"HTTP_{operation.status}": operation.returns, **dict.fromkeys(("HTTP_401", "HTTP_404", "HTTP_422"), ProblemDocument)}
    if operation.approval is not None:
        answers["HTTP_202"] = ApprovalOut
    if operation.permission is not None:
        answers["HTTP_403"] = ProblemDocument
    if operation.idempotency is not Idempotency.NONE:
        answers |= {"HTTP_400": ProblemDocument, "HTTP_409": ProblemDocument}
    if limit_of(operation.handler):
        answers["HTTP_429"] = ProblemDocument
    validated = spec.validate(
        query=operation.query,
        json=operation.body,
        headers=_HEADERS[operation.idempotency],
        resp=Responses(**answers),
        tags=[mounted.source],
        security=[{_BEARER: []}, {_OAUTH: [operation.permission]}] if operation.permission is not None else [],
        operation_id=mounted.name,
        # Ours refuses before it parses and answers in problem documents; SpecTree documents.
        skip_validation=True,
    )(endpoint)
    return Route(mounted.path, validated, methods=[operation.method])


class IdempotencyHeader(BaseModel):
    """The header of a command that is carried out once."""

    key: str = Field(alias="Idempotency-Key", min_length=1, max_length=LONGEST_KEY)


def _without_default(schema: dict[str, Any]) -> None:
    # None is sent: an empty key is refused.
    del schema["default"]


class OptionalIdempotencyHeader(BaseModel):
    """The header of a command that may be made to be carried out once."""

    key: str = Field("", alias="Idempotency-Key", min_length=1, max_length=LONGEST_KEY, json_schema_extra=_without_default)


def _with_problems(responses: dict[str, Any]) -> dict[str, Any]:
    """Each refusal as its own media type, which SpecTree does not know, and one entry for those that any operation may give."""
    kept = {status: response for status, response in responses.items() if int(status) < HTTPStatus.BAD_REQUEST}
    refusals = {status: response["description"] for status, response in responses.items() if status not in kept}
    refusals["default"] = "Any other refusal."
    return kept | {status: {"description": text, "content": {PROBLEM_TYPE: {"schema": _PROBLEM}}} for status, text in refusals.items()}


_HEADERS = {Idempotency.NONE: None, Idempotency.OPTIONAL: OptionalIdempotencyHeader, Idempotency.REQUIRED: IdempotencyHeader}


def _used(paths: object, schemas: dict[str, Any]) -> set[str]:
    found: set[str] = set()
    todo = _references(paths)
    while todo:
        name = todo.pop()
        if name not in found:
            found.add(name)
            todo |= _references(schemas[name])
    return found


def _references(part: object) -> set[str]:
    if isinstance(part, dict):
        own = {part["$ref"].rpartition("/")[2]} if isinstance(part.get("$ref"), str) else set()
        return own.union(*(_references(value) for value in part.values()))
    if isinstance(part, list):
        return set().union(*(_references(value) for value in part))
    return set()
