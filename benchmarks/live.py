"""Live pages at the product and at its peers: who asks, what makes an event, and the process that opens the pages."""

import json
import os
import resource
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from urllib.parse import urlsplit

from benchmarks.plan import BenchmarkError
from benchmarks.process import serving
from benchmarks.server import SMILERO
from benchmarks.sql import run, run_file, settle, value
from benchmarks.stage import Stage
from smilero_core.embedded import free_port

PAGES = 2_000
# Opened first and left open, so that what a process takes once is not counted as a page's.
FIRST_PAGES = 200
_SPARE_FILES = 200
_HOST = "live.localhost"
_UVICORN = (sys.executable, "-m", "uvicorn", "--no-access-log", "--log-level", "warning", "--timeout-graceful-shutdown", "1")
# The bell's own connection is quiet while pages are opened.
_PATIENT = ("--timeout-keep-alive", "600")


@dataclass(frozen=True)
class Served:
    """A server of live pages, not yet started.

    Attributes:
        command: with the port put in for `PORT`, and in the environment as SMILERO_PORT.
        page: makes the request of the n-th page.
        change: changes what the pages show, and rings no bell.
        bell: the port or the path of a socket, None for the server's own, and the request that makes an event of it.
    """

    name: str
    command: Sequence[str]
    environment: Mapping[str, str]
    page: Callable[[int], str]
    change: Callable[[], None]
    bell: tuple[str | None, str]


@dataclass(frozen=True)
class Pages:
    """A client process with its pages.

    Attributes:
        server: the process id of the server.
    """

    server: int
    client: subprocess.Popen[str]
    served: Served

    def open(self, number: int) -> None:
        """Open more of them."""
        self._ask(f"open {number}")

    def event(self) -> dict[str, float]:
        """One event, until every page has it: `p50_ms`, `p99_ms`."""
        self.served.change()
        return self._ask(f"event {json.dumps(self.served.bell[1])}")

    def _ask(self, line: str) -> dict[str, float]:
        assert self.client.stdin is not None  # noqa: S101 - as it was made
        assert self.client.stdout is not None  # noqa: S101 - as above
        self.client.stdin.write(line + "\n")
        self.client.stdin.flush()
        told = self.client.stdout.readline()
        if not told:
            msg = "the client of the live pages broke; what it said stands above"
            raise BenchmarkError(msg)
        answer: dict[str, float] = json.loads(told)
        return answer


@contextmanager
def open_pages(stage: Stage, served: Served) -> Iterator[Pages]:
    """Start a server, and a client with no page open yet."""
    _allow_files()
    port = free_port()
    environment = {**served.environment, "SMILERO_PORT": str(port)}
    command = [str(port) if word == "PORT" else word for word in served.command]
    requests = stage.folder / f"{served.name}-pages"
    requests.write_text("".join(json.dumps(served.page(n)) + "\n" for n in range(PAGES + FIRST_PAGES)), encoding="utf-8")
    with serving(command, environment, stage.folder / f"{served.name}.log", port, "/readyz") as pid:
        ask = (sys.executable, "-m", "benchmarks.live_client", str(port), str(served.bell[0] or port), str(requests))
        client = subprocess.Popen(ask, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)  # noqa: S603 - our own
        try:
            yield Pages(pid, client, served)
        finally:
            client.communicate()


def product(stage: Stage) -> Served:
    """Signed-in clerks, each looking at a coupon of their shop. Another process of the product would redeem one and ring by redis."""
    url = stage.product.database_url
    if not value(url, "select exists (select from core.tenant where slug = 'live')"):
        run_file(url, "live.sql", stage.plan, pages=str(PAGES + FIRST_PAGES))
        settle(url)
    tenant = value(url, "select id from core.tenant where slug = 'live'")
    campaign = value(url, f"select id from plugin_coupons.campaign where tenant_id = '{tenant}'")  # noqa: S608 - a UUID
    channel = f"t:{tenant}:live:coupons.campaign.{campaign}"

    def page(n: int) -> str:
        return (
            f"GET /portal/coupons/campaigns/{campaign}/live HTTP/1.1\r\nHost: {_HOST}\r\nAccept-Encoding: gzip, deflate, br\r\n"
            f"Accept: text/event-stream\r\nCookie: __Host-session=live{n}\r\n\r\n"
        )

    def change() -> None:
        run(url, f"update plugin_coupons.campaign set redeemed = redeemed + 1 where tenant_id = '{tenant}'")  # noqa: S608 - a UUID

    place = urlsplit(stage.product.environment["SMILERO_REDIS_URL"])
    redis = str(place.port) if place.port else place.path
    ring = (_spoken("AUTH", place.password) if place.password else "") + _spoken("PUBLISH", channel, "")
    return Served("live", (SMILERO, "web"), stage.product.environment, page, change, (redis, ring))


def floor() -> Served:
    """Bare sockets."""
    return Served("floor", (sys.executable, "-m", "benchmarks.live_floor", "PORT"), os.environ, _plain_page, _nothing, (None, "event"))


def plain() -> Served:
    """Plain ASGI under uvicorn."""
    command = (*_UVICORN, *_PATIENT, "--port", "PORT", "benchmarks.live_peer:app")
    event = "POST /event HTTP/1.1\r\nHost: localhost\r\nContent-Length: 0\r\n\r\n"
    return Served("plain", command, os.environ, _plain_page, _nothing, (None, event))


def _spoken(*words: str) -> str:
    """A command of redis (RESP2)."""
    return f"*{len(words)}\r\n" + "".join(f"${len(word)}\r\n{word}\r\n" for word in words)


def _nothing() -> None:
    pass


def _plain_page(n: int) -> str:
    return f"GET /{n} HTTP/1.1\r\nHost: localhost\r\nAccept: text/event-stream\r\nCookie: __Host-session=live{n}\r\n\r\n"


def _allow_files() -> None:
    """Let this process, and those that it starts, open enough sockets. Raises BenchmarkError where the machine does not."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = PAGES + FIRST_PAGES + _SPARE_FILES
    if most != resource.RLIM_INFINITY and most < wanted:
        msg = f"{wanted} open files are needed, and `ulimit -Hn` says {most}"
        raise BenchmarkError(msg)
    resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, most))
