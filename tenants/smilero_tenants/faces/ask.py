"""Asking the plugins that are on. One that fails is logged, and the page goes on without it."""

import logging
from collections.abc import Awaitable
from typing import TypeVar

from smilero_tenants.faces.visit import Visit

log = logging.getLogger(__name__)

Part = TypeVar("Part")


async def ask_plugins(visit: Visit, hook: str, kind: type[Part], **arguments: object) -> list[tuple[str, Part]]:
    """The answers of the enabled plugins, by name, in the order of their names.

    Args:
        kind: what the hook returns; anything else counts as a failure.
        arguments: of the hook, besides `ctx`.
    """
    enabled = await visit.parts.gate.open_for(visit.tenant.id)
    answers: list[tuple[str, Part]] = []
    for plugin in sorted(enabled):
        implementation = visit.parts.host.implementation(plugin, hook)
        if implementation is None:
            continue
        try:
            async with visit.context.host.savepoint():
                answer = implementation.function(ctx=visit.context.for_plugin(plugin), **arguments)
                given = await answer if isinstance(answer, Awaitable) else answer
        except Exception:
            log.exception("plugin %s failed in %s for tenant %s", plugin, hook, visit.tenant.slug)
            continue
        if isinstance(given, kind):
            answers.append((plugin, given))
        else:
            log.error("plugin %s gave %s in %s", plugin, type(given).__name__, hook)
    return answers
