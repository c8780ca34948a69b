"""The plugins of this process: found by their entry points, asked once, frozen."""

from collections.abc import Mapping
from importlib.metadata import EntryPoint, entry_points
from typing import TypeVar

import pluggy

from smilero_core.db.lineages import Lineage
from smilero_core.db.roles import plugin_role
from smilero_sdk.api import Api
from smilero_sdk.hooks import NAMESPACE, faces, routes, slots
from smilero_sdk.manifest import Permission, Plugin
from smilero_sdk.pages import MenuItem, PageOperation, Pages

GROUP = "smilero.plugins"


Made = TypeVar("Made")


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
        for specification in (routes, faces, slots):
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
        self._apis = {name: api for name in self._plugins if (api := self._own(name, "register_api", Api)) is not None}
        self._pages = {name: pages for name in self._plugins if (pages := self._own(name, "register_pages", Pages)) is not None}
        self._menus = {name: menu for name in self._plugins if (menu := self._own(name, "register_menu", list)) is not None}
        for name in self._plugins:
            self._require_declared(name)

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
    def pages(self) -> Mapping[str, list[PageOperation]]:
        """The pages of each plugin that has some."""
        return {name: pages.operations for name, pages in self._pages.items()}

    @property
    def menus(self) -> Mapping[str, list[MenuItem]]:
        """The menu entries of each plugin that has some."""
        return self._menus

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

    def _own(self, name: str, hook: str, kind: type[Made]) -> Made | None:
        found = self.implementation(name, hook)
        if found is None:
            return None
        made = found.function()
        if not isinstance(made, kind):
            raise PluginLoadError(name, f"{hook} returned {type(made).__name__}, not {kind.__name__}")
        return made

    def _require_declared(self, name: str) -> None:
        """Raises PluginLoadError when something asks for a right that the manifest does not declare: nobody would hold it."""
        declared = {permission.name for permission in self._plugins[name].permissions}
        asked = [
            *((one.path, one.permission) for one in (self._apis[name].operations if name in self._apis else ())),
            *((one.path, one.permission) for one in (self._pages[name].operations if name in self._pages else ())),
            *((one.path, one.permission) for one in self._menus.get(name, ())),
        ]
        for path, permission in asked:
            if permission is not None and permission not in declared:
                raise PluginLoadError(name, f"{path} asks for {permission!r}, which its manifest does not declare")


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
