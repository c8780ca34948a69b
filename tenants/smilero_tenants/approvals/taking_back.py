"""Taking back what one asked a second person for."""

from smilero_core.plugins.approval_rows import Held, State
from smilero_core.plugins.context import CORE, Context
from smilero_core.plugins.holding_back import approvals_of


async def take_back(context: Context, held: Held) -> bool:
    """Take one's own back; False when it waits no more."""
    if not await approvals_of(context).settle(held.id, State.WITHDRAWN, context.actor.person_id):
        return False
    await context.for_plugin(CORE).audit.record("approvals.audit.withdrawn", held.id, plugin=held.plugin, approval=held.name)
    return True
