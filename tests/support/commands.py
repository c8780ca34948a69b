"""`smilero` as people and scripts run it: a process with an environment, a data folder and three streams."""

import asyncio
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.client import HTTPConnection
from pathlib import Path
from queue import SimpleQueue
from typing import Any

from smilero_core.db.driver import Record
from smilero_core.embedded import find_running
from tests.support.cluster import connected

SMILERO = Path(sys.executable).with_name("smilero")
_PATIENCE = 120
_SPEECH = ("LANG", "LC_ALL", "LC_MESSAGES")


def environment(**own: str) -> dict[str, str]:
    """What a command is given: nothing of the caller's that Smilero reads, and `own`."""
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("SMILERO_") and name not in _SPEECH}
    return inherited | {"COLUMNS": "200", **own}


@dataclass(frozen=True)
class Done:
    """How a command ended."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:  # noqa: ANN401 - whatever it printed
        """Its result for scripts; it was not refused."""
        assert self.code == 0, self.err
        return json.loads(self.out)

    def refused(self, code: str, *words: str) -> bool:
        """Whether it ended as a refusal with this code, whose sentence has these words, and said nothing more."""
        *sentences, last = self.err.splitlines()
        assert (self.code, self.out, last) == (1, "", f"({code})"), self
        assert sentences, self
        return all(word in "\n".join(sentences) for word in words)


def smilero(*arguments: str | Path, **own: str) -> Done:
    """Run a command to its end."""
    run = subprocess.run(
        [SMILERO, *arguments],
        env=environment(**own),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        check=False,
        text=True,
        timeout=_PATIENCE,
    )
    return Done(run.returncode, run.stdout, run.stderr)


@dataclass
class Running:
    """A command that stays in the foreground, `up` or `web`.

    Attributes:
        lines: what it has said on standard error.
    """

    process: subprocess.Popen[str]
    lines: list[str] = field(default_factory=list)
    _heard: SimpleQueue[str | None] = field(default_factory=SimpleQueue)

    def __post_init__(self) -> None:
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def until(self, *words: str) -> str:
        """Wait until it says a line with any of these words."""
        while (line := self._heard.get(timeout=_PATIENCE)) is not None:
            if any(word in line for word in words):
                return line
        raise AssertionError("\n".join(self.lines))

    def end(self, *signals: signal.Signals) -> Done:
        """Send signals, and wait until it has ended and closed its streams."""
        for number in signals:
            self.process.send_signal(number)
        code = self.process.wait(_PATIENCE)
        self._reader.join(_PATIENCE)
        return Done(code, "", "\n".join(self.lines))

    def _read(self) -> None:
        assert self.process.stderr is not None
        with self.process.stderr as said:
            for line in said:
                self.lines.append(line.rstrip("\n"))
                self._heard.put(self.lines[-1])
        self._heard.put(None)


@contextmanager
def running(*arguments: str, **own: str) -> Iterator[Running]:
    """Start a command that stays, and end it with the block if it has not ended by then."""
    process = subprocess.Popen(
        [SMILERO, *arguments],
        env=environment(**own),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    command = Running(process)
    try:
        yield command
    finally:
        if process.poll() is None:
            process.terminate()
        command.end()


@contextmanager
def own_folder() -> Iterator[Path]:
    """A folder for data folders."""
    # Not below pytest's folder: every new run of root makes that private again, under the servers' feet.
    folder = Path(tempfile.mkdtemp(prefix="smilero-test-")).resolve()
    yield folder
    shutil.rmtree(folder)


@dataclass(frozen=True)
class Home:
    """A data folder, and the port of what runs there."""

    folder: Path
    port: int

    @property
    def variables(self) -> dict[str, str]:
        """What tells a command of it."""
        return {"SMILERO_DATA_DIR": str(self.folder), "SMILERO_PORT": str(self.port)}

    def smilero(self, *arguments: str | Path, **own: str) -> Done:
        """Run a command beside it."""
        return smilero(*arguments, **{**self.variables, **own})

    def get(self, path: str, host: str = "localhost", token: str = "") -> tuple[int, str]:
        """Status and body of a page, as a browser at a host asks for it."""
        connection = HTTPConnection("127.0.0.1", self.port, timeout=30)
        try:
            connection.request("GET", path, headers={"Host": host, **({"Authorization": f"Bearer {token}"} if token else {})})
            answer = connection.getresponse()
            return answer.status, answer.read().decode()
        finally:
            connection.close()

    def query(self, sql: str, *values: object) -> Sequence[Record]:
        """Ask its database as the superuser, whom no row security stops."""
        services = find_running(self.folder)
        assert services is not None

        async def ask() -> Sequence[Record]:
            async with connected(services.database_url) as connection:
                return await connection.fetch(sql, *values)

        return asyncio.run(ask())
