"""`/console/work`: what waits to be done, what could not be done, and telling a plugin again what happened."""

from collections.abc import Awaitable, Callable
from datetime import date, datetime, time
from http import HTTPStatus
from typing import TYPE_CHECKING
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from smilero_core.events.replay import replay
from smilero_core.idempotency.keys import Answer, IdempotencyKeys, Scope, require_key
from smilero_core.jobs.letters import DeadLetter, Letters, Waiting
from smilero_core.plugins.context import CORE
from smilero_core.plugins.work import listeners
from smilero_sdk.errors import not_found
from smilero_sdk.i18n import in_language
from smilero_sdk.ids import uuid7
from smilero_sdk.pages import Face, Form
from smilero_tenants.console.todo import todo_list
from smilero_tenants.faces.own_pages import OwnPages, Shown
from smilero_tenants.faces.parts import FaceParts
from smilero_tenants.faces.posting import KEY_FIELD, texts_of
from smilero_tenants.faces.visit import SignInNeeded, Visit, to_sign_in, visiting

if TYPE_CHECKING:
    from uuid import UUID

PATH = "/console/work"

Act = Callable[[Visit, dict[str, str]], Awaitable[None]]


class Since(Form):
    """From which day on, where the markets are."""

    since: date


class WorkPages:
    """Handlers of one application.

    Args:
        parts: gives the running application, which exists only once it has started.
    """

    def __init__(self, parts: Callable[[], FaceParts]) -> None:
        self._parts = parts

    def routes(self) -> list[Route]:
        """The page and its commands."""
        return [
            Route(PATH, self.show),
            Route(f"{PATH}/letters/{{letter_id:uuid}}/again", self.again, methods=["POST"]),
            Route(f"{PATH}/letters/{{letter_id:uuid}}/discard", self.discard, methods=["POST"]),
            Route(f"{PATH}/plugins/{{name}}/replay", self.replay, methods=["POST"]),
        ]

    async def show(self, request: Request) -> Response:
        """What waits by plugin, and every dead letter."""

        async def make(visit: Visit) -> Shown:
            return Shown("console/work.html", {**await todo_list(visit), **await _shown(visit)})

        return await OwnPages(self._parts, Face.CONSOLE).show(request, make)

    async def again(self, request: Request) -> Response:
        """Queue a dead letter again, with all its tries."""
        letter_id: UUID = request.path_params["letter_id"]

        async def act(visit: Visit, _: dict[str, str]) -> None:
            plugin = await Letters(visit.context.host).again(letter_id)
            if plugin is not None:
                await visit.context.audit.record("console.audit.again", letter_id, plugin=plugin)
                visit.context.ring()

        return await self._command(request, act)

    async def discard(self, request: Request) -> Response:
        """Throw a dead letter away."""
        letter_id: UUID = request.path_params["letter_id"]

        async def act(visit: Visit, _: dict[str, str]) -> None:
            plugin = await Letters(visit.context.host).discard(letter_id)
            if plugin is not None:
                await visit.context.audit.record("console.audit.discarded", letter_id, plugin=plugin)

        return await self._command(request, act)

    async def replay(self, request: Request) -> Response:
        """Tell a plugin from the beginning of a day on what it has not handled. Raises `http.not_found` for one that is off or deaf."""
        name: str = request.path_params["name"]

        async def act(visit: Visit, posted: dict[str, str]) -> None:
            wanted = Since.model_validate_strings(posted)
            told = [one for one in listeners(visit.parts.host) if one.plugin == name]
            if not told or name not in visit.context.plugins.open:
                raise not_found("plugin")
            since = datetime.combine(wanted.since, time(), ZoneInfo(visit.tenant.timezone))
            count = await replay(visit.context.host, told, since)
            await visit.context.audit.record("console.audit.replayed", plugin=name, since=wanted.since, count=count)
            visit.context.ring()

        return await self._command(request, act)

    async def _command(self, request: Request, act: Act) -> Response:
        """A command of the foundation's people: once for each key, and back to the page."""
        posted = await texts_of(request)
        key = require_key(posted.pop(KEY_FIELD, None))
        body = urlencode(sorted(posted.items())).encode()
        try:
            async with visiting(self._parts(), request, Face.CONSOLE, read_only=False) as visit:
                visit.require_role()
                actor = visit.context.actor
                keys, scope = IdempotencyKeys(visit.context.host), Scope(f"{actor.role}:{actor.person_id}", request.url.path, key)
                if await keys.claim(scope, body, in_turn=True) is None:
                    await act(visit, posted)
                    await keys.keep(scope, body, Answer(HTTPStatus.SEE_OTHER, "text/x-location", PATH.encode()))
        except SignInNeeded:
            return to_sign_in(request, Face.CONSOLE)
        return RedirectResponse(PATH, HTTPStatus.SEE_OTHER)


async def _shown(visit: Visit) -> dict[str, object]:
    letters = Letters(visit.context.host)
    waiting = {one.plugin: one for one in await letters.waiting()}
    deaf = visit.context.plugins.open - {one.plugin for one in listeners(visit.parts.host)}
    names = sorted((visit.context.plugins.open | waiting.keys()) - {CORE})
    none = Waiting("", 0, 0, None)
    rows = [
        {
            "title": _title(visit, name),
            "icon": visit.parts.host.plugins[name].icon if name in visit.parts.host.plugins else "puzzle",
            "queued": waiting.get(name, none).queued,
            "dead": waiting.get(name, none).dead,
            "oldest": _moment(visit, waiting.get(name, none).oldest),
            "replay": f"{PATH}/plugins/{name}/replay" if name in visit.context.plugins.open - deaf else None,
            "name": name,
            "key": str(uuid7()),
        }
        for name in ([CORE] if CORE in waiting else []) + names
    ]
    return {"rows": rows, "letters": [_letter(visit, one) for one in await letters.all()], "today": visit.context.today.isoformat()}


def _letter(visit: Visit, letter: DeadLetter) -> dict[str, object]:
    return {
        "plugin": _title(visit, letter.plugin),
        "kind": visit.context.text(f"console.work.kind.{letter.kind}"),
        "what": letter.what,
        "why": letter.why,
        "when": _moment(visit, letter.died_at),
        "tries": letter.tries,
        "again": f"{PATH}/letters/{letter.id}/again",
        "discard": f"{PATH}/letters/{letter.id}/discard",
        "key": str(uuid7()),
    }


def _title(visit: Visit, name: str) -> str:
    """What people call a plugin; its word when it is no longer installed."""
    if name == CORE:
        return visit.context.text("console.work.core")
    plugin = visit.parts.host.plugins.get(name)
    return name if plugin is None else in_language(plugin.title, visit.context.language)


def _moment(visit: Visit, at: datetime | None) -> str | None:
    return None if at is None else f"{at.astimezone(ZoneInfo(visit.tenant.timezone)):%Y-%m-%d %H:%M}"
