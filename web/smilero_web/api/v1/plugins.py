"""What is installed, how it is, and what was chosen."""

from pydantic import BaseModel, SecretStr

from smilero_core.identity.access import PLUGINS_READ
from smilero_core.plugins.choosing import Choosing
from smilero_core.plugins.context import Context
from smilero_core.plugins.fields import Kind, SettingField
from smilero_core.plugins.inventory import Entry, inventory
from smilero_sdk.api import Api

plugins_api = Api()


class SettingOut(BaseModel):
    """What was chosen. A secret has no value here, only whether it has one."""

    name: str
    kind: str
    value: bool | int | str | None = None
    is_set: bool = True


class PluginOut(BaseModel):
    """A plugin.

    Attributes:
        state: on, off, resting (it failed again and again), unlisted (the operator does not offer it), missing (not installed).
    """

    name: str
    state: str
    version: str | None = None
    owner: str | None = None
    licence: str | None = None
    level: str | None = None
    data_classes: list[str] = []
    permissions: list[str] = []
    settings: list[SettingOut] = []


class PluginList(BaseModel):
    """Every plugin that is installed, or was when it was switched on."""

    items: list[PluginOut]


@plugins_api.get("/plugins", permission=PLUGINS_READ)
async def list_plugins(ctx: Context) -> PluginList:
    """What is installed, how it is here, and what the foundation chose, without secrets."""
    return PluginList(items=[await _plugin(ctx, entry) for entry in await inventory(ctx)])


async def _plugin(ctx: Context, entry: Entry) -> PluginOut:
    plugin = entry.plugin
    if plugin is None:
        return PluginOut(name=entry.name, state=entry.state)
    told = PluginOut(
        name=entry.name,
        state=entry.state,
        version=plugin.version,
        owner=plugin.owner,
        licence=plugin.licence,
        level=plugin.level,
        data_classes=list(plugin.data_classes),
        permissions=[permission.name for permission in plugin.permissions],
    )
    if plugin.settings is None:
        return told
    choosing = Choosing(ctx, entry.name)
    now = (await choosing.read()).values
    return told.model_copy(update={"settings": [_setting(one, getattr(now, one.name)) for one in choosing.fields]})


def _setting(one: SettingField, value: object) -> SettingOut:
    if one.kind is Kind.SECRET:
        return SettingOut(name=one.name, kind=one.kind, is_set=isinstance(value, SecretStr) and bool(value.get_secret_value()))
    told = value if value is None or isinstance(value, bool | int) else str(value)
    return SettingOut(name=one.name, kind=one.kind, value=told, is_set=value is not None)
