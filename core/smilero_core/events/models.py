"""The outbox."""

from typing import Any

from tortoise import fields
from tortoise.fields.db_defaults import Now

from smilero_sdk.models import TenantModel


class OutboxRow(TenantModel):
    """An event that waits for delivery. Ids and figures, never personal data."""

    name = fields.TextField()
    version = fields.IntField()
    payload: Any = fields.JSONField()
    occurred_at = fields.DatetimeField(db_default=Now())

    class Meta:
        schema = "core"
        table = "outbox"


class EventLogRow(TenantModel):
    """An event that was handed on; kept for 25 months, a partition each."""

    name = fields.TextField()
    version = fields.IntField()
    payload: Any = fields.JSONField()
    occurred_at = fields.DatetimeField()

    class Meta:
        schema = "core"
        table = "event_log"


class InboxRow(TenantModel):
    """That a handler has had its effect for an event, written with the effect."""

    plugin = fields.TextField()
    handler = fields.TextField()
    event_id = fields.UUIDField()
    handled_at = fields.DatetimeField(db_default=Now())

    class Meta:
        schema = "core"
        table = "inbox"
