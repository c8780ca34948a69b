"""What is taken in from sheets."""

from typing import Any

from tortoise import fields
from tortoise.fields.db_defaults import Now

from smilero_sdk.models import TenantModel


class ImportRunRow(TenantModel):
    """One sheet: read, looked at, and perhaps kept. The file is gone once it was read."""

    kind = fields.TextField()
    market_id = fields.UUIDField(null=True)
    file_name = fields.TextField()
    state = fields.TextField()
    total = fields.IntField(db_default=0)
    seen = fields.IntField(db_default=0)
    added = fields.IntField(db_default=0)
    changed = fields.IntField(db_default=0)
    same = fields.IntField(db_default=0)
    refused = fields.IntField(db_default=0)
    content = fields.BinaryField(null=True)
    plan: Any = fields.JSONField(null=True)
    faults: Any = fields.JSONField(null=True)
    created_by = fields.UUIDField()
    created_at = fields.DatetimeField(db_default=Now())
    finished_at = fields.DatetimeField(null=True)

    class Meta:
        schema = "core"
        table = "import_run"
