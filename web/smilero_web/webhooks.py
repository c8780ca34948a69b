"""`POST /webhooks/<plugin>/<name>` on a tenant's host: calls from outside to a plugin that is on."""

from collections.abc import Callable
from functools import partial
from http import HTTPStatus

from pydantic import ValidationError
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from smilero_core.plugins.calling import perform
from smilero_core.plugins.context import Context
from smilero_sdk.errors import Problem, not_found
from smilero_sdk.webhooks import Delivery, Webhook
from smilero_web.errors import InvalidInput
from smilero_web.runtime import Runtime


class PluginWebhooks:
    """An ASGI endpoint for every method, so that the door is asked before anything is told of what is behind it."""

    def __init__(self, runtime: Callable[[], Runtime]) -> None:
        self._runtime = runtime

    def routes(self) -> list[Route]:
        """One for all plugins: which names they have, and whether they are on, is asked for each call."""
        return [Route("/webhooks/{plugin}/{name}", self)]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Hand a call over in one transaction and answer 204. Raises `http.not_found`, `http.method`, and what the plugin raises."""
        request = Request(scope, receive, send)
        await self._deliver(request)
        await Response(status_code=HTTPStatus.NO_CONTENT)(scope, receive, send)

    async def _deliver(self, request: Request) -> None:
        runtime, tenant = self._runtime(), request.state.tenant
        if tenant is None:
            raise not_found()
        plugin = request.path_params["plugin"]
        # The gate may ask the database, so it is asked before the call has a connection of its own.
        plugins = await runtime.gate.of(tenant.id)
        plugins.require(plugin)
        webhook: Webhook | None = runtime.host.declared[plugin].webhooks.get(request.path_params["name"])
        if webhook is None:
            raise not_found()
        if request.method != "POST":
            raise Problem("http.method", HTTPStatus.METHOD_NOT_ALLOWED, headers={"Allow": "POST"})
        # It arrives before the transaction opens: a slow sender must not hold a connection.
        delivery = Delivery(headers={name.lower(): value for name, value in request.headers.items()}, body=await request.body())
        origin = f"{request.url.scheme}://{request.url.netloc}"
        async with runtime.database.unit(tenant.id) as unit:
            context = Context(tenant, request.state.language, unit, runtime.services, plugins, plugin, origin=origin)
            await perform(context, plugin, f"webhook {webhook.name}", partial(_hand_over, webhook, context, delivery))


async def _hand_over(webhook: Webhook, context: Context, delivery: Delivery) -> None:
    """What arrives is raw, so a body that the plugin's model refuses is the sender's fault."""
    try:
        await webhook.handler(context, delivery)
    except ValidationError as error:
        raise InvalidInput(error) from error
