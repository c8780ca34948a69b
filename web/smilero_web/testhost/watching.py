"""Standing beside a plugin: what the host calls of it, and something else in its place."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from functools import wraps
from inspect import iscoroutinefunction
from typing import Any

from smilero_core.plugins.host import PluginHost

Call = Callable[..., Any]


@contextmanager
def watching(host: PluginHost, plugin: str, instead: Call | None) -> Iterator[list[str]]:
    """Note what the host calls of a plugin, as `<kind>:<name>`, until the end of the block.

    What a plugin declared is frozen, and is put back as it was. `register_*` is asked once at start and not touched.
    """
    calls: list[str] = []
    with ExitStack() as stack:
        for hook in host.hooks_of(plugin):
            implementation = host.implementation(plugin, hook)
            if implementation is not None and not hook.startswith("register_"):
                stack.enter_context(_swapped(implementation, "function", _noting(calls, f"hook:{hook}", instead)))
        declared = host.declared[plugin]
        kinds = (("job", declared.jobs.values()), ("schedule", declared.schedules.values()), ("webhook", declared.webhooks.values()))
        for kind, all_of_them in kinds:
            for one in all_of_them:
                stack.enter_context(_swapped(one, "handler", _noting(calls, f"{kind}:{one.name}", instead)))
        for subscription in declared.subscriptions:
            stack.enter_context(_swapped(subscription, "handler", _noting(calls, f"event:{subscription.event}", instead)))
        yield calls


def _noting(calls: list[str], name: str, instead: Call | None) -> Callable[[Call], Call]:
    def around(original: Call) -> Call:
        called = instead or original

        # The host passes arguments by the names in the original's signature, which pluggy and it look up.
        @wraps(original)
        async def noted(*args: object, **kwargs: object) -> object:
            calls.append(name)
            made = called(*args, **kwargs)
            return await made if iscoroutinefunction(called) or hasattr(made, "__await__") else made

        return noted

    return around


@contextmanager
def _swapped(owner: object, attribute: str, around: Callable[[Call], Call]) -> Iterator[None]:
    original = getattr(owner, attribute)
    object.__setattr__(owner, attribute, around(original))
    try:
        yield
    finally:
        object.__setattr__(owner, attribute, original)
