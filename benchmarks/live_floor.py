"""The least that two thousand live pages can cost: sockets that a bare server writes a ready frame to.

`python -m benchmarks.live_floor PORT`, on the loop that the product runs on. A connection that sends `GET …` is a page; a
connection that sends `event` makes all pages hear one.
"""

import asyncio
import sys
from typing import cast

import uvloop

from benchmarks.live_peer import FRAME as EVENT

FRAME = b"%x\r\n%b\r\n" % (len(EVENT), EVENT)
_HEAD = b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n"
_pages: set[asyncio.Transport] = set()


class Page(asyncio.Protocol):
    """A connection."""

    transport: asyncio.Transport

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep it."""
        self.transport = cast("asyncio.Transport", transport)  # a TCP server has such

    def data_received(self, data: bytes) -> None:
        """A page to be, or the event."""
        if data.startswith(b"GET /readyz"):
            self.transport.write(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n")
        elif data.startswith(b"GET"):
            self.transport.write(_HEAD + FRAME)
            _pages.add(self.transport)
        else:
            for page in _pages:
                page.write(FRAME)
            self.transport.write(b"ok")

    def connection_lost(self, error: Exception | None) -> None:  # noqa: ARG002 - as asyncio calls it
        """Forget it."""
        _pages.discard(self.transport)


async def main(port: str) -> None:
    """Serve until ended."""
    server = await asyncio.get_running_loop().create_server(Page, "127.0.0.1", int(port), backlog=2048)
    await server.serve_forever()


if __name__ == "__main__":
    uvloop.run(main(sys.argv[1]))
