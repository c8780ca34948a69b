"""Hooks that add addresses."""

from smilero_sdk.api import Api
from smilero_sdk.hooks import hookspec


@hookspec
def register_api() -> Api:  # type: ignore[empty-body]  # a specification has no body
    """The plugin's operations under `/api/v1/<plugin>/`.

    When: once at start.
    Returns: an `Api`; the host checks door, session, permission and body before a handler runs.
    Errors: a broken declaration stops the start and is named.
    Since: 0.1
    """
