"""What plugins show on the host's pages. A plugin that fails shows nothing, and the page goes on."""

import logging
from collections.abc import Awaitable, Callable

from smilero_core.plugins.context import Context
from smilero_core.plugins.host import PluginHost
from smilero_sdk.context import Shop
from smilero_sdk.pages import View

log = logging.getLogger(__name__)

HOOK = "provide_shop_fragments"


async def shop_fragments(host: PluginHost, enabled: frozenset[str], context: Context, shop: Shop) -> list[View]:
    """The fragments of the enabled plugins for a shop's page, in the order of their names."""
    found: list[View] = []
    for name in sorted(enabled):
        implementation = host.implementation(name, HOOK)
        if implementation is not None:
            found += await _ask(implementation.function, context.for_plugin(name), shop)
    return found


async def _ask(hook: Callable[..., object], context: Context, shop: Shop) -> list[View]:
    try:
        async with context.host.savepoint():
            answer = hook(ctx=context, shop=shop)
            given = await answer if isinstance(answer, Awaitable) else answer
    except Exception:  # a stranger's code may raise anything
        log.exception("plugin %s failed in %s for tenant %s", context.plugin, HOOK, context.tenant.slug)
        return []
    prefix = f"{context.plugin}/"
    if isinstance(given, list) and all(isinstance(one, View) and one.template.startswith(prefix) for one in given):
        return list(given)
    log.error("plugin %s gave no list of its own fragments in %s", context.plugin, HOOK)
    return []
