"""What is known of files."""

from tortoise import fields
from tortoise.fields.db_defaults import Now

from smilero_sdk.models import TenantModel


class FileRow(TenantModel):
    """A file that a plugin keeps."""

    plugin = fields.TextField()
    name = fields.TextField()
    media_type = fields.TextField()
    size = fields.IntField()
    sha256 = fields.BinaryField()
    public = fields.BooleanField()
    width = fields.IntField(null=True)
    height = fields.IntField(null=True)
    created_by = fields.UUIDField(null=True)
    created_at = fields.DatetimeField(db_default=Now())

    class Meta:
        schema = "core"
        table = "file"
