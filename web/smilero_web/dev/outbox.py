"""`/dev/outbox`: everything that would have been sent."""

from collections.abc import Callable
from datetime import timedelta, timezone

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from smilero_core.identity.phone import spoken_phone
from smilero_sdk.errors import not_found
from smilero_tenants.faces.frames import site
from smilero_web.runtime import Runtime

SHOWN = 50
_KST = timezone(timedelta(hours=9))


def dev_routes(runtime: Callable[[], Runtime]) -> list[Route]:
    """The demo's own pages: the application adds them in demo mode only."""

    async def outbox(request: Request) -> Response:
        tenant, language = request.state.tenant, request.state.language
        if tenant is None:
            raise not_found()
        catalogue = runtime().catalogue
        messages = [
            {
                "to": spoken_phone(message.to),
                "kind_text": catalogue.text(language, "messaging.kind.security"),
                "body": message.body,
                "at": f"{message.at.astimezone(_KST):%Y-%m-%d %H:%M}",
                "state_text": catalogue.text(language, f"messaging.state.{message.state}"),
            }
            for message in await runtime().messages.latest(tenant.id, SHOWN)
        ]
        page = runtime().templates.render("dev/outbox.html", language, site=site(tenant), look_url="/look.css", messages=messages)
        return HTMLResponse(page, headers={"Cache-Control": "no-store"})

    return [Route("/dev/outbox", outbox)]
