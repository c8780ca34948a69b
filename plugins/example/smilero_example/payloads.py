"""What the jobs are given: ids, since the world may have changed by the time they run."""

from uuid import UUID

from smilero_sdk.jobs import Payload


class OneGreeting(Payload):
    """Which greeting."""

    greeting_id: UUID
