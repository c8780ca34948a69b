"""`/console/plugins/{name}/trouble`: what a plugin did wrong, in plain words, with the trace for those who can read it."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus
from zoneinfo import ZoneInfo

from asyncpg import Record
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route

from smilero_core.plugins.breaker import end_rest
from smilero_sdk.errors import not_found
from smilero_sdk.ids import uuid7
from smilero_sdk.pages import Face
from smilero_tenants.faces.frames import frame
from smilero_tenants.faces.parts import FaceParts
from smilero_tenants.faces.visit import SignInNeeded, Visit, to_sign_in, visiting

_MOST_KINDS = 20
_DAWN = 6
# Korean has words of its own for so many times.
_MOST_WORDS = 10

Values = dict[str, object]


@dataclass(frozen=True)
class Troubles:
    """For the list of plugins.

    Attributes:
        notice: `{text, url, url_label}` about what rests or is missing; None: all is well.
        health: `{tone, text, url}` by plugin, of those that failed within a day, rest or are missing.
    """

    notice: Values | None
    health: Mapping[str, Values]


async def troubles(visit: Visit) -> Troubles:
    """What the foundation should know about its plugins."""
    rows = await visit.context.host.fetch(
        """
        select a.plugin, a.rests_until > now() as resting, count(f.id) as failures, max(f.failed_at) as last
        from core.plugin_activation a
        left join core.plugin_failure f on f.plugin = a.plugin and f.failed_at > now() - interval '1 day'
        where a.enabled group by a.plugin, a.rests_until order by a.plugin
        """
    )
    health: dict[str, Values] = {}
    notices: list[Values] = []
    for row in rows:
        name, missing = row["plugin"], row["plugin"] in visit.context.plugins.missing
        if missing or row["resting"] or row["failures"]:
            key = "missing" if missing else "rests" if row["resting"] else "failed"
            url = f"/console/plugins/{name}/trouble"
            words = {"name": visit.parts.host.title(name, visit.context.language), **_how_often(visit, row)}
            tone = "soft" if key == "failed" else "wait"
            health[name] = {"tone": tone, "text": visit.context.text(f"console.trouble.short.{key}", **words), "url": url}
            if key != "failed":
                said = visit.context.text(f"console.trouble.notice.{key}", **words)
                notices.append({"text": said, "url": url, "url_label": visit.context.text("console.plugins.why")})
    return Troubles(notices[0] if notices else None, health)


class TroublePages:
    """Handlers of one application.

    Args:
        parts: gives the running application, which exists only once it has started.
    """

    def __init__(self, parts: Callable[[], FaceParts]) -> None:
        self._parts = parts

    def routes(self) -> list[Route]:
        """Look, and try again."""
        path = "/console/plugins/{name}/trouble"
        return [Route(path, self.show, name="console.trouble"), Route(path, self.retry, methods=["POST"], name="console.retry")]

    async def show(self, request: Request) -> Response:
        """What failed, when, how often."""
        return await self._visit(request, self._shown)

    async def retry(self, request: Request) -> Response:
        """End a rest: the next call tells whether the plugin is well."""
        return await self._visit(request, self._retried, read_only=False)

    async def _visit(self, request: Request, work: Callable[[Visit, str], Awaitable[Values | None]], *, read_only: bool = True) -> Response:
        name: str = request.path_params["name"]
        try:
            async with visiting(self._parts(), request, Face.CONSOLE, read_only=read_only) as visit:
                visit.require_role()
                if name not in visit.parts.host.plugins and name not in visit.context.plugins.missing:
                    raise not_found("plugin")
                values = await work(visit, name)
                shown = await frame(visit)
        except SignInNeeded:
            return to_sign_in(request, Face.CONSOLE)
        if values is None:
            self._parts().gate.forget(request.state.tenant.id)
            return RedirectResponse(request.url.path, HTTPStatus.SEE_OTHER)
        page = self._parts().templates.render("console/trouble.html", request.state.language, **{**shown, **values})
        return HTMLResponse(page, headers={"Content-Language": request.state.language, "Cache-Control": "no-store"})

    async def _retried(self, visit: Visit, name: str) -> None:
        if await end_rest(visit.context.host, name):
            await visit.context.audit.record("plugins.audit.retried", name=visit.parts.host.title(name, visit.context.language))

    async def _shown(self, visit: Visit, name: str) -> Values:
        session = visit.context.host
        row = await session.fetch_row(
            "select rests_until, rests_until > now() as resting from core.plugin_activation where plugin = $1 and enabled", name
        )
        failures = await session.fetch(
            """
            select hook, error, count(*) as failures, max(failed_at) as last, (array_agg(trace order by failed_at desc))[1] as trace
            from core.plugin_failure where plugin = $1 group by hook, error order by max(failed_at) desc limit $2
            """,
            name,
            _MOST_KINDS,
        )
        state = _state(visit, name, row)
        until = _clock(visit, row["rests_until"]) if state == "rests" and row else ""
        return {
            "title": visit.context.text("console.trouble.title", name=visit.parts.host.title(name, visit.context.language)),
            "state": visit.context.text(f"console.trouble.state.{state}", until=until),
            "tone": "on" if state == "well" else "off" if state == "off" else "wait",
            "failures": _kinds(visit, failures),
            "action": visit.request.url.path if state == "rests" else None,
            "key": str(uuid7()),
            "back_url": "/console/plugins",
        }


def _state(visit: Visit, name: str, row: Record | None) -> str:
    if name in visit.context.plugins.missing:
        return "missing"
    if row is None:
        return "off"
    return {None: "well", True: "rests", False: "tries"}[row["resting"]]


def _kinds(visit: Visit, rows: Sequence[Record]) -> list[Values]:
    return [
        {
            "where": row["hook"],
            "error": row["error"],
            "last": _clock(visit, row["last"]),
            "times": _how_often(visit, row)["times"],
            "trace": row["trace"],
        }
        for row in rows
    ]


def _how_often(visit: Visit, row: Record) -> dict[str, str]:
    """When and how often, as one says it: last night three times."""
    count, text = int(row["failures"]), visit.context.text
    times = text(f"console.trouble.times.{count}" if 0 < count <= _MOST_WORDS else "console.trouble.times", count=count)
    if row["last"] is None:
        return {"times": times, "when": ""}
    there = ZoneInfo(visit.tenant.timezone)
    last, now = row["last"].astimezone(there), visit.context.now.astimezone(there)
    if last.date() == now.date():
        return {"times": times, "when": text("console.trouble.when.night" if last.hour < _DAWN else "console.trouble.when.today")}
    return {"times": times, "when": text("console.trouble.when.before")}


def _clock(visit: Visit, moment: datetime) -> str:
    """Day and minute where the markets are."""
    return moment.astimezone(ZoneInfo(visit.tenant.timezone)).strftime("%m-%d %H:%M")
