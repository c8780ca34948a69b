"""Calling the hooks of the plugins that are on: one savepoint, one time budget, and one place where failures are noted."""

import asyncio
from collections.abc import Awaitable
from typing import TypeVar
from uuid import UUID

from smilero_core.plugins.context import Context
from smilero_core.plugins.failures import note_failure

Part = TypeVar("Part")

# A page waits no longer than this for one plugin.
BUDGET_SECONDS = 1.0


async def ask_plugins(
    context: Context, hook: str, kind: type[Part], *, at: UUID | None = None, **arguments: object
) -> list[tuple[str, Part]]:
    """The answers of the plugins that are on, but for the asking one, in the order of their names.

    One that raises, takes too long or answers with something else is noted as a failure and left out; what it wrote is undone.

    Args:
        kind: what the hook returns.
        at: the shop that it is about; what that does without is not asked.
        arguments: of the hook, besides `ctx`.
    """
    answers: list[tuple[str, Part]] = []
    for plugin in sorted(context.plugins.open_at(at) - context.plugins.resting - {context.plugin}):
        answer = await ask_plugin(context, plugin, hook, kind, **arguments)
        if answer is not None:
            answers.append((plugin, answer))
    return answers


async def ask_plugin(context: Context, plugin: str, hook: str, kind: type[Part], **arguments: object) -> Part | None:
    """One plugin's answer; None when it has no such hook, or failed."""
    implementation = context.services.host.implementation(plugin, hook)
    if implementation is None:
        return None
    try:
        async with asyncio.timeout(BUDGET_SECONDS), context.host.savepoint():
            answer = implementation.function(ctx=context.for_plugin(plugin), **arguments)
            return _of_kind(await answer if isinstance(answer, Awaitable) else answer, kind)
    except Exception as error:  # noqa: BLE001 - whatever a plugin's code raises, the page goes on
        note_failure(context, plugin, hook, error)
        return None


def _of_kind(given: object, kind: type[Part]) -> Part:
    if not isinstance(given, kind):
        msg = f"a {type(given).__name__}, not a {kind.__name__}"
        raise TypeError(msg)
    return given
