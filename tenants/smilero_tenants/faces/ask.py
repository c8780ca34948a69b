"""Asking the plugins that are on. One that fails is logged, and the page goes on without it."""

import logging
from collections.abc import Awaitable, Sequence
from typing import TypeVar

from markupsafe import Markup

from smilero_core.plugins.context import Context
from smilero_sdk.context import Shop
from smilero_sdk.pages import View
from smilero_tenants.faces.parts import FaceParts

log = logging.getLogger(__name__)

Part = TypeVar("Part")

SHOP_FRAGMENTS = "provide_shop_fragments"


async def ask_plugins(parts: FaceParts, context: Context, hook: str, kind: type[Part], **arguments: object) -> list[tuple[str, Part]]:
    """The answers of the enabled plugins but the asking one, by name, in the order of their names.

    Args:
        kind: what the hook returns; anything else counts as a failure.
        arguments: of the hook, besides `ctx`.
    """
    enabled = await parts.gate.open_for(context.tenant.id)
    answers: list[tuple[str, Part]] = []
    for plugin in sorted(enabled - {context.plugin}):
        implementation = parts.host.implementation(plugin, hook)
        if implementation is None:
            continue
        try:
            async with context.host.savepoint():
                answer = implementation.function(ctx=context.for_plugin(plugin), **arguments)
                given = await answer if isinstance(answer, Awaitable) else answer
        except Exception:
            log.exception("plugin %s failed in %s for tenant %s", plugin, hook, context.tenant.slug)
            continue
        if isinstance(given, kind):
            answers.append((plugin, given))
        else:
            log.error("plugin %s gave %s in %s", plugin, type(given).__name__, hook)
    return answers


async def shop_slots(parts: FaceParts, context: Context, shop: Shop) -> Sequence[str]:
    """What the enabled plugins show of a shop, rendered. One whose template fails shows nothing."""
    shown: list[Markup] = []
    for plugin, views in await ask_plugins(parts, context, SHOP_FRAGMENTS, list, shop=shop):
        for view in views:
            try:
                shown.append(_fragment(parts, context, plugin, view))
            except Exception:
                log.exception("plugin %s shows nothing in %s for tenant %s", plugin, SHOP_FRAGMENTS, context.tenant.slug)
    return shown


def _fragment(parts: FaceParts, context: Context, plugin: str, view: object) -> Markup:
    if not isinstance(view, View) or not view.template.startswith(f"{plugin}/"):
        msg = f"{view!r} is no view of {plugin}"
        raise TypeError(msg)
    return parts.templates.fragment(view.template, context.language, **view.context)
