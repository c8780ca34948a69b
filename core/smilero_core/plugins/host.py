"""The plugins of this process: found by their entry points, asked once, frozen."""

from collections.abc import Mapping
from importlib.metadata import EntryPoint, entry_points

import pluggy

from smilero_core.db.lineages import Lineage
from smilero_core.db.roles import plugin_role
from smilero_sdk.api import Api
from smilero_sdk.hooks import NAMESPACE, pages, routes
from smilero_sdk.manifest import Permission, Plugin

GROUP = "smilero.plugins"


class PluginLoadError(Exception):
    """A plugin cannot be used; the start stops and names it."""

    def __init__(self, name: str, reason: str) -> None:
        super().__init__(f"plugin {name!r}: {reason}")


class PluginHost:
    """Every installed plugin, by name, and what each declared.

    Args:
        plugins: manifests in the order of their migrations.
    """

    def __init__(self, plugins: list[Plugin]) -> None:
        self._plugins = {plugin.name: plugin for plugin in plugins}
        self._manager = pluggy.PluginManager(NAMESPACE)
        for specification in (routes, pages):
            self._manager.add_hookspecs(specification)
        for plugin in plugins:
            try:
                plugin_role(plugin.name)
                self._manager.register(plugin.implementation, plugin.name)
            except ValueError as error:
                raise PluginLoadError(plugin.name, str(error)) from error
        try:
            self._manager.check_pending()
        except pluggy.PluginValidationError as error:
            raise PluginLoadError(str(error.plugin), str(error)) from error
        self._apis = {name: api for name in self._plugins if (api := self._own(name, "register_api")) is not None}

    @classmethod
    def discover(cls) -> "PluginHost":
        """Load every installed plugin. Raises PluginLoadError naming the one that does not load."""
        return cls([_load(point) for point in sorted(entry_points(group=GROUP), key=lambda point: point.name)])

    @property
    def plugins(self) -> Mapping[str, Plugin]:
        """Manifests by name."""
        return self._plugins

    @property
    def apis(self) -> Mapping[str, Api]:
        """The JSON API of each plugin that has one."""
        return self._apis

    @property
    def permissions(self) -> list[Permission]:
        """Every right that a plugin declares."""
        return [permission for plugin in self._plugins.values() for permission in plugin.permissions]

    @property
    def packages(self) -> list[str]:
        """The import packages, for catalogues and templates."""
        return [plugin.package for plugin in self._plugins.values()]

    @property
    def models(self) -> dict[str, tuple[str, ...]]:
        """Model modules by plugin."""
        return {name: plugin.models for name, plugin in self._plugins.items() if plugin.models}

    def lineages(self) -> list[Lineage]:
        """The migrations of the core, then of each plugin that has models."""
        return [Lineage.of_core(), *(Lineage.of_plugin(name, self._plugins[name].package) for name in self.models)]

    def implementation(self, name: str, hook: str) -> pluggy.HookImpl | None:
        """One plugin's implementation of a hook, or None."""
        caller: pluggy.HookCaller = getattr(self._manager.hook, hook)
        return next((found for found in caller.get_hookimpls() if found.plugin_name == name), None)

    def _own(self, name: str, hook: str) -> Api | None:
        found = self.implementation(name, hook)
        if found is None:
            return None
        made = found.function()
        if not isinstance(made, Api):
            raise PluginLoadError(name, f"{hook} returned {type(made).__name__}, not Api")
        for operation in made.operations:
            if operation.permission is not None and operation.permission not in self._rights(name):
                raise PluginLoadError(name, f"{operation.path} asks for {operation.permission!r}, which its manifest does not declare")
        return made

    def _rights(self, name: str) -> set[str]:
        return {permission.name for permission in self._plugins[name].permissions}


def _load(point: EntryPoint) -> Plugin:
    try:
        plugin = point.load()
    except Exception as error:  # whatever a stranger's import raises
        raise PluginLoadError(point.name, f"{point.value} does not import: {error!r}") from error
    if not isinstance(plugin, Plugin):
        raise PluginLoadError(point.name, f"{point.value} is no smilero_sdk.manifest.Plugin")
    if plugin.name != point.name:
        raise PluginLoadError(point.name, f"its manifest says {plugin.name!r}")
    return plugin
