from tortoise import fields
from tortoise.fields.db_defaults import Now

from smilero_sdk.models import TenantModel


class Effect(TenantModel):
    handler = fields.TextField()
    number = fields.IntField()
    subject_id = fields.UUIDField(null=True)
    written_at = fields.DatetimeField(db_default=Now())

    class Meta:
        schema = "plugin_toll"
        table = "effect"
