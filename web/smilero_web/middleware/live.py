"""What stays of a live page's request."""

from starlette.types import ASGIApp, Receive, Scope, Send

from smilero_core.realtime.listener import Listener
from smilero_tenants.faces.live import STREAM


class LiveStreams:
    """The outermost layer: it goes on with a stream when all other layers have returned.

    A live page is open for hours. It needs no layer any more, and without them a page costs a third of the memory (the
    compressor alone would keep a quarter of a megabyte for each) and an event half the time.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer the request; then stay with the stream that it opened, if it did."""
        try:
            await self._app(scope, receive, send)
        except BaseException:
            stream = _stream(scope)
            if stream is not None:
                stream.leave()
            raise
        stream = _stream(scope)
        if stream is not None and scope["method"] != "HEAD":
            await stream.stay(receive, send)


def _stream(scope: Scope) -> Listener[object] | None:
    found: Listener[object] | None = scope.get("state", {}).get(STREAM)
    return found
