"""`/console/plugins`: what is installed, what is on, and the switches."""

from http import HTTPStatus

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from smilero_core.identity.access import PLUGINS_MANAGE, PLUGINS_READ
from smilero_core.plugins.inventory import Entry, State, inventory
from smilero_core.plugins.switching import Switchboard
from smilero_sdk.errors import Problem, not_found
from smilero_sdk.i18n import in_language
from smilero_sdk.ids import uuid7
from smilero_sdk.manifest import Plugin
from smilero_tenants.console.plugin_facts import PluginFacts
from smilero_tenants.console.trouble import Troubles, troubles
from smilero_tenants.faces.own_pages import OwnPages, Shown, Values
from smilero_tenants.faces.switches import Switch, title_of
from smilero_tenants.faces.visit import Visit

_LIST = "/console/plugins"
# What the page itself answers; everything else goes its usual way.
_TOLD = frozenset({"plugins.not_listed", "plugins.needs", "plugins.conflicts", "plugins.needed", "plugins.switch_failed"})


class PluginConsole:
    """The pages about plugins."""

    def __init__(self, pages: OwnPages) -> None:
        self._pages = pages

    def routes(self) -> list[Route]:
        """Their addresses."""
        return [
            Route(_LIST, self.plugins),
            Route(f"{_LIST}/{{name}}", self.plugin),
            Route(f"{_LIST}/{{name}}", self.switch, methods=["POST"]),
            Route(f"{_LIST}/{{name}}/enable", self.confirm),
        ]

    async def plugins(self, request: Request) -> Response:
        """What is installed, and what is on."""
        return await self._pages.show(request, self._plugins)

    async def plugin(self, request: Request) -> Response:
        """Everything about one."""

        async def make(visit: Visit) -> Shown:
            return await self._plugin(visit, request.path_params["name"])

        return await self._pages.show(request, make)

    async def confirm(self, request: Request) -> Response:
        """What a plugin deals with and who may do what, read before it is switched on."""

        async def make(visit: Visit) -> Shown:
            visit.require(PLUGINS_MANAGE)
            name: str = request.path_params["name"]
            entry = await _entry(visit, name)
            facts = PluginFacts(visit.context, _installed(entry))
            obstacle = await Switchboard(visit.context).obstacle(name)
            values: Values = {
                "plugin": facts.head(),
                "data": facts.data(),
                "permissions": facts.permissions(),
                "obstacle": visit.context.text(obstacle.code, **obstacle.params) if obstacle else None,
                "action": f"{_LIST}/{name}",
                "key": str(uuid7()),
                "back_url": f"{_LIST}/{name}",
            }
            return Shown("console/enable.html", values)

        return await self._pages.show(request, make)

    async def switch(self, request: Request) -> Response:
        """Switch a plugin on or off, here at once and everywhere within five seconds."""

        async def carry_out(visit: Visit, posted: dict[str, str]) -> Shown | str:
            visit.require(PLUGINS_MANAGE)
            wanted = Switch.model_validate_strings(posted)
            name: str = request.path_params["name"]
            entry = await _entry(visit, name)
            if wanted.enabled and not wanted.agreed and entry.state is State.OFF and _must_be_read(_installed(entry)):
                return f"{_LIST}/{name}/enable"
            board = Switchboard(visit.context)
            try:
                async with visit.context.host.savepoint():
                    await (board.enable if wanted.enabled else board.disable)(name)
            except Problem as problem:
                if problem.code not in _TOLD and not _is_the_plugins_own(problem, name):
                    raise
                return await self._plugin(visit, name, problem)
            return _LIST

        return await self._pages.command(request, carry_out)

    async def _plugins(self, visit: Visit) -> Shown:
        visit.require(PLUGINS_READ)
        entries, found = await inventory(visit.context), await troubles(visit)
        values: Values = {
            "plugins": sorted((_row(visit, entry, found) for entry in entries), key=_place_in_list),
            "notice": found.notice,
            "only_owner": not visit.context.actor.may(PLUGINS_MANAGE),
        }
        return Shown("console/plugins.html", values)

    async def _plugin(self, visit: Visit, name: str, refused: Problem | None = None) -> Shown:
        visit.require(PLUGINS_READ)
        entry = await _entry(visit, name)
        alert = visit.context.text(refused.code, **refused.params) if refused else None
        row: Values = {**_row(visit, entry, await troubles(visit)), "alert": alert, "back_url": _LIST}
        status = refused.status if refused else HTTPStatus.OK
        if entry.plugin is None:
            return Shown("console/plugin.html", {**row, "facts": None}, status)
        return Shown("console/plugin.html", {**row, "facts": await PluginFacts(visit.context, entry.plugin).all(entry)}, status)


async def _entry(visit: Visit, name: str) -> Entry:
    found = next((entry for entry in await inventory(visit.context) if entry.name == name), None)
    if found is None:
        raise not_found("plugin")
    return found


def _installed(entry: Entry) -> Plugin:
    if entry.plugin is None:
        raise not_found("plugin")
    return entry.plugin


def _must_be_read(plugin: Plugin) -> bool:
    return bool(plugin.data_classes or plugin.permissions)


def _is_the_plugins_own(problem: Problem, name: str) -> bool:
    """Whether the plugin itself refused to be switched on."""
    return problem.code.startswith(f"{name}.")


def _place_in_list(row: Values) -> tuple[bool, str]:
    """By title; what nobody can switch comes last."""
    return row["reason"] is not None, str(row["title"])


def _row(visit: Visit, entry: Entry, found: Troubles) -> Values:
    """A plugin as the table shows it; `action` where the visitor may switch it."""
    text, plugin = visit.context.text, entry.plugin
    can_switch = visit.context.actor.may(PLUGINS_MANAGE) and entry.state in {State.ON, State.OFF, State.RESTING}
    shown: Values = {
        "name": entry.name,
        "url": f"{_LIST}/{entry.name}",
        "enabled": entry.state in {State.ON, State.RESTING},
        "reason": text(f"console.plugins.reason.{entry.state}") if entry.state in {State.UNLISTED, State.MISSING} else None,
        "state_text": text(f"console.plugins.state.{entry.state}"),
        "state_tone": {State.ON: "on", State.RESTING: "wait"}.get(entry.state, "off"),
        "action": f"{_LIST}/{entry.name}" if can_switch else None,
        "key": str(uuid7()),
        "health": found.health.get(entry.name),
        "month_text": None,
    }
    if plugin is None:
        return shown | {"title": entry.name, "description": "", "icon": "puzzle", "data_classes": [], "price_text": None}
    language = visit.context.language
    return shown | {
        "title": title_of(plugin, language),
        "description": in_language(plugin.description, language),
        "icon": plugin.icon,
        "data_classes": [text(f"console.data.{name}") for name in plugin.data_classes],
        "price_text": text("console.plugins.by_plan" if plugin.price_key else "console.plugins.free"),
    }
