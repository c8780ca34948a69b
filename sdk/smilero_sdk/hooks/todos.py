"""Hooks for the foundation's list of what is to be done."""

from smilero_sdk.answers import Todo
from smilero_sdk.context import TenantContext
from smilero_sdk.hooks import hookspec


@hookspec
async def provide_todos(ctx: TenantContext) -> list[Todo]:  # type: ignore[empty-body]  # a specification has no body
    """What waits for the foundation's people, as far as the actor may do it.

    When: somebody opens the list in the console, and now and then for the number in its menu; in a transaction that may only read.
    Returns: what waits, none for nothing; what the actor may not do is left out by the host.
    Errors: logged with tenant and plugin; the list goes on without it, and the menu with the last number that was known.
    Since: 0.1
    """
