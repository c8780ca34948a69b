"""One server process: its lock, its log, its start, its end."""

import os
import re
import signal
import subprocess
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO, cast

from smilero_core.embedded.account import Account
from smilero_core.embedded.lock import POLL, FileLock

_NO_SPACE = ("No space left on device", "Disk quota exceeded")
_FATAL = re.compile(r"\b(?:FATAL|PANIC|ERROR|error): +(.+)")
_REDIS_PREFIX = re.compile(r"^\d+:\w .+? [#*-] ")


class FailedError(Exception):
    """A server's program ended, or did not get ready. The one argument is what it printed."""

    @property
    def printed(self) -> str:
        """All of it."""
        return str(self.args[0])

    @property
    def disk_full(self) -> bool:
        """Whether that speaks of a full disk."""
        return any(words in self.printed for words in _NO_SPACE)

    @property
    def reason(self) -> str:
        """What the last line says that names a failure, else the last line."""
        lines = [line.strip() for line in self.printed.splitlines() if line.strip()]
        named = [found[1] for line in lines if (found := _FATAL.search(line))]
        return (named or [_REDIS_PREFIX.sub("", line) for line in lines])[-1]


@dataclass(frozen=True)
class Program:
    """How one server is known.

    Attributes:
        name: of its lock and its log.
        folder: where it runs.
        pid_file: into which it writes its process id, first on the first line.
        endings: the signals to end it, the gentle one first, with the seconds that each may take.
    """

    name: str
    folder: Path
    pid_file: Path
    endings: tuple[tuple[signal.Signals, float], ...]


class Server:
    """A program that runs as `account`, in a session of its own so that a Ctrl-C on the terminal does not reach it.

    It inherits the lock `<name>.lock` in the data folder. So the next start knows whether it is still there, without trusting a
    process id that may belong to another program by now: while the lock is held, the id in its file is right.
    """

    def __init__(self, program: Program, folder: Path, account: Account) -> None:
        self._program = program
        self._account = account
        self._lock = FileLock(folder / f"{program.name}.lock")
        self._process: subprocess.Popen[bytes] | None = None
        self.log = folder / f"{program.name}.log"

    def end_leftover(self) -> None:
        """End what a killed run left behind, and take the lock. Raises FailedError when it cannot be ended."""
        for ending, seconds in self._program.endings:
            deadline = time.monotonic() + seconds
            told = None
            while not self._lock.try_acquire():
                pid = self._leftover()
                if pid is not None and pid != told:
                    self._signal(pid, ending)
                    told = pid
                if time.monotonic() > deadline:
                    break
                time.sleep(POLL)
            else:
                return
        msg = f"{self._lock.path} is held by a process that does not end"
        raise FailedError(msg)

    def run(self, command: Sequence[str], text: str = "") -> None:
        """Run a short command under the lock, `text` on its input. Raises FailedError with what it printed."""
        with self._spawn(command, subprocess.PIPE) as process:
            try:
                printed, _ = process.communicate(text.encode())
            except BaseException:
                process.kill()
                raise
        if process.returncode != 0:
            raise FailedError(printed.decode(errors="replace").strip() or f"exit status {process.returncode}")

    def start(self, command: Sequence[str], text: str, ready: Callable[[], bool], seconds: float) -> None:
        """Start the server, `text` on its input, and wait until it is `ready`, at most `seconds`. Raises FailedError with its log."""
        if self.log.exists():
            self.log.replace(self.log.with_suffix(".log.1"))
        with os.fdopen(os.open(self.log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600), "ab") as log:
            self._process = self._spawn(command, log)
        with suppress(BrokenPipeError), cast("IO[bytes]", self._process.stdin) as target:
            target.write(text.encode())
        deadline = time.monotonic() + seconds
        while not ready():
            if self._process.poll() is not None:
                raise FailedError(
                    self.log.read_text(encoding="utf-8", errors="replace").strip() or f"exit status {self._process.returncode}"
                )
            if time.monotonic() > deadline:
                msg = f"not ready after {seconds:.0f} s"
                raise FailedError(msg)
            time.sleep(POLL)

    @property
    def pid(self) -> int | None:
        """The process that `start` started."""
        return self._process.pid if self._process else None

    def stop(self) -> None:
        """End the server, the hard way when it does not end by itself, and let the lock go."""
        self._lock.let_go()
        if self._process is None:
            return
        for ending, seconds in self._program.endings:
            self._process.send_signal(ending)
            try:
                self._process.wait(seconds)
            except subprocess.TimeoutExpired:
                continue
            return

    def _leftover(self) -> int | None:
        try:
            pid = int(self._program.pid_file.read_text(encoding="ascii").split()[0])
        except (OSError, ValueError, IndexError):
            return None  # it has not written the file yet, or has removed it on its way out
        return pid if pid > 1 else None

    def _signal(self, pid: int, ending: signal.Signals) -> None:
        # Sent as the account: the file is the account's to write, and root would hit whatever process it names.
        self._spawn(("sh", "-c", 'kill -s "$1" "$2"', "sh", ending.name.removeprefix("SIG"), str(pid)), subprocess.DEVNULL).communicate()

    def _spawn(self, command: Sequence[str], output: int | IO[bytes]) -> subprocess.Popen[bytes]:
        account, lock = self._account, self._lock.descriptor
        try:
            return subprocess.Popen(  # noqa: S603 - our own commands, no shell reads them
                command,
                stdin=subprocess.PIPE,
                stdout=output,
                stderr=subprocess.STDOUT if output != subprocess.DEVNULL else output,
                cwd=self._program.folder,
                env={"PATH": os.defpath, "LC_ALL": "C", "TZ": "UTC"},  # none of the caller's PG* variables
                start_new_session=True,
                pass_fds=() if lock < 0 else (lock,),
                user=account.user,
                group=account.group,
                extra_groups=account.groups,
                umask=0o077,
            )
        except PermissionError as error:
            raise FailedError(str(error)) from error
