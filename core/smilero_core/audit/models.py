"""The audit log."""

from typing import Any

from tortoise import fields
from tortoise.fields.db_defaults import Now

from smilero_sdk.models import TenantModel


class AuditEntryRow(TenantModel):
    """One act: a sentence of the catalogue with its values, and what changed. Never altered, never removed by us."""

    at = fields.DatetimeField(db_default=Now())
    actor_id = fields.UUIDField(null=True)
    role = fields.TextField()
    plugin = fields.TextField()
    sentence = fields.TextField()
    params: Any = fields.JSONField()
    subject_id = fields.UUIDField(null=True)
    before: Any = fields.JSONField(null=True)
    after: Any = fields.JSONField(null=True)
    on_behalf_of = fields.UUIDField(null=True)

    class Meta:
        schema = "core"
        table = "audit_entry"


class AuditUnsealedRow(TenantModel):
    """An entry that no seal is on yet; `id` and `at` are the entry's."""

    at = fields.DatetimeField()

    class Meta:
        schema = "core"
        table = "audit_unsealed"


class AuditSealRow(TenantModel):
    """A link of the chain; its `id` is the entry's. Never altered, never removed by us."""

    number = fields.BigIntField()
    entry_hash = fields.BinaryField()
    seal = fields.BinaryField()
    sealed_at = fields.DatetimeField(db_default=Now())

    class Meta:
        schema = "core"
        table = "audit_seal"
