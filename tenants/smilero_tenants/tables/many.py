"""Doing something with many rows: asked first, with how many and what; then row by row in one transaction, once for each key."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from http import HTTPStatus
from urllib.parse import urlencode
from uuid import UUID

from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from smilero_core.idempotency.keys import Answer, IdempotencyKeys, Scope, require_key
from smilero_core.plugins.context import Context
from smilero_sdk.errors import Problem, not_found
from smilero_sdk.ids import uuid7
from smilero_sdk.tables import BulkAction
from smilero_tenants.faces.own_pages import OwnPages, Shown, Values
from smilero_tenants.faces.posting import KEY_FIELD
from smilero_tenants.faces.visit import Visit
from smilero_tenants.tables.exporting import fields
from smilero_tenants.tables.place import Place
from smilero_tenants.tables.saying import said

# As many are done in one transaction, with a way back for each.
MOST = 2_000
_NAMED = 10
_OUTCOME = "application/x-outcome"


@dataclass(frozen=True)
class _Many:
    """What is to be done, and with which rows."""

    action: BulkAction
    ids: Sequence[UUID]


class ManyPages:
    """The question and the command of one table's actions."""

    def __init__(self, pages: OwnPages, place: Place) -> None:
        self._pages = pages
        self._place = place

    def routes(self) -> list[Route]:
        """Nothing where the table has no action."""
        if not self._place.table.actions:
            return []
        path = f"{self._place.path}/many"
        return [Route(path, self.ask, methods=["POST"]), Route(f"{path}/carry", self.carry, methods=["POST"])]

    async def ask(self, request: Request) -> Response:
        """Whether to do it: with how many, and with which. Raises `tables.asked` (422)."""
        await self._place.require_door(self._pages.parts, request)
        form = await request.form()
        return await self._pages.show(request, lambda visit: self._question(visit, form))

    async def carry(self, request: Request) -> Response:
        """Do it, and tell of each row that it could not be done with. Raises `http.not_found` when there is none of them here."""
        await self._place.require_door(self._pages.parts, request)

        async def carry_out(visit: Visit, posted: dict[str, str]) -> Shown:
            context = self._place.admitted(visit)
            action = self._action(context, posted.get("act", ""))
            key = require_key(posted.pop(KEY_FIELD, None))
            many = _Many(action, _ids((posted.get("rows") or "").split()))
            actor = visit.context.actor
            scope = Scope(f"{actor.role}:{actor.person_id}", f"{self._place.path} {action.name}", key)
            keys, body = IdempotencyKeys(visit.context.host), urlencode(sorted(posted.items())).encode()
            answer = await keys.claim(scope, body, in_turn=True)
            if answer is None:
                answer = Answer(HTTPStatus.OK, _OUTCOME, json.dumps(await self._done(visit, context, many)).encode())
                await keys.keep(scope, body, answer)
            return self._told(context, action, json.loads(answer.body))

        return await self._pages.command(request, carry_out)

    def _action(self, context: Context, name: str) -> BulkAction:
        """By the declaration. Raises `tables.asked` (422), `http.forbidden` (403)."""
        found = next((one for one in self._place.table.actions if one.name == name), None)
        may = [one for one in self._place.table.actions if context.actor.may(one.permission)]
        if not may or (found is not None and found not in may):
            raise Problem("http.forbidden", HTTPStatus.FORBIDDEN)
        if found is None:
            raise Problem("tables.asked", HTTPStatus.UNPROCESSABLE_ENTITY)
        return found

    async def _question(self, visit: Visit, form: FormData) -> Shown:
        context = self._place.admitted(visit)
        action = self._action(context, str(form.get("act", "")))
        if form.get("all"):
            asked = await self._place.read(context, fields(form, "act", "all", "row", KEY_FIELD), "")
            ids = (await self._place.find(context, asked.whole())).ids
        else:
            ids = _ids([str(one) for one in form.getlist("row")])
        refused, names = None, dict[UUID, str]()
        if not ids:
            refused = Problem("tables.none_chosen", HTTPStatus.UNPROCESSABLE_ENTITY)
        elif len(ids) > MOST:
            refused = Problem("tables.too_many", HTTPStatus.UNPROCESSABLE_ENTITY, most=MOST, count=len(ids))
        else:
            names = await self._names(context, ids)
            # Only what is here is counted and asked about.
            ids = [one for one in ids if one in names]
            if not ids:
                raise not_found()
        values: Values = {
            "title": context.text(action.label),
            "question": context.text(action.question, count=len(ids)),
            "names": [names[one] for one in ids[:_NAMED]] if names else [],
            "more": max(0, len(ids) - _NAMED) if names else 0,
            "fields": {"act": action.name, "rows": " ".join(map(str, ids[:MOST]))},
            "key": str(uuid7()),
            "alert": context.text(refused.code, **refused.params) if refused else None,
            "action": f"{self._place.path}/many/carry",
            "back_url": self._place.path,
            "back_label": context.text(self._place.table.title),
        }
        return Shown("console/many.html", values, refused.status if refused else HTTPStatus.OK)

    async def _done(self, visit: Visit, context: Context, many: _Many) -> dict[str, object]:
        """What came of it, as it is kept under the key."""
        if not 0 < len(many.ids) <= MOST:
            raise Problem("tables.asked", HTTPStatus.UNPROCESSABLE_ENTITY)
        names = await self._names(context, many.ids)
        if not names:
            raise not_found()
        done, failed = 0, dict[UUID, dict[str, object]]()
        # In one order for all: two who change the same rows at once wait for each other, and never both.
        for one in sorted(many.ids):
            try:
                async with visit.context.host.savepoint():
                    await self._place.ask(context, partial(many.action.carry_out, context, one))
                done += 1
            except Problem as problem:
                if problem.status >= HTTPStatus.INTERNAL_SERVER_ERROR:
                    raise
                failed[one] = {"name": names.get(one, ""), "code": problem.code, "params": dict(problem.params)}
        told = [failed[one] for one in many.ids if one in failed]
        return {"done": done, "failed": json.loads(json.dumps(told, default=str))}

    async def _names(self, context: Context, ids: Sequence[UUID]) -> dict[UUID, str]:
        first = self._place.table.columns[0]
        return {row.id: said(context, first, row.values.get(first.name)) for row in await self._place.rows(context, ids)}

    def _told(self, context: Context, action: BulkAction, outcome: dict[str, object]) -> Shown:
        failed = outcome["failed"]
        lines = failed if isinstance(failed, list) else []
        values: Values = {
            "title": context.text(action.label),
            "done": context.text(action.done, count=outcome["done"]),
            "any_done": bool(outcome["done"]),
            "failed": [
                {"name": one["name"] or context.text("tables.not_here"), "why": context.text(one["code"], **one["params"])} for one in lines
            ],
            "back_url": self._place.path,
            "back_label": context.text(self._place.table.title),
        }
        return Shown("console/many_done.html", values)


def _ids(texts: Sequence[str]) -> list[UUID]:
    """Each once, in order. Raises `tables.asked` (422)."""
    try:
        return list(dict.fromkeys(UUID(text) for text in texts))
    except ValueError:
        raise Problem("tables.asked", HTTPStatus.UNPROCESSABLE_ENTITY) from None
