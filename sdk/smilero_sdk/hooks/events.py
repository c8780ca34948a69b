"""Hooks by which plugins hear of each other."""

from smilero_sdk.events import Subscriptions
from smilero_sdk.hooks import hookspec


@hookspec
def register_subscriptions() -> Subscriptions:  # type: ignore[empty-body]  # a specification has no body
    """The events that the plugin listens to.

    When: once at start; a handler runs in the worker, once for each event, while the plugin is on.
    Returns: a `Subscriptions`.
    Errors: a broken declaration stops the start and is named; a handler that fails is tried again, then put aside.
    Since: 0.1
    """
