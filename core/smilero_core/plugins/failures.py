"""What plugins did wrong, as the code notes it that called them."""

import logging

from smilero_core.plugins.context import Context
from smilero_core.plugins.failure_log import Failure
from smilero_core.plugins.traces import error_line, trace_of

log = logging.getLogger(__name__)


def note_failure(context: Context, plugin: str, hook: str, error: BaseException) -> None:
    """Put a failure on record: in the log at once, in the database soon, in a transaction of its own.

    Never raises, never waits, and writes nothing into the transaction that failed.

    Args:
        hook: the hook's name; of something else its kind and name, as `page GET /portal/coupons/new`. What begins with `job `,
            `delivery ` or `schedule ` opens no circuit breaker.
    """
    failures, tenant = context.services.failures, context.tenant
    if failures is not None and failures.full(tenant.id, plugin):
        return
    line, trace = error_line(error), trace_of(error)
    # Not `exc_info`: an exception's own text may hold what somebody typed.
    log.error("plugin %s failed in %s for tenant %s: %s\n%s", plugin, hook, tenant.slug, line, trace)
    if failures is not None:
        failures.note(Failure(tenant.id, tenant.slug, plugin, hook, line, trace))


def note_success(context: Context, plugin: str) -> None:
    """A plugin answered as it should; after a rest that makes it well again."""
    if context.services.failures is not None and plugin in context.plugins.probing:
        context.services.failures.note_success(context.tenant.id, plugin)
