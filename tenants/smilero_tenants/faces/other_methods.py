"""The methods that a page does not have: behind a closed door they are like an address that never was."""

from collections.abc import Callable, Collection
from http import HTTPStatus

from starlette.requests import Request
from starlette.types import Receive, Scope, Send

from smilero_sdk.errors import Problem, not_found
from smilero_tenants.faces.parts import FaceParts


class OtherMethods:
    """An ASGI endpoint for every method, mounted behind the routes of an address.

    Args:
        parts: gives the running application.
        methods: those that the address has.
    """

    def __init__(self, parts: Callable[[], FaceParts], plugin: str, methods: Collection[str]) -> None:
        self._parts = parts
        self._plugin = plugin
        self._allowed = ", ".join(sorted({*methods, *(["HEAD"] if "GET" in methods else [])}))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Raises `http.not_found`, `plugins.resting` (503), `http.method` (405)."""
        tenant = Request(scope, receive, send).state.tenant
        if tenant is None:
            raise not_found()
        (await self._parts().gate.of(tenant.id)).require(self._plugin)
        raise Problem("http.method", HTTPStatus.METHOD_NOT_ALLOWED, headers={"Allow": self._allowed})
