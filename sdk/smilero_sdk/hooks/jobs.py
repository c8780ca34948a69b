"""Hooks for what is done later and by the clock."""

from smilero_sdk.hooks import hookspec
from smilero_sdk.jobs import Jobs, Schedules


@hookspec
def register_jobs() -> Jobs:  # type: ignore[empty-body]  # a specification has no body
    """The kinds of job that the plugin queues by `ctx.jobs.later`.

    When: once at start; a handler runs in the worker, while the plugin is on.
    Returns: a `Jobs`.
    Errors: a broken declaration stops the start and is named; a job that fails is tried again, then put aside.
    Since: 0.1
    """


@hookspec
def register_schedules() -> Schedules:  # type: ignore[empty-body]  # a specification has no body
    """What the plugin does by the clock.

    When: once at start; a handler runs in the worker for each tenant that has the plugin on.
    Returns: a `Schedules`.
    Errors: a broken declaration stops the start and is named; a run that fails is tried again as a job is.
    Since: 0.1
    """
