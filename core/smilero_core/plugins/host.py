"""The plugins of this process: found by their entry points, asked once, frozen."""

from collections.abc import Coroutine, Iterable, Mapping
from functools import partial
from importlib import import_module
from importlib.metadata import EntryPoint, entry_points
from typing import Any, NamedTuple, get_type_hints

import pluggy

from smilero_core.db.lineages import Lineage
from smilero_core.plugins.declarations import Declared
from smilero_core.plugins.manifest_rules import require_fitting, require_sound
from smilero_core.plugins.refusal import PluginLoadError
from smilero_sdk import hooks
from smilero_sdk.api import Operation
from smilero_sdk.hooks import NAMESPACE, SUBJECTS
from smilero_sdk.i18n import in_language
from smilero_sdk.manifest import Plugin
from smilero_sdk.pages import MenuItem, PageOperation, TablePage
from smilero_sdk.roles import Permission

__all__ = ["FIRST_PARTY", "GROUP", "PluginHost", "PluginLoadError"]

GROUP = "smilero.plugins"

# Who answers for the plugins that can be enabled unless the operator names others.
FIRST_PARTY = "Smilero"

_MOST_CALLS = 50_000


class Implementation(NamedTuple):
    """One plugin's function for a hook, with the arguments that it wants: it may leave out what it does not use."""

    plugin: str
    found: pluggy.HookImpl

    def call(self, given: Mapping[str, object]) -> Any:  # noqa: ANN401 - whatever a stranger's code returns
        """Call it with those of the hook's arguments that it wants; of an asynchronous one the answer is to be awaited."""
        # The function is looked up at each call: the test kit puts another in its place.
        return self.found.function(**{name: given[name] for name in self.found.argnames})


