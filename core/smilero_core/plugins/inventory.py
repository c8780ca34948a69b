"""What is installed, where this tenant has it, and whether its sentences are there."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from smilero_core.db.session import Session
from smilero_core.plugins.choosing import sentences_of
from smilero_core.plugins.context import Context
from smilero_core.plugins.fields import fields_of
from smilero_core.plugins.host import PluginHost
from smilero_core.plugins.refusal import PluginLoadError
from smilero_sdk.manifest import Plugin


class State(StrEnum):
    """How it is with a plugin at a tenant. `UNLISTED`: not on the operator's list; `MISSING`: switched on once and not installed."""

    ON = "on"
    OFF = "off"
    RESTING = "resting"
    UNLISTED = "unlisted"
    MISSING = "missing"


@dataclass(frozen=True)
class Entry:
    """A plugin at a tenant.

    Attributes:
        plugin: None: missing.
        since: when it was last switched, if ever.
    """

    name: str
    plugin: Plugin | None
    state: State
    since: datetime | None


@dataclass(frozen=True)
class SwitchedBy:
    """Who switched a plugin on, and when."""

    person: str
    at: datetime


async def inventory(context: Context) -> list[Entry]:
    """Every installed plugin by name, then what is missing."""
    host, switched = context.services.host, await _switched(context.host)
    entries = [Entry(name, plugin, _state(context, name), switched.get(name, (False, None))[1]) for name, plugin in host.plugins.items()]
    gone = [Entry(name, None, State.MISSING, at) for name, (enabled, at) in switched.items() if enabled and name not in host.plugins]
    return sorted(entries, key=lambda entry: entry.name) + gone


def _state(context: Context, name: str) -> State:
    if name in context.plugins.open:
        return State.RESTING if name in context.plugins.resting else State.ON
    return State.OFF if name in context.services.host.listed else State.UNLISTED


async def _switched(session: Session) -> Mapping[str, tuple[bool, datetime]]:
    rows = await session.fetch("select plugin, enabled, changed_at from core.plugin_activation order by plugin")
    return {row["plugin"]: (row["enabled"], row["changed_at"]) for row in rows}


async def switched_by(session: Session, plugin: str) -> SwitchedBy | None:
    """Who switched a plugin on last; None: nobody who signed in."""
    row = await session.fetch_row(
        """
        select p.name, e.at from core.audit_entry e join core.person p on p.id = e.actor_id
        where e.plugin = 'core' and e.sentence = 'plugins.audit.enabled' and e.params ->> 'name' = $1
        order by e.at desc limit 1
        """,
        plugin,
    )
    return SwitchedBy(row["name"], row["at"]) if row else None


def unspoken(plugin: Plugin, keys: Collection[str]) -> Iterator[str]:
    """The Korean sentences that people would read of a plugin before and while it is on, and that its catalogue lacks."""
    wanted = [f"permission.{permission.name}" for permission in plugin.permissions]
    for model, for_shop in ((plugin.settings, False), (plugin.shop_settings, True)):
        prefix = sentences_of(plugin.name, for_shop=for_shop)
        for one in fields_of(model):
            wanted += [f"{prefix}.{one.name}", *(f"{prefix}.{one.name}.{word}" for word in one.words)]
    return (key for key in wanted if key not in keys)


def require_spoken(host: PluginHost, keys: Collection[str]) -> None:
    """Refuse a plugin whose settings or permissions have no Korean words. Raises PluginLoadError with what is missing."""
    for plugin in host.plugins.values():
        missing = [
            *unspoken(plugin, keys),
            *(key for one in host.declared[plugin.name].approvals if (key := f"approval.{one}") not in keys),
        ]
        if missing:
            raise PluginLoadError(plugin.name, f"its catalogue has no Korean for {', '.join(missing)}")
