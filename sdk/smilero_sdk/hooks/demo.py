"""Hooks for the demo."""

from smilero_sdk.context import TenantContext
from smilero_sdk.demo import DemoLife
from smilero_sdk.hooks import hookspec


@hookspec
async def provide_demo(ctx: TenantContext, life: DemoLife) -> None:
    """Fill the plugin's tables with the life of sixty days, through its own services.

    When: once for each tenant of a demo that has the plugin on, in one transaction; never outside of a demo.
    Returns: nothing.
    Errors: the start of the demo stops and names the plugin.
    Since: 0.1
    """
