"""How a command that stays in the foreground is ended."""

import signal
from collections.abc import Iterator
from contextlib import contextmanager

from smilero_web.cli.console import say, text


@contextmanager
def until_ended(*, quietly: bool = False) -> Iterator[None]:
    """Ctrl-C, SIGTERM and the end of the terminal end what runs inside alike, with exit code 0, and a word if not `quietly`."""
    signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell that starts us in the background has it ignored
    for number in (signal.SIGTERM, signal.SIGHUP):
        if signal.getsignal(number) is not signal.SIG_IGN:  # as nohup has it
            signal.signal(number, lambda *_: signal.raise_signal(signal.SIGINT))
    try:
        yield
    except KeyboardInterrupt:
        if not quietly:
            say(text("cli.stopped"))


def ignore_signals() -> None:
    """What ends now ends in order, whatever is pressed meanwhile."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
