"""What the console tells about a plugin, in plain words."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from babel.dates import format_skeleton

from smilero_core.identity.access import PLUGINS_CHOOSE
from smilero_core.plugins.context import Context
from smilero_core.plugins.inventory import Entry, State, switched_by
from smilero_sdk.i18n import in_language
from smilero_sdk.jobs import Schedule
from smilero_sdk.manifest import Plugin
from smilero_sdk.roles import Role
from smilero_tenants.approvals.switches import switches
from smilero_tenants.faces.own_pages import Values
from smilero_tenants.faces.switches import title_of

_HOUR = timedelta(hours=1)


class PluginFacts:
    """One installed plugin, as a foundation looks at it."""

    def __init__(self, context: Context, plugin: Plugin) -> None:
        self._context = context
        self._plugin = plugin
        self._declared = context.services.host.declared[plugin.name]

    def head(self) -> Values:
        """What it is called."""
        language = self._context.language
        description = in_language(self._plugin.description, language)
        return {"title": title_of(self._plugin, language), "icon": self._plugin.icon, "description": description}

    def data(self) -> list[Values]:
        """The kinds of data that it deals with, each explained."""
        return [
            {"label": self._text(f"console.data.{name}"), "text": self._text(f"console.data.{name}.text")}
            for name in self._plugin.data_classes
        ]

    def permissions(self) -> list[Values]:
        """What can be done with it, and by whom."""
        return [
            {
                "text": self._text(f"permission.{permission.name}"),
                "roles": self._joined(self._text(f"console.role.{role}") for role in Role if role in permission.roles),
            }
            for permission in self._plugin.permissions
        ]

    async def all(self, entry: Entry) -> Values:
        """Everything that the page of the plugin shows."""
        plugin, may_choose = self._plugin, self._context.actor.may(PLUGINS_CHOOSE)
        return {
            "about": await self._about(entry),
            "data": self.data(),
            "permissions": self.permissions(),
            "others": self._others(),
            "works": self._works(),
            "approvals": await switches(self._context, plugin.name),
            "settings_url": f"/console/plugins/{plugin.name}/settings" if plugin.settings and may_choose else None,
            "shop_settings": plugin.shop_settings is not None,
        }

    async def _about(self, entry: Entry) -> list[Values]:
        plugin = self._plugin
        told = [
            ("here", await self._here(entry)),
            ("level", self._text(f"console.plugins.level.{plugin.level}")),
            ("version", plugin.version),
            ("owner", plugin.owner),
            ("licence", plugin.licence),
        ]
        return [{"label": self._text(f"console.plugin.{name}"), "value": value or None} for name, value in told]

    async def _here(self, entry: Entry) -> str:
        if entry.since is None or entry.state not in {State.ON, State.RESTING}:
            return self._text(f"console.plugins.state.{entry.state}")
        by = await switched_by(self._context.host, entry.name)
        day = self._day(entry.since)
        # A later switch by nobody who signed in, as from the shell, is not theirs.
        if by is None or by.at < entry.since:
            return self._text("console.plugin.since", day=day)
        return self._text("console.plugin.since_by", day=day, person=by.person)

    def _others(self) -> list[Values]:
        """The plugins that it needs, and those that it cannot stand beside."""
        plugins = self._context.services.host.plugins
        clashing = {other.name for other in plugins.values() if self._plugin.name in other.conflicts_with} | set(
            self._plugin.conflicts_with
        )
        return [
            {
                "text": self._text(f"console.plugin.{how}"),
                "plugins": [
                    {
                        "title": title_of(plugins[name], self._context.language) if name in plugins else name,
                        "url": f"/console/plugins/{name}" if name in plugins else None,
                        "on": name in self._context.plugins.open,
                    }
                    for name in sorted(names)
                ],
            }
            for how, names in (("needs", self._plugin.depends_on), ("clashes", clashing))
            if names
        ]

    def _works(self) -> list[Values]:
        """What it tells and hears, and what it does by itself."""
        told = [
            ("tells", [f"{self._plugin.name}.{event.event_name}" for event in self._plugin.events]),
            ("hears", [one.event for one in self._declared.subscriptions]),
            ("jobs", list(self._declared.jobs)),
            ("schedules", [f"{one.name} · {self._when(one)}" for one in self._declared.schedules.values()]),
        ]
        return [{"label": self._text(f"console.plugin.{name}"), "names": names} for name, names in told if names]

    def _when(self, schedule: Schedule) -> str:
        if schedule.every is not None:
            hours, rest = divmod(schedule.every, _HOUR)
            if hours and not rest:
                return self._text("console.plugin.every_hours", count=hours)
            return self._text("console.plugin.every_minutes", count=int(schedule.every.total_seconds() // 60))
        at = f"{schedule.at:%H:%M}" if schedule.at else ""
        if schedule.day is None:
            return self._text("console.plugin.daily", at=at)
        return self._text("console.plugin.monthly", day=schedule.day, at=at)

    def _day(self, moment: datetime) -> str:
        local = moment.astimezone(ZoneInfo(self._context.tenant.timezone))
        return str(format_skeleton("yMMMd", local, locale=self._context.language))

    def _joined(self, words: Iterable[str]) -> str:
        return " · ".join(words)

    def _text(self, key: str, **values: object) -> str:
        return self._context.text(key, **values)
