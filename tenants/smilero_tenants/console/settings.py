"""Settings in the console: the foundation's, and for a shop that asks for it the shop's own."""

from collections.abc import Sequence
from dataclasses import dataclass
from http import HTTPStatus
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from smilero_core.idempotency.keys import Answer, IdempotencyKeys, Scope, require_key
from smilero_core.identity.access import PLUGINS_CHOOSE, PLUGINS_SHOP
from smilero_core.plugins.choosing import Choosing, Fault, UnfitError
from smilero_core.plugins.fields import Kind
from smilero_sdk.errors import Problem
from smilero_sdk.ids import uuid7
from smilero_sdk.settings import Settings
from smilero_tenants.faces.own_pages import OwnPages, Shown, Values
from smilero_tenants.faces.settings import VALUE, FormFields, Words, Written, read_form
from smilero_tenants.faces.switches import title_of
from smilero_tenants.faces.visit import Visit

_MEANWHILE = "plugins.settings.meanwhile"
_LOCATION = "text/x-location"


class SettingsConsole:
    """The forms, drawn from the plugins' models."""

    def __init__(self, pages: OwnPages) -> None:
        self._pages = pages

    def routes(self) -> list[Route]:
        """Their addresses."""
        return [
            Route(path, endpoint, methods=[method])
            for path in ("/console/plugins/{name}/settings", "/console/shops/{shop_id:uuid}/plugins/{name}/settings")
            for endpoint, method in ((self.form, "GET"), (self.save, "POST"))
        ]

    async def form(self, request: Request) -> Response:
        """What is chosen, and what was just changed."""

        async def make(visit: Visit) -> Shown:
            choosing = await _choosing(visit)
            changed = request.query_params.getlist("changed")
            return await _Form(visit, choosing).shown(saved=changed if "saved" in request.query_params else None)

        return await self._pages.show(request, make)

    async def save(self, request: Request) -> Response:
        """Choose."""

        async def carry_out(visit: Visit, posted: dict[str, str]) -> Shown | str:
            return await _Form(visit, await _choosing(visit)).save(posted)

        return await self._pages.command(request, carry_out)


async def _choosing(visit: Visit) -> Choosing:
    shop_id = visit.request.path_params.get("shop_id")
    name: str = visit.request.path_params["name"]
    visit.require(PLUGINS_CHOOSE if shop_id is None else PLUGINS_SHOP)
    if shop_id is not None:
        # Any shop that is here, and no other foundation's.
        shop_id = (await visit.context.reader.shop_row(shop_id)).id
        visit.context.plugins.require(name, shop_id)
    return Choosing(visit.context, name, shop_id)


@dataclass(frozen=True)
class _Form:
    visit: Visit
    choosing: Choosing

    async def save(self, posted: dict[str, str]) -> Shown | str:
        """Where to go on, or the form again with what was written."""
        scope, body = self._scope(posted), self._body(posted)
        # Two taps: the second waits here until the first is done, and then gets its answer.
        await self.choosing.lock()
        keys = IdempotencyKeys(self.visit.context.host)
        known = await keys.claim(scope, body, in_turn=True)
        if known is not None:
            return known.body.decode()
        written = read_form(self.choosing, posted)
        faults = [*written.faults, *await self.choosing.faults(written.values)]
        if faults:
            return await self.shown(written=Written(written.values, written.texts, faults), status=HTTPStatus.UNPROCESSABLE_ENTITY)
        try:
            async with self.visit.context.host.savepoint():
                changed = await self.choosing.save(written.values, mark=posted.get("mark", ""))
        except UnfitError as unfit:
            return await self.shown(written=Written(written.values, written.texts, unfit.faults), status=HTTPStatus.UNPROCESSABLE_ENTITY)
        except Problem as problem:
            return await self.shown(written=written, refused=problem, status=problem.status)
        onward = f"{self.visit.request.url.path}?{urlencode([('saved', ''), *(('changed', name) for name in changed)])}"
        await keys.keep(scope, body, Answer(HTTPStatus.SEE_OTHER, _LOCATION, onward.encode()))
        return onward

    async def shown(
        self,
        *,
        written: Written | None = None,
        saved: Sequence[str] | None = None,
        refused: Problem | None = None,
        status: int = HTTPStatus.OK,
    ) -> Shown:
        """The form.

        Args:
            written: what was sent and could not be kept.
            saved: the names of what was just changed; None: nothing was sent.
            refused: why, where it is not a field's fault.
        """
        context, now = self.visit.context, await self.choosing.read()
        words = Words(context, self.choosing)
        written = written or Written()
        compare = refused is not None and refused.code == _MEANWHILE
        form = FormFields(words, now.values, written, compare=compare)
        plugin = context.services.host.plugins[self.choosing.plugin]
        values: Values = {
            "plugin": {"title": title_of(plugin, context.language), "icon": plugin.icon},
            "fields": [form.view(one) for one in self.choosing.fields],
            "action": self.visit.request.url.path,
            "key": str(uuid7()),
            "mark": now.mark,
            "alert": context.text(refused.code, **refused.params) if refused else self._together(words, written.faults),
            "saved": None if saved is None else self._saved(words, saved, now.values),
            **await self._place(),
        }
        return Shown("console/settings.html", values, status)

    def _together(self, words: Words, faults: Sequence[Fault]) -> str | None:
        """What concerns several fields at once."""
        return next((words.fault(fault) for fault in faults if not fault.name), None)

    def _saved(self, words: Words, names: Sequence[str], values: Settings) -> list[Values]:
        return [{"label": words.label(one.name), "value": words.said(one, values)} for one in self.choosing.fields if one.name in names]

    async def _place(self) -> Values:
        if self.choosing.shop_id is None:
            return {"shop": None, "back_url": f"/console/plugins/{self.choosing.plugin}"}
        row = await self.visit.context.reader.shop_row(self.choosing.shop_id)
        return {"shop": row.name, "back_url": f"/console/shops/{row.id}/plugins"}

    def _scope(self, posted: dict[str, str]) -> Scope:
        actor = self.visit.context.actor
        key = require_key(posted.pop("idempotency_key", None))
        return Scope(f"{actor.role}:{actor.person_id}", f"settings {self.visit.request.url.path}", key)

    def _body(self, posted: dict[str, str]) -> bytes:
        """What was sent, for comparing with a second sending; secrets under the tenant's key, since a plain hash can be guessed at."""
        secrets = {VALUE + one.name for one in self.choosing.fields if one.kind is Kind.SECRET}
        vault, tenant_id = self.visit.context.services.vault, self.visit.tenant.id
        told = {name: vault.index(tenant_id, "setting", text).hex() if name in secrets else text for name, text in posted.items()}
        return urlencode(sorted(told.items())).encode()
