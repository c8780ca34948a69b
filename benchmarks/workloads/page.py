"""A market's page with its 462 shops, as a customer's phone asks for it: nobody signed in, compressed."""

import gzip
import http.client
import sys

from benchmarks.harness import Sample, Side
from benchmarks.load import get_repeatedly
from benchmarks.plan import BenchmarkError
from benchmarks.process import serving
from benchmarks.sql import run_file, value
from benchmarks.stage import Stage
from benchmarks.usage import Usage
from smilero_core.embedded import free_port

SHOPS, KINDS = 462, 8
_HOST = "page.localhost"
_UVICORN = (sys.executable, "-m", "uvicorn", "--no-access-log", "--log-level", "warning", "benchmarks.page_peer:app", "--port")


class MarketPage:
    """What the whole stack leaves of what a process can send."""

    name = "page_market_vs_memory"
    unit = "pages/s"
    goal = "≥ 0.6"
    against = "the same bytes from memory, before routing, by uvicorn"
    note = "Of so many shops the page shows the kinds to choose from. It is made anew each time: statements, template, compression."

    def open(self, stage: Stage) -> tuple[Side, Side]:
        """Add a foundation with one market to the product, and serve what its page is from memory beside it."""
        product = stage.product
        run_file(product.database_url, "page.sql", stage.plan, shops=str(SHOPS))
        market = value(product.database_url, "select id from core.market where natural_key = 'page'")
        path = f"/storefront/markets/{market}"
        body = _page(product.target.port, path)
        stored = stage.folder / "page.gz"
        stored.write_bytes(body)
        port = free_port()
        peer = stage.stack.enter_context(serving((*_UVICORN, str(port)), {"PAGE": str(stored)}, stage.folder / "page.log", port, "/"))
        ours = {"web": product.pid, "postgres": stage.postmaster()}
        return _side(product.target.port, path, ours), _side(port, path, {"memory": peer})


def _side(port: int, path: str, processes: dict[str, int]) -> Side:
    def measured(seconds: float) -> Sample:
        usage = Usage(processes)
        got = get_repeatedly(port, path, _HOST, seconds)
        return Sample(got.done / got.seconds, got.p50_ms, got.p99_ms, usage.shares())

    return measured


def _page(port: int, path: str) -> bytes:
    """The page as it comes. Raises BenchmarkError when it is not the one."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    connection.request("GET", path, headers={"Host": _HOST, "Accept-Encoding": "gzip"})
    answer = connection.getresponse()
    body = answer.read()
    connection.close()
    shown = gzip.decompress(body).count(b'href="?kind=') if answer.getheader("content-encoding") == "gzip" else 0
    if shown != KINDS:
        msg = f"the market's page answers {answer.status} and shows {shown} kinds of shops"
        raise BenchmarkError(msg)
    return body
