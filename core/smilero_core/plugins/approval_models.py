"""What a foundation wants a second person for, and what waits for one."""

from typing import Any

from tortoise import fields
from tortoise.fields.db_defaults import Now

from smilero_sdk.models import TenantModel


class ApprovalChoiceRow(TenantModel):
    """A command that a foundation wants two people for; no row: one is enough."""

    plugin = fields.TextField()
    name = fields.TextField()
    since = fields.DatetimeField(db_default=Now())

    class Meta:
        schema = "core"
        table = "approval_choice"


class ApprovalRow(TenantModel):
    """A command that waits for a second person, or did."""

    plugin = fields.TextField()
    name = fields.TextField()
    operation = fields.TextField()
    permission = fields.TextField()
    asked_by = fields.UUIDField()
    asked_as = fields.TextField()
    on_behalf_of = fields.UUIDField(null=True)
    helping_id = fields.UUIDField(null=True)
    client_id = fields.UUIDField(null=True)
    shop_id = fields.UUIDField(null=True)
    language = fields.TextField()
    body_sealed = fields.BinaryField()
    body_hash = fields.BinaryField()
    state = fields.TextField(db_default="waiting")
    asked_at = fields.DatetimeField(db_default=Now())
    expires_at = fields.DatetimeField()
    why = fields.TextField(db_default="")
    decided_by = fields.UUIDField(null=True)
    decided_at = fields.DatetimeField(null=True)
    reason = fields.TextField(db_default="")
    outcome: Any = fields.JSONField(null=True)

    class Meta:
        schema = "core"
        table = "approval"
