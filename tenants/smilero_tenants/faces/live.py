"""Server-sent events (WHATWG HTML §9.2): the state now, and again whenever a bell rings."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable

from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from smilero_sdk.errors import Problem
from smilero_sdk.pages import Live
from smilero_tenants.faces.parts import FaceParts
from smilero_tenants.faces.visit import SignInNeeded

# Door, session and permission are asked again this often; a bell that redis lost is made good by it.
LOOK_AGAIN_SECONDS = 5.0
_RETRY_MILLISECONDS = 2000


def live_response(parts: FaceParts, request: Request, first: Live, look_again: Callable[[], Awaitable[Live]]) -> Response:
    """Stream a live part until the visitor leaves, or may no longer see it. No transaction is open while it waits."""

    async def stream() -> AsyncIterator[str]:
        shown = first
        with parts.hub.listening(request.state.tenant.id, first.topic) as bell:
            yield f"retry: {_RETRY_MILLISECONDS}\n{_event(shown)}"
            while True:
                await _wait(bell)
                bell.clear()
                try:
                    now = await look_again()
                except (Problem, SignInNeeded):
                    yield "event: gone\ndata: {}\n\n"
                    return
                # A comment keeps proxies from closing a quiet connection, and finds out who has left.
                yield _event(now) if now.data != shown.data else ": still here\n\n"
                shown = now

    headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
    return StreamingResponse(stream(), headers=headers, media_type="text/event-stream")


def _event(live: Live) -> str:
    return f"event: {live.name}\ndata: {json.dumps(dict(live.data), default=str)}\n\n"


async def _wait(bell: asyncio.Event) -> None:
    try:
        async with asyncio.timeout(LOOK_AGAIN_SECONDS):
            await bell.wait()
    except TimeoutError:
        return
