"""Servers of a run: started, awaited, ended."""

import http.client
import signal
import subprocess
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from http import HTTPStatus
from pathlib import Path

from benchmarks.plan import BenchmarkError

_START_SECONDS = 60.0
_END_SECONDS = 15.0
_GLANCE_SECONDS = 0.1


@contextmanager
def serving(command: Sequence[str], environment: Mapping[str, str], log: Path, port: int, path: str) -> Iterator[int]:
    """Run an HTTP server until the end of the block; yields its process id once `path` answers below 500.

    Raises BenchmarkError with the end of its log when it does not come up.
    """
    with log.open("wb") as output:
        process = subprocess.Popen(command, stdout=output, stderr=subprocess.STDOUT, env=environment)  # noqa: S603 - our own commands
    try:
        deadline = time.monotonic() + _START_SECONDS
        while not _answers(port, path):
            if process.poll() is not None or time.monotonic() > deadline:
                msg = f"{command[0]} does not serve:\n{log.read_text(errors='replace')[-2000:]}"
                raise BenchmarkError(msg)
            time.sleep(_GLANCE_SECONDS)
        yield process.pid
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(_END_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def finished(command: Sequence[str], environment: Mapping[str, str] | None = None) -> str:
    """Run a command to its end and return what it printed. Raises BenchmarkError with that when it fails."""
    run = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)  # noqa: S603 - our own commands
    if run.returncode != 0:
        msg = f"{' '.join(command)} failed:\n{(run.stdout + run.stderr).strip()[-2000:]}"
        raise BenchmarkError(msg)
    return run.stdout


def _answers(port: int, path: str) -> bool:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=2)
    try:
        connection.request("GET", path, headers={"Host": "localhost"})
        return connection.getresponse().status < HTTPStatus.INTERNAL_SERVER_ERROR
    except OSError:
        return False
    finally:
        connection.close()
