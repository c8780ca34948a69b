"""A thread that notices when the event loop stands still, says whose code holds it up and where, and ends a process for good reason.

What keeps the interpreter to itself (a regular expression that explodes, C code without its lock released) keeps this thread
waiting too: such a process is found by whoever asks `/healthz`.
"""

import asyncio
import logging
import os
import sys
import threading
import traceback
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from types import FrameType

from smilero_core.jobs.rows import DueJob
from smilero_core.plugins.calling import Call, perform
from smilero_core.plugins.context import CORE, Context
from smilero_core.plugins.failure_log import Failure
from smilero_core.plugins.traces import module_of, stack_of
from smilero_core.plugins.work import carry_out
from smilero_sdk.context import Tenant

log = logging.getLogger(__name__)

_STEP_SECONDS = 0.1
# EX_SOFTWARE of sysexits.h.
EXIT_CODE = 70
# What is told last is given so long before the process ends.
_LAST_SECONDS = 2.0


@dataclass(frozen=True)
class Blocking:
    """What the loop is doing while it should be beating.

    Attributes:
        plugin, hook: whose code it is in; None: nobody's.
        tenant: for whom; None when only the code is known.
        job: that is done within one transaction.
        holder: the server's process of the connection that holds the job.
    """

    seconds: float
    trace: str
    plugin: str | None = None
    hook: str | None = None
    tenant: Tenant | None = None
    job: DueJob | None = None
    holder: int | None = None

    @property
    def failure(self) -> Failure | None:
        """What goes on record, where a tenant is known."""
        if self.plugin is None or self.hook is None or self.tenant is None:
            return None
        error = f"it has blocked the process for {self.seconds:.1f} s"
        return Failure(self.tenant.id, self.tenant.slug, self.plugin, self.hook, error, self.trace)


@dataclass(frozen=True)
class Limits:
    """Seconds: after how many a loop that stands still is told of, and after how many its process ends."""

    notice: float = 1.5
    end: float = 10.0


class Watchdog:
    """Of one process and one loop.

    Args:
        packages: import packages by plugin.
        told: gets what is noticed, on a thread of its own.
        last: gets it again just before the process ends.
    """

    def __init__(
        self, packages: Mapping[str, str], told: Callable[[Failure], None], last: Callable[[Blocking], None], limits: Limits | None = None
    ) -> None:
        self._plugins = {package: plugin for plugin, package in packages.items()}
        self._told = told
        self._last = last
        self._limits = limits or Limits()
        self._beats = 0
        self._over = threading.Event()
        self._thread_id = 0

    @contextmanager
    def watching(self) -> Iterator[None]:
        """Watch the running loop, from its own thread, until the end of the block."""
        self._thread_id = threading.get_ident()
        self._beat(asyncio.get_running_loop())
        threading.Thread(target=self._watch, name="watchdog", daemon=True).start()
        try:
            yield
        finally:
            self._over.set()

    def _beat(self, loop: asyncio.AbstractEventLoop) -> None:
        self._beats += 1
        if not self._over.is_set():
            loop.call_later(_STEP_SECONDS, self._beat, loop)

    def _watch(self) -> None:
        seen, late, noticed = self._beats, 0.0, False
        while not self._over.wait(_STEP_SECONDS):
            if self._beats != seen:
                seen, late, noticed = self._beats, 0.0, False
                continue
            # Counted in own steps, not by the clock: a process that was stopped for a while, or a laptop that slept, is not to blame.
            late += _STEP_SECONDS
            if late >= self._limits.notice and not noticed:
                noticed = True
                _apart(self._tell, self._look(late))
            if late >= self._limits.end:
                self._end(late)

    def _look(self, seconds: float) -> Blocking:
        frame = sys._current_frames().get(self._thread_id)  # noqa: SLF001 - the interpreter's own name for it
        if frame is None:
            return Blocking(seconds, "")
        trace = stack_of(frame)
        frames = [found for found, _ in traceback.walk_stack(frame)]
        called = next((blocking for found in frames if (blocking := _called(found, seconds, trace))), None)
        return called or self._by_package(frames, seconds, trace)

    def _by_package(self, frames: list[FrameType], seconds: float, trace: str) -> Blocking:
        """By the innermost frame of a plugin's package; its outermost function stands for the hook."""
        owners = [(self._plugins.get(module_of(found).partition(".")[0]), found) for found in frames]
        plugin = next((name for name, _ in owners if name is not None), None)
        inside = [found for name, found in owners if name is not None and name == plugin]
        hook = f"{module_of(inside[-1])}.{inside[-1].f_code.co_name}" if inside else None
        return Blocking(seconds, trace, plugin, hook)

    def _tell(self, blocking: Blocking) -> None:
        _say(blocking, "blocks the event loop")
        if blocking.failure is not None:
            self._told(blocking.failure)

    def _end(self, late: float) -> None:
        """What is told last must not keep the process: the loop may be stuck in the very log that we write to."""
        blocking = self._look(late)
        _apart(self._tell_last, blocking).join(_LAST_SECONDS)
        os._exit(EXIT_CODE)

    def _tell_last(self, blocking: Blocking) -> None:
        _say(blocking, f"has blocked the event loop for {blocking.seconds:.0f} s; the process ends, to be replaced")
        if blocking.failure is not None:
            self._last(blocking)


def _called(frame: FrameType, seconds: float, trace: str) -> Blocking | None:
    """The call that a frame is, if it is the host's own calling a plugin."""
    if frame.f_code is Call.run.__code__:
        call: Call = frame.f_locals["self"]
        return Blocking(seconds, trace, call.plugin, call.hook, call.context.tenant)
    inside = frame.f_locals
    if frame.f_code is perform.__code__:
        return Blocking(seconds, trace, inside["plugin"], inside["what"], inside["context"].tenant)
    if frame.f_code is carry_out.__code__ and inside["job"].plugin != CORE:
        given, job = inside["given"], inside["job"]
        found = Blocking(seconds, trace, job.plugin, job.label, given.tenant)
        # One that calls others has been counted before it was begun.
        return replace(found, job=job, holder=given.unit.server_pid) if isinstance(given, Context) else found
    return None


def _say(blocking: Blocking, what: str) -> None:
    who = f"plugin {blocking.plugin} in {blocking.hook}" if blocking.plugin else "code of nobody's plugin"
    tenant = f" for tenant {blocking.tenant.slug}" if blocking.tenant else ""
    log.critical("%s%s %s\n%s", who, tenant, what, blocking.trace)


def _apart(work: Callable[[Blocking], None], blocking: Blocking) -> threading.Thread:
    thread = threading.Thread(target=work, args=(blocking,), name="watchdog tells", daemon=True)
    thread.start()
    return thread
