"""Two thousand browsers with a live page each, in one process: sockets, an epoll, and a clock.

`python -m benchmarks.live_client PORT BELL PAGES` opens nothing yet and then does what its standard input says, a JSON answer a line:
`open N` opens N more pages, each a line of PAGES (its request, in JSON), and waits until each has its first event;
`event REQUEST` sends a request (in JSON) to BELL, a port or the path of a socket, and waits until every page has the event that follows.
"""

import gc
import json
import select
import socket
import statistics
import sys
import time
from collections.abc import Iterator
from pathlib import Path

_EVENT = b"data:"
_REFUSALS = (b"HTTP/1.1 4", b"HTTP/1.1 5", b"-")
_PATIENCE_SECONDS = 20.0
_AT_ONCE = 50


class Pages:
    """All that are open, at one address, and the bell that makes an event."""

    def __init__(self, port: int, bell: str, requests: Iterator[str]) -> None:
        self._address = ("127.0.0.1", port)
        self._requests = requests
        self._poll = select.epoll()
        self._pages: dict[int, socket.socket] = {}
        self._bell = _connected(bell)
        self._poll.register(self._bell, select.EPOLLIN)

    def open(self, number: int) -> dict[str, float]:
        """More pages, a few at a time: a listening socket's queue is short."""
        for start in range(0, number, _AT_ONCE):
            new: set[int] = set()
            for _ in range(min(_AT_ONCE, number - start)):
                page = socket.create_connection(self._address)
                page.sendall(json.loads(next(self._requests)).encode())
                self._pages[page.fileno()] = page
                self._poll.register(page, select.EPOLLIN)
                new.add(page.fileno())
            self._heard(new)
        return {"open": len(self._pages)}

    def event(self, request: str) -> dict[str, float]:
        """One event: when each page has it, in milliseconds from the moment before the bell was rung."""
        waiting = set(self._pages)
        began = time.perf_counter()
        self._bell.sendall(request.encode())
        times = [(heard - began) * 1e3 for heard in self._heard(waiting)]
        centiles = statistics.quantiles(times, n=100)
        return {"p50_ms": centiles[49], "p99_ms": centiles[98], "most_ms": max(times)}

    def _heard(self, waiting: set[int]) -> list[float]:
        times: list[float] = []
        deadline = time.perf_counter() + _PATIENCE_SECONDS
        while waiting:
            ready = self._poll.poll(1.0)
            if time.perf_counter() > deadline:
                msg = f"{len(waiting)} pages heard nothing"
                raise RuntimeError(msg)
            for number, _ in ready:
                content = (self._pages.get(number) or self._bell).recv(65536)
                if number in waiting and _EVENT in content:
                    times.append(time.perf_counter())
                    waiting.discard(number)
                elif not content or content.startswith(_REFUSALS):
                    msg = content.decode(errors="replace") or "a page was closed"
                    raise RuntimeError(msg)
        return times


def _connected(place: str) -> socket.socket:
    if place.isdigit():
        return socket.create_connection(("127.0.0.1", int(place)))
    unix = socket.socket(socket.AF_UNIX)
    unix.connect(place)
    return unix


def main(port: str, bell: str, pages: str) -> None:
    """Do what is asked, until the input ends."""
    with Path(pages).open(encoding="utf-8") as requests:
        opened = Pages(int(port), bell, iter(requests))
        gc.disable()
        for line in sys.stdin:
            verb, _, rest = line.partition(" ")
            told = opened.open(int(rest)) if verb == "open" else opened.event(json.loads(rest))
            sys.stdout.write(json.dumps(told) + "\n")
            sys.stdout.flush()


if __name__ == "__main__":
    main(*sys.argv[1:])
