"""Which plugins a tenant has on."""

from tortoise import fields
from tortoise.fields.db_defaults import Now

from smilero_sdk.models import TenantModel


class PluginActivationRow(TenantModel):
    """A plugin that a tenant switched on, or off again. No row: never on."""

    plugin = fields.TextField()
    enabled = fields.BooleanField()
    changed_at = fields.DatetimeField(db_default=Now())

    class Meta:
        schema = "core"
        table = "plugin_activation"
