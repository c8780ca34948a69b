"""`smilero up` in demo mode as a process of its own, as somebody has it who typed `make run`."""

import asyncio
import os
import shutil
import sys
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http import HTTPStatus
from pathlib import Path

from httpx2 import AsyncClient, TransportError
from redis.asyncio import Redis

from smilero_core.embedded import find_running, free_port
from smilero_core.identity.totp import step_of
from tests.support.cluster import connected

_SMILERO = Path(sys.executable).with_name("smilero")
# Three foundations with all their shops, on a machine that does other things too.
_SECONDS = 180


@dataclass(frozen=True)
class Demo:
    """The running demo.

    Attributes:
        database_url: as the superuser, for what no page may do.
    """

    port: int
    database_url: str = field(repr=False)
    redis_url: str = field(repr=False)

    def address(self, path: str = "/", slug: str = "bucheon") -> str:
        """An address at a foundation, as a browser reads it."""
        return f"http://{slug}.localhost:{self.port}{path}"

    async def forget_counts(self) -> None:
        """Let a visit begin as the first of the day: the demo has few people, and many tests sign in as the same one within minutes."""
        async with Redis.from_url(self.redis_url) as redis:
            for key in [key async for key in redis.scan_iter("t:*:limit:*")]:
                await redis.delete(key)
        async with connected(self.database_url) as admin:
            # A code of an app is good once; the last one counts as used two steps ago.
            await admin.execute("update core.second_factor set app_step = least(app_step, $1)", step_of(datetime.now(UTC)) - 2)


@asynccontextmanager
async def running_demo() -> AsyncIterator[Demo]:
    """Start it in a folder of its own, and end it with the block. Raises AssertionError with what it said instead."""
    folder, port = Path(tempfile.mkdtemp(prefix="smilero-demo-")), free_port()
    told = {"SMILERO_ENV": "demo", "SMILERO_PORT": str(port), "SMILERO_DATA_DIR": str(folder / "data")}
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("SMILERO_")}
    with (folder / "log").open("wb") as log:
        process = await asyncio.create_subprocess_exec(_SMILERO, "up", env=inherited | told, stdin=asyncio.subprocess.DEVNULL, stderr=log)
    try:
        async with asyncio.timeout(_SECONDS):
            await _healthy(port, process)
        services = find_running(folder / "data")
        assert services, (folder / "log").read_text()
        yield Demo(port, services.database_url, services.redis_url)
    except (TimeoutError, ChildProcessError) as error:
        raise AssertionError((folder / "log").read_text()) from error
    finally:
        if process.returncode is None:
            process.terminate()
        await process.wait()
        shutil.rmtree(folder)


async def _healthy(port: int, process: asyncio.subprocess.Process) -> None:
    async with AsyncClient(trust_env=False) as http:
        while process.returncode is None:
            with suppress(TransportError):
                if (await http.get(f"http://127.0.0.1:{port}/healthz")).status_code == HTTPStatus.OK:
                    return
            await asyncio.sleep(0.1)
    raise ChildProcessError
