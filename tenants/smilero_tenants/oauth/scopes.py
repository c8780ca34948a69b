"""Scopes: the permissions that core and plugins declare. What a plugin declares is none while it is off."""

from collections.abc import Mapping

from smilero_core.identity.access import CORE_PERMISSIONS
from smilero_core.plugins.gate import TenantPlugins
from smilero_core.plugins.host import PluginHost
from smilero_sdk.i18n import Catalogue

# How the boxes of a form are called; several of one name would be one to the form.
SCOPE_FIELD = "scope."


def scopes_of(host: PluginHost, plugins: TenantPlugins) -> frozenset[str]:
    """Those of a foundation: the core's and those of the plugins that are on."""
    return frozenset(one.name for one in CORE_PERMISSIONS) | {
        permission.name for name in plugins.open & host.plugins.keys() for permission in host.plugins[name].permissions
    }


def told_scopes(catalogue: Catalogue, language: str, scopes: frozenset[str]) -> list[dict[str, str]]:
    """Each with its sentence for people, in the order of their words."""
    return [{"name": name, "text": catalogue.text(language, f"permission.{name}")} for name in sorted(scopes)]


def chosen_scopes(posted: Mapping[str, str]) -> frozenset[str]:
    """The boxes of a form that were ticked."""
    return frozenset(name.removeprefix(SCOPE_FIELD) for name, value in posted.items() if name.startswith(SCOPE_FIELD) and value == "true")
