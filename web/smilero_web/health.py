"""Alive and ready, whatever the Host."""

import asyncio
from collections.abc import Callable
from functools import cache
from http import HTTPStatus

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from smilero_core.db.lineages import Lineage
from smilero_core.db.roles import CORE_SCHEMA, plugin_role
from smilero_core.db.session import Session
from smilero_sdk.errors import Problem
from smilero_web.runtime import Runtime

_PATIENCE_SECONDS = 2.0


def health_routes(runtime: Callable[[], Runtime]) -> list[Route]:
    """`/healthz`: the process serves. `/readyz`: the database answers, and has the revisions that this version needs."""

    async def healthz(_: Request) -> Response:
        return JSONResponse({"status": "ok"})

    async def readyz(_: Request) -> Response:
        try:
            async with asyncio.timeout(_PATIENCE_SECONDS):
                await require_migrated(runtime())
        except Problem as problem:
            return JSONResponse({"status": "unready", "code": problem.code}, HTTPStatus.SERVICE_UNAVAILABLE)
        except Exception:  # noqa: BLE001 - whatever keeps the database away, the answer is the same
            return JSONResponse({"status": "unready", "code": "database.away"}, HTTPStatus.SERVICE_UNAVAILABLE)
        return JSONResponse({"status": "ready"})

    return [Route("/healthz", healthz), Route("/readyz", readyz)]


# Reading revisions loads every file of a lineage, and probes ask each few seconds.
_head = cache(Lineage.head)


async def require_migrated(runtime: Runtime) -> None:
    """Raises `database.not_migrated` with the schema that is not at this version's newest revision."""
    async with runtime.database.unbound() as unit:
        session = Session(unit)
        gone: frozenset[str] = frozenset()
        # The core's is the first: once it is at its head, it knows which plugins were uninstalled.
        for lineage in runtime.host.lineages():
            if lineage.schema in gone:
                continue
            there = await session.fetch_value("select to_regclass($1)::text", f"{lineage.schema}.alembic_version")
            found = await session.fetch_value(f"select version_num from {lineage.schema}.alembic_version") if there else None  # noqa: S608 - a checked name
            if found != _head(lineage):
                raise Problem("database.not_migrated", HTTPStatus.SERVICE_UNAVAILABLE, schema=lineage.schema)
            if lineage.schema == CORE_SCHEMA:
                rows = await session.fetch("select plugin from core.plugin_uninstalled")
                gone = frozenset(plugin_role(row["plugin"]) for row in rows)
