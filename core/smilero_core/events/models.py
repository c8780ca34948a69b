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
