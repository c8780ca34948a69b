"""Hooks that put something on a page of the host."""

from smilero_sdk.context import TenantContext
from smilero_sdk.hooks import hookspec
from smilero_sdk.pages import View
from smilero_sdk.registry import Shop


@hookspec
async def provide_front_page(ctx: TenantContext, search: str) -> View | None:
    """The foundation's front page, at `/`.

    When: a customer opens it; in a transaction that may only read. The first view counts, in the order of the plugins' names.
    Returns: a view, or None to leave the page to another plugin; `search` is what the visitor looks for, empty for nothing.
    Errors: logged with tenant and plugin; the host shows its own plain page.
    Since: 0.1
    """


@hookspec
async def provide_shop_fragments(ctx: TenantContext, shop: Shop) -> list[View]:  # type: ignore[empty-body]  # a specification has no body
    """What the plugin shows on a shop's public page.

    When: a page with the slot is opened (`ctx.slots.shop`); in a transaction that may only read.
    Returns: views in order, none to show nothing.
    Errors: logged with tenant and plugin; the page goes on without it.
    Since: 0.1
    """
