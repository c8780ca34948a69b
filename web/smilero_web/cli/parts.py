"""The processes of `smilero up`: started, started again when they die, and ended with it."""

import logging
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import IO, cast

import typer

from smilero_core.db.settings import DatabaseSettings
from smilero_web.cli.ending import ignore_signals
from smilero_web.cli.part import told_to
from smilero_web.settings import WebSettings

log = logging.getLogger(__name__)

WEB, WORKER = "web", "worker"

_LOOK_SECONDS = 0.2
_PAUSE_SECONDS = 1.0
# The web server lets its requests end within five seconds, and the worker its jobs.
_END_SECONDS = 10.0


class Part:
    """One process. Its settings may change from one start to the next, as the port that it found."""

    def __init__(self, name: str, settings: WebSettings, database: DatabaseSettings) -> None:
        self._name = name
        self._database = database
        self.settings = settings
        self._process = self._start()

    def first_line(self) -> str:
        """What it says first on standard output; empty when it ends without a word."""
        return cast("IO[str]", self._process.stdout).readline().strip()

    def start_again_if_dead(self) -> None:
        """Look once."""
        code = self._process.poll()
        if code is not None:
            log.error("the %s process ended with %d and is started again", self._name, code)
            time.sleep(_PAUSE_SECONDS)
            self._close()
            self._process = self._start()

    def ask_to_end(self) -> None:
        """Gently."""
        self._process.terminate()

    def end(self) -> None:
        """Wait for its end, and make one when it does not come."""
        try:
            self._process.wait(_END_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._close()

    def _start(self) -> "subprocess.Popen[str]":
        # In a session of its own: a Ctrl-C on the terminal is for us, and we end it in order.
        process = subprocess.Popen(  # noqa: S603 - our own program
            [sys.executable, "-m", "smilero_web.cli.part", self._name],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )
        told = cast("IO[str]", process.stdin)
        with suppress(BrokenPipeError):
            told.write(told_to(self.settings, self._database))
            told.flush()
        return process

    def _close(self) -> None:
        for stream in (self._process.stdin, self._process.stdout):
            if stream is not None:
                with suppress(BrokenPipeError):
                    stream.close()


def keep_running(settings: WebSettings, database: DatabaseSettings, ready: Callable[[int], None]) -> None:
    """Run the web server and the worker until an exception, as of a signal, ends both. Raises typer.Exit when the first start fails.

    Args:
        ready: called once with the port, when the web server answers.
    """
    parts: list[Part] = []
    with _ending(parts):
        parts.append(Part(WEB, settings, database))
        port = parts[0].first_line()
        if not port:  # it has said why
            raise typer.Exit(1)
        parts[0].settings = settings.model_copy(update={"port": int(port)})
        parts.append(Part(WORKER, parts[0].settings, database))
        ready(int(port))
        while True:
            time.sleep(_LOOK_SECONDS)
            for part in parts:
                part.start_again_if_dead()


@contextmanager
def _ending(parts: list[Part]) -> Iterator[None]:
    try:
        yield
    finally:
        ignore_signals()
        for part in parts:
            part.ask_to_end()
        for part in parts:
            part.end()
