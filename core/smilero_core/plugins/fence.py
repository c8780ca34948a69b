"""What a plugin raises stays its own: neither a `sys.exit()` of it nor a cancellation that it brought about ends what is around it."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager


class EndedItselfError(RuntimeError):
    """A plugin called `sys.exit()`, or let a cancellation out that nobody had asked for, as of a task of its own."""


@contextmanager
def fenced() -> Iterator[None]:
    """Around a plugin's code, within its time budget. Raises EndedItselfError in place of what is no Exception."""
    try:
        yield
    except SystemExit as error:
        # The event loop lets it through all tasks, to the end of the process.
        raise EndedItselfError(type(error).__name__) from error
    except asyncio.CancelledError as error:
        task = asyncio.current_task()
        if task is None or task.cancelling():
            raise
        raise EndedItselfError(type(error).__name__) from error
