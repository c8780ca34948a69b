"""All shops of the largest foundation as a file, as one of its staff takes it: asked, put on record, and sent as it grows."""

import asyncio
import http.client
import statistics
import time
from http import HTTPStatus
from pathlib import Path
from urllib.parse import urlencode

import asyncpg

from benchmarks.harness import Sample, Side
from benchmarks.plan import BenchmarkError
from benchmarks.sql import run_file, settle, value
from benchmarks.stage import Stage
from benchmarks.usage import Usage

SHOPS = 26_638
_COLUMNS = ("name", "stall", "category", "goods", "market", "business_number", "phone", "status", "created")
_HEAD = {
    "Host": "export.localhost",
    "Cookie": "__Host-session=export",
    "Sec-Fetch-Site": "same-origin",
    "Content-Type": "application/x-www-form-urlencoded",
}
# The same rows in the same order, as the database gives them to whoever asks plainly.
_COPY = """
    select s.name, s.stall, s.category, s.goods, m.name, s.business_number, s.phone, s.status, s.created_at
    from core.shop s join core.market m on m.tenant_id = s.tenant_id and m.id = s.market_id
    where s.tenant_id = (select id from core.tenant where slug = 'export') order by s.name, s.id
"""
_PIECE = 64 * 1024
_KIB = 1024


class Export:
    """A file against what its rows cost.

    Args:
        kind: `csv` or `xlsx`.
        goal: what ratio is wanted.
    """

    unit = "rows/s"
    against = "asyncpg's copy of the same rows in the same order, thrown away"
    note = (
        "With session, right and role asked anew for every 500 rows, and an entry in the audit log. First byte and memory are told above."
    )

    def __init__(self, kind: str, goal: str) -> None:
        self.kind = kind
        self.goal = goal
        self.name = f"export_{kind}_vs_copy"

    def open(self, stage: Stage) -> tuple[Side, Side]:
        """Add the foundation to the product, once for both kinds."""
        product = stage.product
        if value(product.database_url, "select count(*) from core.tenant where slug = 'export'") == 0:
            run_file(product.database_url, "export.sql", stage.plan, shops=str(SHOPS))
            settle(product.database_url)
        processes = {"web": product.pid, "postgres": stage.postmaster()}

        def ours(seconds: float) -> Sample:
            usage, taken, firsts = Usage(processes), list[float](), list[float]()
            memory = _forget_peak(product.pid)
            while not taken or sum(taken) < seconds:
                first, whole = self._take(product.target.port)
                firsts.append(first)
                taken.append(whole)
            grown = (_status(product.pid, "VmHWM") - memory) / _KIB
            stage.told(f"{self.name}: first byte after {statistics.median(firsts) * 1000:.0f} ms, the process {grown:+.0f} MiB at its peak")
            return _sample(taken, usage)

        def theirs(seconds: float) -> Sample:
            usage = Usage(processes)
            return _sample(asyncio.run(_copied(product.database_url, seconds)), usage)

        return ours, theirs

    def _take(self, port: int) -> tuple[float, float]:
        """Seconds until the first byte and until the last. Raises BenchmarkError for what is no such file."""
        form = urlencode([("format", self.kind), *(("column", one) for one in _COLUMNS)])
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=120)
        began = time.perf_counter()
        connection.request("POST", "/console/shops/export", form, _HEAD)
        answer = connection.getresponse()
        first = answer.read(1)
        first_at, lines, size = time.perf_counter() - began, 0, len(first)
        while piece := answer.read(_PIECE):
            lines += piece.count(b"\n")
            size += len(piece)
        whole = time.perf_counter() - began
        connection.close()
        if answer.status != HTTPStatus.OK or (self.kind == "csv" and lines != SHOPS + 1):
            msg = f"the file answers {answer.status}, {size} bytes and {lines} lines"
            raise BenchmarkError(msg)
        return first_at, whole


async def _copied(url: str, seconds: float) -> list[float]:
    connection, taken = await asyncpg.connect(url), list[float]()
    try:
        while not taken or sum(taken) < seconds:
            began = time.perf_counter()
            copied = await connection.copy_from_query(_COPY, output=_thrown_away, format="csv")
            taken.append(time.perf_counter() - began)
            if copied != f"COPY {SHOPS}":
                msg = f"the database says {copied}"
                raise BenchmarkError(msg)
    finally:
        await connection.close()
    return taken


async def _thrown_away(_: bytes) -> None:
    """Nobody keeps it."""


def _sample(taken: list[float], usage: Usage) -> Sample:
    median = statistics.median(taken)
    return Sample(SHOPS / median, median * 1000, max(taken) * 1000, usage.shares())


def _forget_peak(pid: int) -> int:
    """Let the process's peak begin anew (proc(5), clear_refs); KiB that it has resident now."""
    Path(f"/proc/{pid}/clear_refs").write_text("5", encoding="ascii")
    return _status(pid, "VmRSS")


def _status(pid: int, name: str) -> int:
    lines = Path(f"/proc/{pid}/status").read_text(encoding="ascii").splitlines()
    return int(next(line for line in lines if line.startswith(name)).split()[1])
