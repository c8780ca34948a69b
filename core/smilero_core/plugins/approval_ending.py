"""What ends the waiting of a command without anybody's word: the week is over, or whoever asked may not any more."""

from datetime import timedelta

from smilero_core.audit.log import AuditLog
from smilero_core.plugins.approval_rows import SHOWN, Held, State
from smilero_core.plugins.context import CORE, Context
from smilero_core.plugins.holding_back import approvals_of
from smilero_core.plugins.work import Outside
from smilero_sdk.jobs import TRIES, Job, Schedule


async def end_by_itself(context: Context, held: Held, state: State) -> None:
    """Let it be over; nobody does it, and it is on record."""
    if await approvals_of(context).settle(held.id, state):
        sentence = "approvals.audit.expired" if state is State.EXPIRED else "approvals.audit.void"
        await AuditLog(context.host, None, CORE, context.now).record(sentence, held.id, plugin=held.plugin, approval=held.name)


async def end_overdue(outside: Outside) -> None:
    """End what is over, batch by batch. A second worker finds what the first has not locked."""
    more = True
    while more:
        async with outside.transaction() as context:
            found = await approvals_of(context).overdue()
            for held in found:
                await end_by_itself(context, held, State.EXPIRED if held.expires_at <= context.now else State.VOID)
        more = len(found) == SHOWN


SCHEDULE = Schedule("approvals", end_overdue, every=timedelta(hours=1))
# It opens its transactions itself, as one that calls others does.
END_OVERDUE = Job(SCHEDULE.name, end_overdue, None, TRIES, outside=True)