class PluginHost:
    """Every installed plugin, by name, and what each declared.

    Args:
        plugins: manifests in the order of their migrations.
        listed: those that the operator lets foundations enable; None: all first-party ones.
    """

    def __init__(self, plugins: Iterable[Plugin], listed: Iterable[str] | None = None) -> None:
        self._plugins: dict[str, Plugin] = {}
        self._calls: dict[tuple[str, frozenset[str]], tuple[Implementation, ...]] = {}
        self._returns: dict[str, object] = {}
        self._manager = pluggy.PluginManager(NAMESPACE)
        for subject in SUBJECTS:
            self._manager.add_hookspecs(import_module(f"{hooks.__name__}.{subject}"))
        for plugin in plugins:
            self._register(plugin)
        self._require_known_hooks()
        for plugin in self._plugins.values():
            require_sound(plugin, self.hooks_of(plugin.name))
        require_fitting(self._plugins)
        self._declared = {name: Declared.of(name, partial(self._ask, name)) for name in self._plugins}
        for name in self._plugins:
            self._require_declared(name)
        self.listed = self._listed(listed)

    @classmethod
    def discover(cls, listed: Iterable[str] | None = None) -> "PluginHost":
        """Load every installed plugin. Raises PluginLoadError naming the one that does not load."""
        return cls([_load(point) for point in sorted(entry_points(group=GROUP), key=lambda point: point.name)], listed)

    @property
    def plugins(self) -> Mapping[str, Plugin]:
        """Manifests by name."""
        return self._plugins

    @property
    def declared(self) -> Mapping[str, Declared]:
        """What each plugin declared, by name."""
        return self._declared

    @property
    def apis(self) -> Mapping[str, tuple[Operation, ...]]:
        """The JSON API of each plugin that has one."""
        return {name: one.operations for name, one in self._declared.items() if one.operations}

    @property
    def pages(self) -> Mapping[str, tuple[PageOperation, ...]]:
        """The pages of each plugin that has some."""
        return {name: one.pages for name, one in self._declared.items() if one.pages}

    @property
    def tables(self) -> Mapping[str, tuple[TablePage, ...]]:
        """The tables of each plugin that has some."""
        return {name: one.tables for name, one in self._declared.items() if one.tables}

    @property
    def menus(self) -> Mapping[str, tuple[MenuItem, ...]]:
        """The menu entries of each plugin that has some."""
        return {name: one.menu for name, one in self._declared.items() if one.menu}

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

    def calls(self, hook: str, names: frozenset[str]) -> tuple[Implementation, ...]:
        """The implementations of a hook by some plugins, in the order of their names; found once for each set of names."""
        key = (hook, names)
        found = self._calls.get(key)
        if found is None:
            if len(self._calls) > _MOST_CALLS:
                self._calls.clear()
            made = ((name, self.implementation(name, hook)) for name in sorted(names))
            found = self._calls[key] = tuple(Implementation(name, one) for name, one in made if one is not None)
        return found

    def returns(self, hook: str) -> object:
        """The type that a hook's specification says it returns."""
        if hook not in self._returns:
            spec = getattr(self._manager.hook, hook).spec
            self._returns[hook] = get_type_hints(spec.function)["return"]
        return self._returns[hook]

    def title(self, name: str, language: str) -> str:
        """What people call a plugin; its word for one that is not installed."""
        plugin = self._plugins.get(name)
        return in_language(plugin.title, language) if plugin else name

    def hooks_of(self, name: str) -> frozenset[str]:
        """The hooks that a plugin has."""
        callers = self._manager.get_hookcallers(self._manager.get_plugin(name)) or []
        return frozenset(caller.name for caller in callers)

    def _register(self, plugin: Plugin) -> None:
        if plugin.name in self._plugins:
            raise PluginLoadError(plugin.name, f"its name is already that of {self._plugins[plugin.name].package}")
        self._plugins[plugin.name] = plugin
        try:
            self._manager.register(plugin.implementation, plugin.name)
        except (ValueError, pluggy.PluginValidationError) as error:  # an argument that the hook does not have
            raise PluginLoadError(plugin.name, str(error)) from error
        for hook in sorted(self.hooks_of(plugin.name)):
            found = self.implementation(plugin.name, hook)
            if found is not None and (found.hookwrapper or found.wrapper):
                raise PluginLoadError(plugin.name, f"{hook} is a wrapper, and no plugin stands around others here")

    def _require_known_hooks(self) -> None:
        try:
            self._manager.check_pending()
        except pluggy.PluginValidationError as error:
            raise PluginLoadError(self._manager.get_name(error.plugin) or str(error.plugin), str(error)) from error

    def _ask(self, name: str, hook: str, kind: type) -> object:
        found = self.implementation(name, hook)
        if found is None:
            return None
        try:
            made = found.function()
            if isinstance(made, Coroutine):
                made.close()
        except (Exception, SystemExit) as error:  # whatever a stranger's code raises
            raise PluginLoadError(name, f"{hook} failed: {error!r}") from error
        if not isinstance(made, kind):
            raise PluginLoadError(name, f"{hook} returned {type(made).__name__}, not {kind.__name__}")
        return made

    def _require_declared(self, name: str) -> None:
        """Raises PluginLoadError when something asks for a right that the manifest does not declare: nobody would hold it."""
        declared = {permission.name for permission in self._plugins[name].permissions}
        for path, permission in self._declared[name].permissions:
            if permission not in declared:
                raise PluginLoadError(name, f"{path} asks for {permission!r}, which its manifest does not declare")
        for approval in self._declared[name].approvals:
            if approval.partition(".")[0] != name:
                raise PluginLoadError(name, f"it marks commands as {approval!r}, which is another's name")

    def _listed(self, wanted: Iterable[str] | None) -> frozenset[str]:
        if wanted is None:
            return frozenset(name for name, plugin in self._plugins.items() if plugin.owner == FIRST_PARTY)
        names = frozenset(wanted)
        for name in sorted(names - self._plugins.keys()):
            raise PluginLoadError(name, "SMILERO_PLUGINS names it, and it is not installed")
        return names


def _load(point: EntryPoint) -> Plugin:
    try:
        plugin = point.load()
    except (Exception, SystemExit) as error:  # whatever a stranger's import raises
        raise PluginLoadError(point.name, f"{point.value} does not import: {error!r}") from error
    if not isinstance(plugin, Plugin):
        raise PluginLoadError(point.name, f"{point.value} is no smilero_sdk.manifest.Plugin")
    if plugin.name != point.name:
        raise PluginLoadError(point.name, f"its manifest says {plugin.name!r}")
    return plugin
