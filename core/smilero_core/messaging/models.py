"""Messages, sealed."""

from tortoise import fields
from tortoise.fields.db_defaults import Now

from smilero_sdk.models import TenantModel


class MessageRow(TenantModel):
    """One message to one recipient, from its intent to what became of it."""

    kind = fields.TextField()
    template = fields.TextField()
    recipient_sealed = fields.BinaryField()
    recipient_index = fields.BinaryField(null=True)
    body_sealed = fields.BinaryField()
    state = fields.TextField()
    created_at = fields.DatetimeField(db_default=Now())
    sent_at = fields.DatetimeField(null=True)

    class Meta:
        schema = "core"
        table = "message"
