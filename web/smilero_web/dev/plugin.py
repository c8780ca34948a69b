"""`/dev/plugin/<name>`: what a plugin under development is, and what it does."""

import inspect
import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from smilero_core.db.session import Session
from smilero_core.plugins.host import PluginHost
from smilero_sdk.context import Tenant
from smilero_sdk.errors import not_found
from smilero_tenants.faces.frames import site
from smilero_web.runtime import Runtime

SHOWN = 50
_KST = timezone(timedelta(hours=9))

Values = dict[str, Any]


def watch_routes(runtime: Callable[[], Runtime]) -> list[Route]:
    """The page of the plugin that is watched, at the host of a foundation that has it on."""

    async def page(request: Request) -> Response:
        tenant, name = request.state.tenant, request.path_params["name"]
        host, watch = runtime().host, runtime().watch
        if tenant is None or watch is None or name != watch.plugin or name not in host.plugins:
            raise not_found()
        values = {
            "plugin": _about(host, name),
            "hooks": _hooks(host, name),
            "addresses": _addresses(host, name),
            **await _in_database(runtime(), tenant, name),
            "seen": [_shown(one.kind, one.what, one.at, one.milliseconds, one.error) for one in (await watch.latest())[:SHOWN]],
        }
        shown = runtime().templates.render("dev/plugin.html", request.state.language, site=site(tenant), look_url="/look.css", **values)
        return HTMLResponse(shown, headers={"Cache-Control": "no-store"})

    return [Route("/dev/plugin/{name}", page)]


def _about(host: PluginHost, name: str) -> Values:
    plugin = host.plugins[name]
    events = [f"{name}.{event.event_name} v{event.event_version}" for event in plugin.events]
    heard = [f"{one.event} v{one.version}" for one in host.declared[name].subscriptions]
    return {
        "name": name,
        "version": plugin.version,
        "events": events,
        "heard": heard,
        "permissions": [one.name for one in plugin.permissions],
    }


def _hooks(host: PluginHost, name: str) -> list[Values]:
    """Each hook with where it is written."""
    found = []
    for hook in sorted(host.hooks_of(name)):
        implementation = host.implementation(name, hook)
        function = inspect.unwrap(implementation.function) if implementation else None
        path = inspect.getsourcefile(function) if function else None
        line = function.__code__.co_firstlineno if function else 0
        found.append({"name": hook, "where": f"{Path(path).name}:{line}" if path else ""})
    return found


def _addresses(host: PluginHost, name: str) -> list[str]:
    declared = host.declared[name]
    return [
        *(f"{one.method} /api/v1/{name}{one.path}" for one in declared.operations),
        *(f"{one.method} {'' if one.face == 'public' else '/' + one.face.value}/{name}{one.path}" for one in declared.pages),
        *(f"GET /console/{name}{one.path}" for one in declared.tables),
        *(f"POST /webhooks/{name}/{one}" for one in declared.webhooks),
    ]


async def _in_database(runtime: Runtime, tenant: Tenant, name: str) -> Values:
    """Its events of the foundation, what waits, and what failed, the newest first."""
    async with runtime.database.unit(tenant.id, read_only=True) as unit:
        session = Session(unit)
        events = await session.fetch(
            "select name, payload, occurred_at from core.event_log where name like $1 order by id desc limit $2", f"{name}.%", SHOWN
        )
        jobs = await session.fetch(
            "select kind, name, state, attempts, run_at, last_error from core.job where plugin = $1 order by id desc limit $2", name, SHOWN
        )
        failures = await session.fetch(
            "select hook, error, trace, failed_at from core.plugin_failure where plugin = $1 order by id desc limit $2", name, SHOWN
        )
    return {
        "events": [{"name": row["name"], "payload": json.loads(row["payload"]), "at": _time(row["occurred_at"])} for row in events],
        "jobs": [
            {
                **{key: row[key] for key in ("kind", "name", "state", "attempts")},
                "error": row["last_error"] or "",
                "at": _time(row["run_at"]),
            }
            for row in jobs
        ],
        "failures": [
            {"hook": row["hook"], "error": row["error"], "trace": row["trace"], "at": _time(row["failed_at"])} for row in failures
        ],
    }


def _shown(kind: str, what: str, at: float, milliseconds: float, error: str) -> Values:
    return {"kind": kind, "what": what, "at": _time(datetime.fromtimestamp(at, UTC)), "milliseconds": milliseconds, "error": error}


def _time(moment: datetime) -> str:
    return f"{moment.astimezone(_KST):%m-%d %H:%M:%S}"
