"""What plugins did wrong."""

import logging

from smilero_core.plugins.context import Context

log = logging.getLogger(__name__)


def note_failure(context: Context, plugin: str, hook: str, error: BaseException) -> None:
    """Put a failure on record. Never raises, and writes nothing into the transaction that failed."""
    log.error("plugin %s failed in %s for tenant %s", plugin, hook, context.tenant.slug, exc_info=error)
