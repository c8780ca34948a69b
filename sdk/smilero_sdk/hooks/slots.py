"""Hooks that put something on a page of the host."""

from smilero_sdk.context import Shop, TenantContext
from smilero_sdk.hooks import hookspec
from smilero_sdk.pages import View


@hookspec
async def provide_shop_fragments(ctx: TenantContext, shop: Shop) -> list[View]:  # type: ignore[empty-body]  # a specification has no body
    """What the plugin shows on a shop's public page.

    When: a customer opens the page; in a transaction that may only read.
    Returns: views in order, none to show nothing.
    Errors: logged with tenant and plugin; the page goes on without it.
    Since: 0.1
    """
