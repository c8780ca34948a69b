"""Live pages in plain ASGI: a queue for each, and one frame for all. `uvicorn benchmarks.live_peer:app` serves it.

It is the leanest that works: nobody watches who leaves, nor who may see what.
"""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

FRAME = b'id: 0123456789abcdef01\nevent: counts\ndata: {"claimed":3000,"redeemed":1001}\n\n'
Message = dict[str, Any]
_pages: set[asyncio.Queue[bytes]] = set()


async def app(scope: Message, _: object, send: Callable[[Message], Awaitable[None]]) -> None:
    """A GET is a page, a POST an event."""
    if scope["type"] != "http":
        return
    stream = scope["method"] == "GET" and scope["path"] != "/readyz"
    kind = b"text/event-stream" if stream else b"text/plain"
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-type", kind)]})
    if scope["method"] == "POST":
        for page in _pages:
            page.put_nowait(FRAME)
    if not stream:
        await send({"type": "http.response.body", "body": b""})
        return
    frames: asyncio.Queue[bytes] = asyncio.Queue()
    _pages.add(frames)
    frame = FRAME
    while True:
        await send({"type": "http.response.body", "body": frame, "more_body": True})
        frame = await frames.get()
