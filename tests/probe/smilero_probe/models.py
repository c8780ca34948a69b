from tortoise import fields
from tortoise.fields.db_defaults import Now

from smilero_sdk.models import TenantModel


class Note(TenantModel):
    shop_id = fields.UUIDField()
    title = fields.TextField()
    stars = fields.IntField(null=True)
    created_at = fields.DatetimeField(db_default=Now())

    class Meta:
        schema = "plugin_probe"
        table = "note"


class Line(TenantModel):
    note_id = fields.UUIDField()
    words = fields.TextField()

    class Meta:
        schema = "plugin_probe"
        table = "line"
