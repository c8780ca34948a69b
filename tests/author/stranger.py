"""Somebody who has nothing of ours but two wheels: a folder, an environment, a shell."""

import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from http import HTTPStatus
from http.client import HTTPConnection
from pathlib import Path

from smilero_core.embedded import free_port

ROOT = Path(__file__).parents[2]
_PATIENCE = 900


@dataclass
class Stranger:
    """Works in a folder outside of the repository.

    Attributes:
        said: what each command printed, in order.
    """

    folder: Path
    wheels: Path
    port: int = field(default_factory=free_port)
    said: list[str] = field(default_factory=list)

    def type(self, text: str) -> str:
        """Run what a document says, from the stranger's folder; each command must succeed."""
        run = self._run(text)
        assert run.returncode == 0, f"{text}\n{run.stdout}"
        return run.stdout

    def fails(self, text: str) -> str:
        """Run a command that ends with exit code 1."""
        run = self._run(text)
        assert run.returncode == 1, f"{text}\n{run.stdout}"
        return run.stdout

    @contextmanager
    def leaves_running(self, text: str) -> Iterator[None]:
        """A command of another window, until the end of the block; it answers when the block begins."""
        with (self.folder / "up.log").open("wb") as log:
            process = subprocess.Popen(["bash", "-c", f"exec env {text}"], cwd=self.folder, env=self._environment(), stdout=log, stderr=log)
        try:
            deadline = time.monotonic() + _PATIENCE
            while self.status("/healthz", "localhost") != HTTPStatus.OK:
                assert process.poll() is None, (self.folder / "up.log").read_text()
                assert time.monotonic() < deadline, (self.folder / "up.log").read_text()
                time.sleep(0.5)
            yield
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(_PATIENCE)

    def status(self, path: str, host: str) -> int:
        """What an address answers; 0 while nobody does."""
        connection = HTTPConnection("127.0.0.1", self.port, timeout=30)
        try:
            connection.request("GET", path, headers={"Host": host})
            return connection.getresponse().status
        except OSError:
            return 0
        finally:
            connection.close()

    def _run(self, text: str) -> "subprocess.CompletedProcess[str]":
        run = subprocess.run(
            ["bash", "-e", "-c", text],
            cwd=self.folder,
            env=self._environment(),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            check=False,
            text=True,
            timeout=_PATIENCE,
        )
        self.said.append(run.stdout)
        return run

    def _environment(self) -> dict[str, str]:
        ours = re.compile(r"SMILERO_|PYTEST_|VIRTUAL_ENV|PYTHON|LANG|LC_")
        kept = {name: value for name, value in os.environ.items() if not ours.match(name)}
        base = Path(sys.base_prefix) / "bin"
        pip = {"PIP_FIND_LINKS": str(self.wheels), "PIP_DISABLE_PIP_VERSION_CHECK": "1"}
        return {**kept, **pip, "PATH": f"{base}:{os.environ['PATH']}", "SMILERO_PORT": str(self.port), "COLUMNS": "200"}


@contextmanager
def stranger() -> Iterator[Stranger]:
    """One with the wheels of this tree, and nothing else."""
    with ExitStack() as stack:
        # Not below pytest's folder: every new run of root makes that private again, under the servers' feet.
        folder = Path(tempfile.mkdtemp(prefix="smilero-author-")).resolve()
        stack.callback(shutil.rmtree, folder)
        wheels = folder / "wheels"
        build = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--no-build-isolation", "--wheel-dir", str(wheels)]
        subprocess.run([*build, str(ROOT), str(ROOT / "sdk")], check=True, cwd=folder)
        work = folder / "work"
        work.mkdir()
        yield Stranger(work, wheels)
