"""The product's web server as a process of its own, and a client that checks every answer of the API as it goes by."""

import asyncio
import os
import re
import sys
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from importlib.metadata import entry_points
from pathlib import Path
from typing import Any

from httpx2 import AsyncClient, Limits, Response

from smilero_core.db.settings import DatabaseSettings
from tests.support.schemas import Validator

DOCUMENT = "/api/v1/openapi.json"
INSTALLED = tuple(sorted(point.name for point in entry_points(group="smilero.plugins")))
_SMILERO = (str(Path(sys.executable).with_name("smilero")), "web")
# The command refuses demo mode on a database that it did not start itself; its application does not.
DEMO = (sys.executable, "-m", "uvicorn", "--factory", "smilero_web.app:create_app", "--port", "0", "--no-server-header")
# As the demo's: on a machine that does other things too.
_SECONDS = 180
_LISTENS = re.compile(r"running on (http://\S+)")


@dataclass
class Server:
    """A running `smilero web`.

    Attributes:
        url: where it listens.
        log: what it has said on standard error.
    """

    process: asyncio.subprocess.Process
    url: str = ""
    log: list[str] = field(default_factory=list)

    async def _read(self, listens: asyncio.Future[str]) -> None:
        assert self.process.stderr is not None
        async for line in self.process.stderr:
            self.log.append(line.decode())
            found = _LISTENS.search(self.log[-1])
            if found and not listens.done():
                listens.set_result(found[1])
        if not listens.done():
            listens.set_exception(RuntimeError("".join(self.log)))


@asynccontextmanager
async def running_server(
    settings: DatabaseSettings, redis_url: str, command: Sequence[str] = _SMILERO, **environment: str
) -> AsyncIterator[Server]:
    """Start a server on a port of its own choice, and end it with the block. Raises RuntimeError with what it said instead."""
    told = {
        "SMILERO_DATABASE_URL": settings.database_url,
        "SMILERO_SECRET_KEY": settings.secret_key.get_secret_value(),
        "SMILERO_REDIS_URL": redis_url,
        "SMILERO_PORT": "0",
        # The example is nobody's but a test's: it is not on the list of its own accord.
        "SMILERO_PLUGINS": ",".join(INSTALLED),
    }
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("SMILERO_")}
    process = await asyncio.create_subprocess_exec(
        *command, env=inherited | told | environment, stdin=asyncio.subprocess.DEVNULL, stderr=asyncio.subprocess.PIPE
    )
    server = Server(process)
    listens: asyncio.Future[str] = asyncio.get_running_loop().create_future()
    reading = asyncio.create_task(server._read(listens))  # noqa: SLF001 - its own
    try:
        async with asyncio.timeout(_SECONDS):
            server.url = await listens
        yield server
    finally:
        if process.returncode is None:
            process.terminate()
        await process.wait()
        await reading


@asynccontextmanager
async def http_client(**options: Any) -> AsyncIterator[AsyncClient]:  # noqa: ANN401 - httpx2's own options
    """A client with a connection for each of 64 callers. It follows nothing and trusts no environment."""
    async with AsyncClient(trust_env=False, timeout=30, limits=Limits(max_connections=64), **options) as client:
        yield client


@dataclass(frozen=True)
class Caller:
    """Somebody at a host of the application. Answers of the API are checked against its document.

    Attributes:
        host: the Host header.
        document: the API's document, when there is one to check against.
    """

    http: AsyncClient
    url: str
    host: str
    token: str | None = None
    document: Mapping[str, Any] | None = None

    def by(self, token: str | None) -> "Caller":
        """Somebody else at the same place."""
        return replace(self, token=token)

    def at(self, url: str) -> "Caller":
        """The same at another process."""
        return replace(self, url=url)

    async def get(self, path: str, **options: Any) -> Response:  # noqa: ANN401 - httpx2's own options
        """Read."""
        return await self.ask("GET", path, **options)

    async def post(self, path: str, body: object = None, *, key: str | None = None, **options: Any) -> Response:  # noqa: ANN401 - as above
        """Command, with an idempotency key."""
        headers = {**({"Idempotency-Key": key} if key is not None else {}), **options.pop("headers", {})}
        return await self.ask("POST", path, **({"json": body} if body is not None else {}), headers=headers, **options)

    async def ask(self, method: str, path: str, **options: Any) -> Response:  # noqa: ANN401 - as above
        """Any request. `headers` may replace Host and Authorization."""
        own = {"Host": self.host, **({"Authorization": f"Bearer {self.token}"} if self.token else {})}
        headers = {**own, **options.pop("headers", {})}
        answer = await self.http.request(method, self.url + path, headers=headers, **options)
        if self.document is not None:
            faults = answer_faults(self.document, method, path, answer)
            assert not faults, (method, path, answer.status_code, answer.text, faults)
        return answer


def operation_of(document: Mapping[str, Any], method: str, path: str) -> Mapping[str, Any] | None:
    """What the document says of a request, or None."""
    plain = path.partition("?")[0]
    for template, operations in document["paths"].items():
        if re.fullmatch(re.sub(r"\{\w+\}", "[^/]+", template), plain):
            found: Mapping[str, Any] | None = operations.get(method.lower())
            return found
    return None


def answer_faults(document: Mapping[str, Any], method: str, path: str, answer: Response) -> list[str]:
    """What of an answer the document does not say."""
    operation = operation_of(document, method, path)
    if operation is None:
        return []
    told = operation["responses"].get(str(answer.status_code), operation["responses"].get("default"))
    if told is None:
        return [f"{answer.status_code} is not in the document"]
    kind = answer.headers.get("content-type", "")
    if kind not in told["content"]:
        return [f"{kind} is not in the document, which has {list(told['content'])}"]
    return Validator(document).faults(told["content"][kind]["schema"], answer.json())
