"""`/console/rights`: which role may do what here, changed tap by tap, and back to what is declared."""

from http import HTTPStatus
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from smilero_core.identity.access import CHANGEABLE, RIGHTS_MANAGE
from smilero_core.identity.rights import Rights, Said
from smilero_core.plugins.context import CORE
from smilero_sdk.errors import Problem
from smilero_sdk.roles import Permission, Role
from smilero_tenants.approvals.switches import switches
from smilero_tenants.console.right_rows import Change, groups, right_of, told, words
from smilero_tenants.console.two_people import OWN
from smilero_tenants.faces.own_pages import OwnPages, Shown, Values
from smilero_tenants.faces.visit import Visit

_PATH = "/console/rights"
_RESET = f"{_PATH}/reset"


class RightsConsole:
    """The pages about rights. A tap says one right of one role as it shall be: two owners at once undo nothing of each other's."""

    def __init__(self, pages: OwnPages) -> None:
        self._pages = pages

    def routes(self) -> list[Route]:
        """The page, its command, and the way back to what is declared."""
        return [
            Route(_PATH, self.rights),
            Route(_PATH, self.change, methods=["POST"]),
            Route(_RESET, self.ask_reset),
            Route(_RESET, self.reset, methods=["POST"]),
        ]

    async def rights(self, request: Request) -> Response:
        """Every right of every role."""
        return await self._pages.show(request, _rights)

    async def ask_reset(self, request: Request) -> Response:
        """Whether to forget all that was said otherwise."""
        return await self._pages.show(request, _question)

    async def change(self, request: Request) -> Response:
        """One right of one role."""

        async def carry_out(visit: Visit, posted: dict[str, str]) -> str:
            visit.require(RIGHTS_MANAGE)
            change = Change.read(posted.get("change", ""))
            if change is None:
                raise Problem("rights.not_yours", HTTPStatus.UNPROCESSABLE_ENTITY)
            changed = await Rights(visit.context.host, visit.parts.access).say(change.role, change.permission, allowed=change.allowed)
            if changed:
                sentence = "identity.audit.right_given" if change.allowed else "identity.audit.right_taken"
                about = {"role": change.role.value, "permission": change.permission}
                before, after = {**about, "allowed": not change.allowed}, {**about, "allowed": change.allowed}
                await visit.context.audit.record(sentence, None, before=before, after=after, **words(visit, change))
            return f"{_PATH}?{urlencode({'done' if changed else 'same': change})}"

        return await self._pages.command(request, carry_out)

    async def reset(self, request: Request) -> Response:
        """Let every role have what is declared."""

        async def carry_out(visit: Visit, _: dict[str, str]) -> str:
            visit.require(RIGHTS_MANAGE)
            forgotten = await Rights(visit.context.host, visit.parts.access).forget()
            if forgotten:
                before = {role.value: dict(said) for role, said in forgotten.items()}
                count = sum(len(said) for said in forgotten.values())
                await visit.context.audit.record("identity.audit.rights_reset", before=before, after={}, count=count)
            return f"{_PATH}?reset"

        return await self._pages.command(request, carry_out)


async def _rights(visit: Visit) -> Shown:
    visit.require(RIGHTS_MANAGE)
    said = await Rights(visit.context.host, visit.parts.access).said()
    query = visit.request.query_params
    done, same = Change.read(query.get("done", "")), Change.read(query.get("same", ""))
    news = None
    if done and visit.parts.access.may_be_changed(done.permission, done.role):
        news = told(visit, done)
    elif same or "reset" in query:
        news = {"text": visit.context.text("console.rights.same" if same else "console.rights.done.reset"), "undo": None}
    values: Values = {
        "roles": [visit.context.text(f"console.role.{role.value}") for role in CHANGEABLE],
        "groups": groups(visit, lambda permission: _row(visit, permission, said)),
        "news": news,
        "action": _PATH,
        "reset_url": _RESET if said.of_roles else None,
        "approvals": await switches(visit.context, CORE, OWN),
    }
    return Shown("console/rights.html", values)


async def _question(visit: Visit) -> Shown:
    visit.require(RIGHTS_MANAGE)
    said = await Rights(visit.context.host, visit.parts.access).said()
    lines = [
        told(visit, Change(role, permission, allowed))["text"]
        for role, of_role in said.of_roles.items()
        for permission, allowed in of_role.items()
    ]
    return Shown("console/rights_reset.html", {"lines": lines, "action": _RESET, "back_url": _PATH})


def _row(visit: Visit, permission: Permission, said: Said) -> Values:
    right = right_of(visit, permission.name)
    return {"text": right, "cells": [_cell(visit, permission.name, role, said) for role in CHANGEABLE]}


def _cell(visit: Visit, permission: str, role: Role, said: Said) -> Values:
    access = visit.parts.access
    allowed = permission in access.rights(role, said.otherwise(role))
    return {
        "role": visit.context.text(f"console.role.{role.value}"),
        "allowed": allowed,
        "change": str(Change(role, permission, not allowed)) if access.may_be_changed(permission, role) else None,
        "differs": allowed != (permission in access.rights(role)),
    }
