"""An event on two thousand live pages, and what a live page keeps of memory."""

import statistics
import time

import psutil  # type: ignore[import-untyped]  # it carries no types

from benchmarks.harness import Sample, Side
from benchmarks.live import FIRST_PAGES, PAGES, Served, floor, open_pages, plain, product
from benchmarks.stage import Stage
from benchmarks.usage import Usage

# Longer than the product rests between two looks.
_PAUSE_SECONDS = 0.3
_KIB = 1024


class LiveAgainstFloor:
    """What the whole chain adds to writing the sockets: redis, a look, and sessions, roles and doors checked meanwhile."""

    name = "sse_vs_floor"
    unit = "ms"
    goal = "≤ 1.75"
    against = "bare sockets, written at once"
    note = (
        f"p99 of one event on {PAGES:,} live pages: the median over the events of a round, from the bell until the last hundredth "
        "hears it. The bell is rung through redis, as by another process that has committed a redemption."
    )

    def open(self, stage: Stage) -> tuple[Side, Side]:
        """Start both with their pages open."""
        return self._side(stage, product(stage)), self._side(stage, floor())

    def _side(self, stage: Stage, served: Served) -> Side:
        stage.told(f"opening {PAGES:,} live pages at {served.name}")
        pages = stage.stack.enter_context(open_pages(stage, served))
        pages.open(PAGES)

        def run(seconds: float) -> Sample:
            usage = Usage({"server": pages.server, "client": pages.client.pid})
            events: list[dict[str, float]] = []
            end = time.monotonic() + seconds
            while time.monotonic() < end or not events:
                events.append(pages.event())
                time.sleep(_PAUSE_SECONDS)
            p50, p99 = (statistics.median(event[name] for event in events) for name in ("p50_ms", "p99_ms"))
            return Sample(p99, p50, p99, usage.shares())

        return run


class LiveMemory:
    """Of what is resident in the server's process, a page's share."""

    name = "sse_memory"
    unit = "KiB"
    goal = "≤ 2.0"
    against = "plain ASGI under uvicorn"
    note = f"A new process each round: {FIRST_PAGES} pages first, which are not counted, then {PAGES:,} more, and an event to all."

    def open(self, stage: Stage) -> tuple[Side, Side]:
        """Prepare the data; servers are started by the round."""
        return self._side(stage, product(stage)), self._side(stage, plain())

    def _side(self, stage: Stage, served: Served) -> Side:
        def run(_: float) -> Sample:
            with open_pages(stage, served) as pages:
                usage = Usage({"server": pages.server, "client": pages.client.pid})
                server = psutil.Process(pages.server)
                pages.open(FIRST_PAGES)
                pages.event()
                before = server.memory_info().rss
                pages.open(PAGES)
                event = pages.event()
                grown = server.memory_info().rss - before
                return Sample(grown / PAGES / _KIB, event["p50_ms"], event["p99_ms"], usage.shares())

        return run
