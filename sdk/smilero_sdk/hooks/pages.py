"""Hooks that put something on a page of the host."""

from dataclasses import dataclass, field
from typing import Any

from smilero_sdk.context import Shop, TenantContext
from smilero_sdk.hooks import hookspec


@dataclass(frozen=True)
class Fragment:
    """A template of the plugin and what it shows.

    Attributes:
        template: `<plugin>/<file>.html` in the plugin's template folder.
        context: its variables.
    """

    template: str
    context: dict[str, Any] = field(default_factory=dict)


@hookspec
async def provide_shop_fragments(ctx: TenantContext, shop: Shop) -> list[Fragment]:  # type: ignore[empty-body]
    """What the plugin shows on a shop's public page.

    When: a customer opens the page; in a transaction that may only read.
    Returns: fragments in order, none to show nothing.
    Errors: logged with tenant and plugin; the page goes on without the fragment.
    Since: 0.1
    """
