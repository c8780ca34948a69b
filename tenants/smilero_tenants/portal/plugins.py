"""`/portal/plugins`: what a merchant's shop does without, and what it chooses; one question on a page."""

from urllib.parse import urlencode
from uuid import UUID

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from smilero_core.identity.access import PLUGINS_SHOP
from smilero_core.plugins.choosing import Choosing, UnfitError
from smilero_core.plugins.fields import Kind, SettingField
from smilero_core.plugins.opting import ShopSwitches
from smilero_sdk.errors import Problem, not_found
from smilero_sdk.i18n import in_language
from smilero_sdk.ids import uuid7
from smilero_tenants.faces.own_pages import OwnPages, Shown, Values
from smilero_tenants.faces.settings import FormFields, Words, Written, read_form
from smilero_tenants.faces.switches import Switch, title_of
from smilero_tenants.faces.visit import Visit

_LIST = "/portal/plugins"


class PluginPortal:
    """The pages."""

    def __init__(self, pages: OwnPages) -> None:
        self._pages = pages

    def routes(self) -> list[Route]:
        """Their addresses."""
        return [
            Route(_LIST, self.plugins),
            Route(f"{_LIST}/{{name}}", self.settings),
            Route(f"{_LIST}/{{name}}", self.switch, methods=["POST"]),
            Route(f"{_LIST}/{{name}}/{{field}}", self.question),
            Route(f"{_LIST}/{{name}}/{{field}}", self.answer, methods=["POST"]),
        ]

    async def plugins(self, request: Request) -> Response:
        """What the shop has, with a switch each."""
        return await self._pages.show(request, self._plugins)

    async def settings(self, request: Request) -> Response:
        """What the shop chose of one plugin; each line leads to its question."""
        return await self._pages.show(request, self._settings)

    async def question(self, request: Request) -> Response:
        """One setting."""

        async def make(visit: Visit) -> Shown:
            choosing = _choosing(visit)
            return await self._question(visit, choosing, _field(visit, choosing), Written())

        return await self._pages.show(request, make)

    async def switch(self, request: Request) -> Response:
        """Do with or without a plugin; the same switch takes it back."""

        async def carry_out(visit: Visit, posted: dict[str, str]) -> Shown | str:
            shop_id = _shop(visit)
            wanted = Switch.model_validate_strings(posted)
            try:
                await ShopSwitches(visit.context, shop_id).switch(request.path_params["name"], enabled=wanted.enabled)
            except Problem as problem:
                if problem.code != "plugins.needed_here":
                    raise
                return await self._plugins(visit, problem)
            return _LIST

        return await self._pages.command(request, carry_out)

    async def answer(self, request: Request) -> Response:
        """Choose one thing. What is wanted is named, so that a second tap changes nothing more."""

        async def carry_out(visit: Visit, posted: dict[str, str]) -> Shown | str:
            choosing = _choosing(visit)
            field = _field(visit, choosing)
            written = read_form(choosing, {name: text for name, text in posted.items() if name.endswith(f".{field.name}")})
            if written.faults:
                return await self._question(visit, choosing, field, written)
            try:
                await choosing.save(written.values)
            except UnfitError as unfit:
                return await self._question(visit, choosing, field, Written(written.values, written.texts, unfit.faults))
            return f"{_LIST}/{choosing.plugin}?{urlencode({'saved': field.name})}"

        return await self._pages.command(request, carry_out)

    async def _plugins(self, visit: Visit, refused: Problem | None = None) -> Shown:
        switches, language = ShopSwitches(visit.context, _shop(visit)), visit.context.language
        plugins = [
            {
                "title": title_of(plugin, language),
                "icon": plugin.icon,
                "description": in_language(plugin.description, language),
                "enabled": switches.has(plugin.name),
                "action": f"{_LIST}/{plugin.name}",
                "settings_url": f"{_LIST}/{plugin.name}" if plugin.shop_settings and switches.has(plugin.name) else None,
            }
            for plugin in switches.plugins()
        ]
        alert = visit.context.text(refused.code, **refused.params) if refused else None
        values: Values = {"plugins": plugins, "alert": alert, "back_url": "/portal/help"}
        return Shown("portal/plugins.html", values, refused.status if refused else 200)

    async def _settings(self, visit: Visit) -> Shown:
        choosing = _choosing(visit)
        words, now = Words(visit.context, choosing), (await choosing.read()).values
        plugin = visit.context.services.host.plugins[choosing.plugin]
        rows = [
            {"label": words.label(one.name), "value": words.said(one, now), "url": f"{_LIST}/{choosing.plugin}/{one.name}"}
            for one in choosing.fields
        ]
        saved = visit.request.query_params.get("saved")
        values: Values = {
            "title": title_of(plugin, visit.context.language),
            "rows": rows,
            "saved": next((words.label(one.name) for one in choosing.fields if one.name == saved), None),
            "back_url": _LIST,
        }
        return Shown("portal/plugin_settings.html", values)

    async def _question(self, visit: Visit, choosing: Choosing, field: SettingField, written: Written) -> Shown:
        now = (await choosing.read()).values
        plugin = visit.context.services.host.plugins[choosing.plugin]
        view = FormFields(Words(visit.context, choosing), now, written).view(field)
        if field.kind is Kind.SWITCH:
            view["words"] = [
                {"value": value, "label": visit.context.text(f"faces.settings.{word}"), "selected": view["value"] == value}
                for value, word in (("true", "on"), ("false", "off"))
            ]
        values: Values = {
            "title": title_of(plugin, visit.context.language),
            "field": view,
            "action": f"{_LIST}/{choosing.plugin}/{field.name}",
            "key": str(uuid7()),
            "back_url": f"{_LIST}/{choosing.plugin}",
        }
        return Shown("portal/plugin_question.html", values, 422 if written.faults else 200)


def _shop(visit: Visit) -> UUID:
    """The shop that is worked for. Raises `http.forbidden` for whoever may not choose for it, `http.not_found` without one."""
    visit.require(PLUGINS_SHOP)
    if visit.context.shop_id is None:
        raise not_found("shop")
    return visit.context.shop_id


def _choosing(visit: Visit) -> Choosing:
    shop_id = _shop(visit)
    name: str = visit.request.path_params["name"]
    visit.context.plugins.require(name, shop_id)
    return Choosing(visit.context, name, shop_id)


def _field(visit: Visit, choosing: Choosing) -> SettingField:
    found = next((one for one in choosing.fields if one.name == visit.request.path_params["field"]), None)
    if found is None:
        raise not_found("setting")
    return found
