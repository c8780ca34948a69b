"""The core's own job: handing a queued message to a channel, in three steps."""

from uuid import UUID

from smilero_core.identity.vault import MESSAGE_BODY, MESSAGE_RECIPIENT, Vault
from smilero_core.messaging.channels import Outcome, TextChannel
from smilero_core.messaging.for_plugins import SEND_JOB
from smilero_sdk.context import OutsideContext
from smilero_sdk.jobs import TRIES, Job, Payload


class SendMessage(Payload):
    """Which message."""

    message_id: UUID


def send_job(vault: Vault, channel: TextChannel) -> Job:
    """The job. Its context's database is the application's own: it works for the core.

    The intent says `unknown`, which is the truth from the moment that the channel is called until its answer is committed: a
    worker that dies meanwhile leaves just that, and the message is not sent again.
    """

    async def send(ctx: OutsideContext, payload: SendMessage) -> None:
        async with ctx.transaction() as intent:
            message = await intent.db.fetch_row(
                """
                with begun as (
                  update core.message set state = $2, sent_at = now() where id = $1 and state = 'queued'
                  returning recipient_sealed, body_sealed
                )
                select recipient_sealed, body_sealed from begun
                """,
                payload.message_id,
                Outcome.UNKNOWN.value,
            )
        if message is None:
            return  # it has been handed over, or that is not known
        recipient = vault.open(ctx.tenant.id, MESSAGE_RECIPIENT, message["recipient_sealed"])
        outcome = await channel.send(payload.message_id, recipient, vault.open(ctx.tenant.id, MESSAGE_BODY, message["body_sealed"]))
        async with ctx.transaction() as done:
            await done.db.execute(
                "update core.message set state = $2, sent_at = now() where id = $1 and state = $3",
                payload.message_id,
                outcome.value,
                Outcome.UNKNOWN.value,
            )

    return Job(SEND_JOB, send, SendMessage, TRIES, outside=True)
