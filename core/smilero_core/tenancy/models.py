"""Platform tables: they belong to no tenant, so no row security narrows them."""

from typing import Any

from tortoise import fields
from tortoise.fields.db_defaults import Now
from tortoise.models import Model

from smilero_sdk.ids import uuid7


class TenantRow(Model):
    """A market foundation."""

    id = fields.UUIDField(primary_key=True, default=uuid7)
    slug = fields.CharField(max_length=40)
    name = fields.TextField()
    body_type = fields.TextField()
    locale = fields.TextField()
    timezone = fields.TextField()
    status = fields.TextField()
    seal = fields.TextField()
    colour = fields.TextField()
    sender: Any = fields.JSONField()
    created_at = fields.DatetimeField(db_default=Now())

    class Meta:
        schema = "core"
        table = "tenant"


class TenantHostRow(Model):
    """A host name that leads to a foundation."""

    host = fields.CharField(max_length=253, primary_key=True)
    tenant = fields.UUIDField()

    class Meta:
        schema = "core"
        table = "tenant_host"
