"""Work that waits."""

from typing import Any

from tortoise import fields
from tortoise.fields.db_defaults import Now

from smilero_sdk.models import TenantModel


class JobRow(TenantModel):
    """Something to do: a plugin's job, the delivery of an event, or a run by the clock. Gone when it is done.

    `state` is `queued`, or `dead` after its last try. `leased_until` keeps a job that calls others from being begun twice.
    """

    plugin = fields.TextField()
    kind = fields.TextField()
    name = fields.TextField()
    payload: Any = fields.JSONField()
    event_id = fields.UUIDField(null=True)
    key = fields.TextField(null=True)
    state = fields.TextField(db_default="queued")
    run_at = fields.DatetimeField(db_default=Now())
    attempts = fields.IntField(db_default=0)
    leased_until = fields.DatetimeField(null=True)
    last_error = fields.TextField(null=True)
    asked_by = fields.UUIDField(null=True)
    asked_as = fields.TextField(null=True)
    helping_id = fields.UUIDField(null=True)
    created_at = fields.DatetimeField(db_default=Now())

    class Meta:
        schema = "core"
        table = "job"


class ScheduleRow(TenantModel):
    """When a schedule runs next for a tenant."""

    plugin = fields.TextField()
    name = fields.TextField()
    next_at = fields.DatetimeField()

    class Meta:
        schema = "core"
        table = "schedule"
