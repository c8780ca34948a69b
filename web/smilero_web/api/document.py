"""`GET /api/v1/openapi.json`, per tenant."""

from collections.abc import Callable, Sequence
from functools import cache
from importlib.metadata import version
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from smilero_sdk.errors import not_found
from smilero_web.api.openapi import build_document, for_plugins
from smilero_web.api.operations import PREFIX, Mounted
from smilero_web.runtime import Runtime


def document_route(operations: Sequence[Mounted], runtime: Callable[[], Runtime]) -> Route:
    """The route of the document: it lists what the tenant can use, and nothing of a plugin that is off."""

    @cache
    def whole() -> dict[str, Any]:
        return build_document(operations, version("smilero"), lambda name: runtime().catalogue.text("en", f"permission.{name}"))

    @cache
    def narrowed(enabled: frozenset[str]) -> dict[str, Any]:
        return for_plugins(whole(), enabled)

    async def openapi(request: Request) -> Response:
        if request.state.tenant is None:
            raise not_found()
        return JSONResponse(narrowed(await runtime().gate.open_for(request.state.tenant.id)))

    return Route(f"{PREFIX}/openapi.json", openapi)
