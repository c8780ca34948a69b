"""Answers kept for 48 hours."""

from tortoise import fields
from tortoise.fields.db_defaults import Now

from smilero_sdk.models import TenantModel


class IdempotencyRow(TenantModel):
    """The answer that a key got."""

    caller = fields.TextField()
    operation = fields.TextField()
    key = fields.TextField()
    request_hash = fields.BinaryField()
    status = fields.IntField()
    content_type = fields.TextField()
    body = fields.BinaryField()
    created_at = fields.DatetimeField(db_default=Now())

    class Meta:
        schema = "core"
        table = "idempotency"
