"""Calls from outside to a plugin, at `/webhooks/<plugin>/<name>` of a tenant's host."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import TypeVar

WebhookHandler = Callable[..., Awaitable[None]]
Handler = TypeVar("Handler", bound=WebhookHandler)


@dataclass(frozen=True)
class Delivery:
    """What arrived.

    Attributes:
        headers: names in lower case.
        body: the raw bytes, at most 1 MB, for the signature.
    """

    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True)
class Webhook:
    """One address."""

    name: str
    handler: WebhookHandler


class Webhooks:
    """The addresses of one plugin that others call."""

    def __init__(self) -> None:
        self.all: list[Webhook] = []

    def post(self, name: str) -> Callable[[Handler], Handler]:
        """Call `async (ctx, delivery: Delivery)`, in one transaction; the caller hears 204.

        Nobody has signed in: check the signature first, and raise a `Problem` of 401 when it is wrong.
        """

        def declare(handler: Handler) -> Handler:
            self.all.append(Webhook(name, handler))
            return handler

        return declare
