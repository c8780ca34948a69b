"""The application in this process, on a port of its own, and a second one beside it."""

import asyncio
import os
import re
import sys
from asyncio.subprocess import DEVNULL, PIPE, Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import uvicorn
from pydantic import SecretStr

from smilero_core.db.settings import DatabaseSettings
from smilero_web.app import Application
from smilero_web.runtime import Runtime, assemble
from smilero_web.settings import WebSettings

_SMILERO = Path(sys.executable).with_name("smilero")
_LISTENS = re.compile(r"running on http://\S+:(\d+)")
_SECONDS = 120


@dataclass(frozen=True)
class Here:
    """The application in this process.

    Attributes:
        runtime: its parts, which tests look into.
    """

    application: Application
    runtime: Runtime
    port: int


@asynccontextmanager
async def served_here(settings: DatabaseSettings, redis_url: str, plugins: str) -> AsyncIterator[Here]:
    """Serve it on the running loop. Raises PluginLoadError for a plugin that does not load."""
    web = WebSettings(redis_url=redis_url, secret_key=SecretStr(settings.secret_key.get_secret_value()), plugins=plugins)
    # A plugin that blocks is on record, and does not end the process: that is pytest's own, and would be gone without a word.
    patient = web.model_copy(update={"blocked_end_seconds": _SECONDS})
    application = Application(assemble(patient), settings)
    config = uvicorn.Config(application.build(), host="127.0.0.1", port=0, lifespan="on", log_level="warning", timeout_graceful_shutdown=1)
    server = uvicorn.Server(config)
    serving = asyncio.create_task(server.serve())
    try:
        async with asyncio.timeout(_SECONDS):
            while not server.started:
                if serving.done():
                    await serving
                    msg = "the application did not start"
                    raise RuntimeError(msg)
                await asyncio.sleep(0.02)  # uvicorn gives no other sign
        yield Here(application, application.runtime(), server.servers[0].sockets[0].getsockname()[1])
    finally:
        server.should_exit = True
        await serving


@asynccontextmanager
async def served_beside(settings: DatabaseSettings, redis_url: str, plugins: str) -> AsyncIterator[int]:
    """Serve it by `smilero web` in another process; its port. Raises RuntimeError with what it said instead."""
    told = {
        "SMILERO_DATABASE_URL": settings.database_url,
        "SMILERO_SECRET_KEY": settings.secret_key.get_secret_value(),
        "SMILERO_REDIS_URL": redis_url,
        "SMILERO_PLUGINS": plugins,
        "SMILERO_PORT": "0",
    }
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("SMILERO_")}
    process = await asyncio.create_subprocess_exec(_SMILERO, "web", env=inherited | told, stdin=DEVNULL, stdout=DEVNULL, stderr=PIPE)
    reading: asyncio.Task[None] | None = None
    try:
        async with asyncio.timeout(_SECONDS):
            port = await _port(process)
        reading = asyncio.create_task(_drain(process))
        yield port
    finally:
        if process.returncode is None:
            process.terminate()
        await process.wait()
        if reading is not None:
            await reading


async def _port(process: Process) -> int:
    said: list[str] = []
    assert process.stderr is not None  # noqa: S101 - it was asked for
    async for line in process.stderr:
        said.append(line.decode())
        found = _LISTENS.search(said[-1])
        if found:
            return int(found[1])
    raise RuntimeError("".join(said))


async def _drain(process: Process) -> None:
    """Read on: a full pipe would stop it."""
    with suppress(asyncio.CancelledError):
        while process.stderr is not None and await process.stderr.read(65_536):
            pass
