"""Hooks that tell a plugin what became of itself."""

from smilero_sdk.context import TenantContext
from smilero_sdk.hooks import hookspec
from smilero_sdk.settings import Settings


@hookspec
async def on_enabled(ctx: TenantContext) -> None:
    """The foundation has switched the plugin on, for the first time or again.

    When: in the transaction that switches it on, before it commits.
    Returns: nothing.
    Errors: a `Problem` refuses the switch with its sentence; anything else is logged, and the plugin stays off.
    Since: 0.1
    """


@hookspec
async def on_disabled(ctx: TenantContext) -> None:
    """The foundation has switched the plugin off. Its data stays.

    When: in the transaction that switches it off.
    Returns: nothing.
    Errors: logged; the plugin is off all the same.
    Since: 0.1
    """


@hookspec
async def on_settings_changed(ctx: TenantContext, before: Settings, after: Settings) -> None:
    """The foundation has chosen anew. A shop's own choice (`shop_settings`) does not call it.

    When: in the transaction that keeps the choice, while the plugin is on.
    Returns: nothing.
    Errors: a `Problem` refuses the choice with its sentence; anything else is logged, and nothing is changed.
    Since: 0.1
    """
