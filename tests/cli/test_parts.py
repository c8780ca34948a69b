"""The processes of `smilero up`: each started again when it dies, and none left when `up` is gone."""

import os
import signal
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from smilero_core.embedded import free_port
from tests.cli.test_up import READY
from tests.support.commands import Home, Running, own_folder, running
from tests.support.waiting import until

SECONDS = 60.0


@pytest.fixture(scope="module")
def home() -> Iterator[Home]:
    with own_folder() as folder:
        yield Home(folder / "data", free_port())


def part(command: Running, name: str) -> int | None:
    """The process id of a part, from the kernel's list."""
    for folder in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            words = (folder / "cmdline").read_bytes().split(b"\0")
            parent = int((folder / "stat").read_text().rpartition(")")[2].split()[1])
            if parent == command.process.pid and b"smilero_web.cli.part" in words and name.encode() in words:
                return int(folder.name)
    return None


def alive(process: int) -> bool:
    try:
        return (Path("/proc") / str(process) / "stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


async def sooner_or_later(holds: Callable[[], bool]) -> None:
    async def asked() -> bool:
        return holds()

    await until(asked, SECONDS)


def healthy(home: Home) -> bool:
    with suppress(OSError):
        return home.get("/healthz")[0] == 200
    return False


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="asks the kernel's list of processes")
async def test_a_part_that_is_killed_is_started_again_and_none_outlives_up(home: Home) -> None:
    with running("up", **home.variables) as command:
        command.until(READY)
        for name in ("worker", "web"):
            killed = part(command, name)
            assert killed
            os.kill(killed, signal.SIGKILL)
            await sooner_or_later(lambda name=name, killed=killed: part(command, name) not in {None, killed})  # type: ignore[misc]  # bound early
        await sooner_or_later(lambda: healthy(home))  # at the same port
        left = [part(command, name) for name in ("web", "worker")]
        assert None not in left
        command.process.kill()
        await sooner_or_later(lambda: not any(alive(one) for one in left if one))
