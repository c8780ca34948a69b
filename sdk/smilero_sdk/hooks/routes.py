"""Hooks that add addresses."""

from smilero_sdk.api import Api
from smilero_sdk.hooks import hookspec
from smilero_sdk.webhooks import Webhooks


@hookspec
def register_api() -> Api:  # type: ignore[empty-body]  # a specification has no body
    """The plugin's operations under `/api/v1/<plugin>/`.

    When: once at start.
    Returns: an `Api`; the host checks door, session, permission and body before a handler runs.
    Errors: a broken declaration stops the start and is named.
    Since: 0.1
    """


@hookspec
def register_webhooks() -> Webhooks:  # type: ignore[empty-body]  # a specification has no body
    """The plugin's addresses under `/webhooks/<plugin>/`, which providers call.

    When: once at start.
    Returns: a `Webhooks`; the host checks the door and the size before a handler runs, the handler the signature.
    Errors: a broken declaration stops the start and is named.
    Since: 0.1
    """
