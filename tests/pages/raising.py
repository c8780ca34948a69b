"""A plugin with a page on every face that raises whatever its address says."""

from collections.abc import Awaitable, Callable
from http import HTTPStatus
from typing import Any

from smilero_sdk.context import TenantContext
from smilero_sdk.errors import Problem
from smilero_sdk.hooks import hookimpl
from smilero_sdk.manifest import Plugin
from smilero_sdk.pages import Face, Pages, Redirect
from smilero_sdk.roles import Permission, Role

RAISING = "raising"
# By status: the code with its values, as the product itself tells it.
PROBLEMS: dict[int, tuple[str, dict[str, Any]]] = {
    400: ("http.refused", {}),
    401: ("http.sign_in", {}),
    403: ("http.forbidden", {}),
    404: ("http.not_found", {}),
    405: ("http.method", {}),
    409: ("colleagues.last_owner", {}),
    410: ("helpers.gone", {}),
    413: ("http.body_too_large", {"limit": "1 MB"}),
    415: ("files.kind", {}),
    422: ("http.invalid", {}),
    429: ("limits.reached", {"minutes": 3, "headers": {"Retry-After": "170"}}),
    500: ("http.failed", {}),
    503: ("database.busy", {}),
}
RESTING, BROKEN = 1, 2


class _Hooks:
    @hookimpl
    def register_pages(self) -> Pages:
        """One way to see each, and one to be refused."""
        pages = Pages()
        for face in Face:
            pages.get(face, "/now/{status}", permission=f"{RAISING}.use")(_raising(face))
            pages.post(face, "/refused", permission=f"{RAISING}.use")(_refusing(face))
        return pages


def _raising(face: Face) -> Callable[..., Awaitable[Redirect]]:
    async def now(ctx: TenantContext, status: int) -> Redirect:
        if status == BROKEN:
            raise RuntimeError(ctx.tenant.slug)
        if status == RESTING:
            raise Problem("plugins.resting", HTTPStatus.SERVICE_UNAVAILABLE)
        code, values = PROBLEMS[status]
        raise Problem(code, status, **values)

    now.__name__ = f"now_{face.value}"
    return now


def _refusing(face: Face) -> Callable[..., Awaitable[Redirect]]:
    async def refused(_: TenantContext) -> Redirect:
        raise Problem("colleagues.last_owner", HTTPStatus.CONFLICT)

    refused.__name__ = f"refused_{face.value}"
    return refused


def raising() -> Plugin:
    """Its manifest."""
    title = {"ko": "고장"}
    permissions = (Permission(f"{RAISING}.use", frozenset({Role.OWNER, Role.MERCHANT, Role.CUSTOMER})),)
    return Plugin(RAISING, "tests.pages", title, title, "1", _Hooks(), permissions=permissions)
