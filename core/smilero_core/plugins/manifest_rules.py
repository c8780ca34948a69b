"""What a manifest must be before anything of its plugin runs. A breach stops the start and names plugin and reason."""

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from enum import Enum
from importlib.metadata import version
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin
from uuid import UUID

from packaging.specifiers import InvalidSpecifier, SpecifierSet

from smilero_core.db.roles import plugin_role
from smilero_core.plugins.fields import SettingField
from smilero_core.plugins.refusal import PluginLoadError
from smilero_sdk.events import Event
from smilero_sdk.manifest import DataClass, Plugin
from smilero_sdk.messages import MessageKind
from smilero_sdk.settings import Settings

# Words that an address, a schema or a template folder already has.
RESERVED = frozenset(
    {
        *("core", "api", "console", "portal", "public", "operator", "static", "webhooks", "dev", "ui", "platform", "files", "stripe"),
        # The host's own pages and operations: /console/plugins, /portal/help, /api/v1/registry.
        *("plugins", "shops", "work", "help", "registry", "tenant", "search", "print", "measures", "sessions", "join", "invitations"),
        *("logins", "people", "rights"),
        # What stands beside the pages of plugins on the public face.
        *("pictures", "sitemaps", "language", "home"),
        "kept",
    }
)
# What an event may carry: nothing that could hold a name or a number of somebody.
_FIGURES = (UUID, int, bool, dt.datetime, dt.date, NoneType)
# The classes that the host can send within the law today.
_SENT = frozenset({MessageKind.SERVICE})


def require_sound(plugin: Plugin, hooks: frozenset[str]) -> None:
    """Check one manifest by itself.

    Args:
        hooks: those that its implementation has.

    Raises:
        PluginLoadError: with the first breach.
    """
    for reason in _breaches(plugin, hooks):
        raise PluginLoadError(plugin.name, reason)


def require_fitting(plugins: Mapping[str, Plugin]) -> None:
    """Check what manifests say of each other. Raises PluginLoadError."""
    for plugin in plugins.values():
        missing = [name for name in plugin.depends_on if name not in plugins]
        if missing:
            raise PluginLoadError(plugin.name, f"it depends on {', '.join(missing)}, which is not installed")
        both = set(plugin.depends_on) & set(plugin.conflicts_with)
        if both:
            raise PluginLoadError(plugin.name, f"it depends on {', '.join(sorted(both))} and conflicts with the same")
        if plugin.name in _needed(plugin.depends_on, plugins):
            raise PluginLoadError(plugin.name, "it depends on itself, by way of others")


def _needed(names: Sequence[str], plugins: Mapping[str, Plugin]) -> set[str]:
    found: set[str] = set()
    todo = list(names)
    while todo:
        name = todo.pop()
        if name not in found and name in plugins:
            found.add(name)
            todo += plugins[name].depends_on
    return found


def _breaches(plugin: Plugin, hooks: frozenset[str]) -> Iterator[str]:
    try:
        plugin_role(plugin.name)
    except ValueError as error:
        yield str(error)
    if plugin.name in RESERVED:
        yield f"the name {plugin.name!r} is the host's own"
    yield from _sdk(plugin)
    yield from (f"its {what} has no Korean" for what in ("title", "description") if not getattr(plugin, what).get("ko"))
    yield from _rights_and_duties(plugin, hooks)
    yield from _events(plugin)
    yield from _settings(plugin.settings)
    yield from _settings(plugin.shop_settings)


def _rights_and_duties(plugin: Plugin, hooks: frozenset[str]) -> Iterator[str]:
    if DataClass.PERSONAL in plugin.data_classes:
        missing = {"provide_person_export", "provide_person_erasure"} - hooks
        if missing:
            yield f"it declares personal data and has no {' and no '.join(sorted(missing))}"
    for permission in plugin.permissions:
        if not permission.name.startswith(f"{plugin.name}."):
            yield f"the permission {permission.name!r} does not begin with its name"
    for template in plugin.messages:
        if template.kind not in _SENT:
            yield f"the message {template.name!r} is of the class {template.kind.value}, which this host does not send yet"


def _sdk(plugin: Plugin) -> Iterator[str]:
    ours = version("smilero-sdk")
    try:
        if not SpecifierSet(plugin.sdk).contains(ours, prereleases=True):
            yield f"it works with smilero-sdk {plugin.sdk}, and this is {ours}"
    except InvalidSpecifier:
        yield f"{plugin.sdk!r} is no range of versions"


def _events(plugin: Plugin) -> Iterator[str]:
    seen: set[tuple[str, int]] = set()
    for event in plugin.events:
        key = (event.event_name, event.event_version)
        if not event.event_name or key in seen:
            yield f"{event.__name__} has no name of its own"
        seen.add(key)
        for name in _telling(event):
            yield f"the event {event.event_name!r} could carry personal data in {name!r}: no free text"


def _telling(event: type[Event]) -> Iterator[str]:
    for name, found in event.model_fields.items():
        if not all(_is_figure(kind) for kind in _leaves(found.annotation)):
            yield name


def _is_figure(kind: Any) -> bool:  # noqa: ANN401 - whatever an annotation holds
    return kind in _FIGURES or (isinstance(kind, type) and issubclass(kind, Enum))


def _settings(model: type[Settings] | None) -> Iterator[str]:
    for name, found in (model.model_fields if model else {}).items():
        if found.is_required():
            yield f"the setting {name!r} has no default"
        try:
            SettingField.of(name, found)
        except ValueError:
            yield f"the setting {name!r} is of a kind that no form can show"


def _leaves(annotation: Any) -> list[Any]:  # noqa: ANN401 - whatever an annotation holds
    """The types that an annotation is made of; a `Literal`'s words are what an enumeration's are."""
    origin = get_origin(annotation)
    if origin is Literal:
        return [Enum]
    if origin is Annotated:
        return _leaves(get_args(annotation)[0])
    if origin in (Union, UnionType, list, tuple):
        return [leaf for part in get_args(annotation) if part is not Ellipsis for leaf in _leaves(part)]
    return [annotation]
