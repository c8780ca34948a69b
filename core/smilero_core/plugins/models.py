"""What a tenant has on, what it chose, and how it went."""

from typing import Any

from tortoise import fields
from tortoise.fields.db_defaults import Now
from tortoise.models import Model

from smilero_sdk.models import TenantModel


class PluginActivationRow(TenantModel):
    """A plugin that a tenant switched on, or off again. No row: never on."""

    plugin = fields.TextField()
    enabled = fields.BooleanField()
    changed_at = fields.DatetimeField(db_default=Now())
    rests_until = fields.DatetimeField(null=True)
    rest_seconds = fields.IntField(db_default=0)
    demo_until = fields.DateField(null=True)

    class Meta:
        schema = "core"
        table = "plugin_activation"


class PluginSettingRow(TenantModel):
    """What a foundation chose for a plugin, or one of its shops did. Secrets in it are sealed."""

    plugin = fields.TextField()
    shop_id = fields.UUIDField(null=True)
    chosen: Any = fields.JSONField()
    changed_at = fields.DatetimeField(db_default=Now())

    class Meta:
        schema = "core"
        table = "plugin_setting"


class PluginOptOutRow(TenantModel):
    """A shop that does without a plugin that its foundation has on."""

    plugin = fields.TextField()
    shop_id = fields.UUIDField()
    created_at = fields.DatetimeField(db_default=Now())

    class Meta:
        schema = "core"
        table = "plugin_opt_out"


class PluginFailureRow(TenantModel):
    """Something that a plugin did wrong."""

    plugin = fields.TextField()
    hook = fields.TextField()
    error = fields.TextField()
    trace = fields.TextField()
    failed_at = fields.DatetimeField(db_default=Now())

    class Meta:
        schema = "core"
        table = "plugin_failure"


class PluginUninstalledRow(Model):
    """A plugin that the operator removed with all its data. It is in the image still, and is not installed by itself."""

    plugin = fields.CharField(max_length=30, primary_key=True)
    at = fields.DatetimeField(db_default=Now())

    class Meta:
        schema = "core"
        table = "plugin_uninstalled"
