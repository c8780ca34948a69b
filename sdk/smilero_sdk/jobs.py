"""What is done later, and what is done by the clock. Both run in the worker, as one transaction under the plugin's role."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import time, timedelta
from typing import Any, TypeVar, get_type_hints

from pydantic import BaseModel, ConfigDict

JobHandler = Callable[..., Awaitable[None]]
Handler = TypeVar("Handler", bound=JobHandler)

TRIES = 8


class Payload(BaseModel):
    """What a job is given: ids rather than copies, since the world may have changed by the time it runs."""

    model_config = ConfigDict(extra="forbid", frozen=True)


@dataclass(frozen=True)
class Job:
    """One kind of job.

    Attributes:
        handler: `async (ctx, payload)`, or `async (ctx)` for one without.
        payload: the model of the second parameter.
        tries: how often it is tried, with growing pauses, before it is put aside as a dead letter.
        outside: whether it calls others: its `ctx` is an `OutsideContext`, and no transaction is open while it waits.
        on_behalf: whether it stands on the word of whoever queued it: `ctx.actor` is that person with the rights of the moment,
            and a role that was taken away meanwhile puts the job aside undone. Without it the foundation's own work is done,
            whoever began it: what falls due does so although somebody left.
        permission: what whoever queued it must still hold when it begins; taken away meanwhile, the job is put aside undone.
    """

    name: str
    handler: JobHandler
    payload: type[BaseModel] | None
    tries: int
    outside: bool
    on_behalf: bool = False
    permission: str | None = None


class Jobs:
    """The kinds of job of one plugin."""

    def __init__(self) -> None:
        self.all: list[Job] = []

    def job(self, name: str, *, tries: int = TRIES, on_behalf: bool = False, permission: str | None = None) -> Callable[[Handler], Handler]:
        """Declare a job that works on the database: its effect happens once, however often it is begun.

        Raises ValueError for a permission without `on_behalf`: nobody would be there to hold it.
        """
        if permission is not None and not on_behalf:
            msg = f"the job {name!r} asks for {permission!r}, but stands on nobody's word"
            raise ValueError(msg)
        return self._declare(name, tries, outside=False, on_behalf=on_behalf, permission=permission)

    def outside(self, name: str, *, tries: int = TRIES) -> Callable[[Handler], Handler]:
        """Declare a job that calls a provider: commit the intent, call with our id, commit the outcome.

        It may be begun again after a crash, so the provider must be given an id of ours that makes a repetition harmless.
        """
        return self._declare(name, tries, outside=True)

    def _declare(
        self, name: str, tries: int, *, outside: bool, on_behalf: bool = False, permission: str | None = None
    ) -> Callable[[Handler], Handler]:
        def declare(handler: Handler) -> Handler:
            payload = get_type_hints(handler).get("payload")
            self.all.append(Job(name, handler, payload, tries, outside, on_behalf, permission))
            return handler

        return declare


@dataclass(frozen=True)
class Schedule:
    """A job by the clock of the tenant's time zone.

    Attributes:
        every: the pause between two runs, from midnight on; None for one with a time of day.
        at: the time of day.
        day: of the month, 1 to 28; None: each day.
    """

    name: str
    handler: JobHandler
    every: timedelta | None = None
    at: time | None = None
    day: int | None = None


class Schedules:
    """What a plugin does by the clock. One run at a time for a tenant; a run that was missed is made up for once."""

    def __init__(self) -> None:
        self.all: list[Schedule] = []

    def every(self, *, minutes: int) -> Callable[[Handler], Handler]:
        """Run `async (ctx)` each so many minutes, 1 to 1,440."""
        return self._declare(every=timedelta(minutes=minutes))

    def daily(self, at: time) -> Callable[[Handler], Handler]:
        """Run `async (ctx)` each day at a time."""
        return self._declare(at=at)

    def monthly(self, day: int, at: time) -> Callable[[Handler], Handler]:
        """Run `async (ctx)` on a day of each month, 1 to 28, at a time."""
        return self._declare(day=day, at=at)

    def _declare(self, **when: Any) -> Callable[[Handler], Handler]:  # noqa: ANN401 - Schedule's own fields
        def declare(handler: Handler) -> Handler:
            self.all.append(Schedule(handler.__name__, handler, **when))
            return handler

        return declare
