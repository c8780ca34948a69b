"""A page's bytes from the process's memory, before any routing. `uvicorn benchmarks.page_peer:app` serves the file that PAGE names."""

import os
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

_BODY = Path(os.environ["PAGE"]).read_bytes()
_HEAD = [
    (b"content-type", b"text/html; charset=utf-8"),
    (b"content-encoding", b"gzip"),
    (b"content-length", str(len(_BODY)).encode()),
]


async def app(scope: dict[str, Any], _: object, send: Callable[[dict[str, Any]], Awaitable[None]]) -> None:
    """Every GET is the page."""
    if scope["type"] == "http":
        await send({"type": "http.response.start", "status": 200, "headers": _HEAD})
        await send({"type": "http.response.body", "body": _BODY})
