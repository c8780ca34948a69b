"""Carrying out a command that a second person confirmed: as the asker's, by what it was when it was asked, under the rules of now."""

from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from http import HTTPStatus
from typing import Any

from pydantic import ValidationError

from smilero_core.identity.access import PLUGINS_MANAGE, Access
from smilero_core.identity.word import word_of
from smilero_core.plugins.approval_rows import Asker, Body, Held, Told, as_said
from smilero_core.plugins.calling import perform
from smilero_core.plugins.context import CORE, Context
from smilero_core.plugins.gate import TenantPlugins
from smilero_core.plugins.holding_back import approvals_of, describe_anew
from smilero_sdk.api import Operation
from smilero_sdk.context import Actor, Program
from smilero_sdk.errors import Problem
from smilero_sdk.pages import PageOperation, Redirect
from smilero_tenants.approvals.own import Own, described, switches_path
from smilero_tenants.faces.visit import Visit

# What the core itself has that needs two, by its operation.
TURN_OFF = "core turn off"


async def asker_now(context: Context, access: Access, asker: Asker) -> Actor | None:
    """Whoever asked, with the rights of now; None for somebody who has the role no more, or whose program or leave is over.

    Through a program one may no more than one lets it now.
    """
    actor = await word_of(context.host, access, asker.person_id, asker.role, asker.helping_id)
    if actor is None or asker.client_id is None:
        return actor
    row = await context.host.fetch_row(
        """
        select c.name, array_agg(distinct s.scope) as scopes
        from core.oauth_client c join core.oauth_grant g on g.client_id = c.id cross join unnest(g.scopes) as s(scope)
        where c.id = $1 and c.ended_at is null and g.person_id = $2 and g.role = $3 and g.ended_at is null
          and (g.expires_at is null or g.expires_at > now())
        group by c.tenant_id, c.id
        """,
        asker.client_id,
        asker.person_id,
        asker.role.value,
    )
    if row is None:
        return None
    return replace(actor, program=Program(asker.client_id, row["name"]), permissions=actor.permissions & frozenset(row["scopes"]))


async def carry_out(visit: Visit, own_commands: Own, held: Held, asker: Actor, plugins: TenantPlugins) -> str | None:
    """Do it, and say where it leads, if anywhere.

    Args:
        visit: of whoever confirmed.
        own_commands: what the console itself has that may need two.
        plugins: what is on at this moment.

    Raises the command's own Problems; `approvals.outdated` (422) for what does not fit any more, as after an update,
    or is not what was kept; `approvals.changed` (409) where it would do something else by now than what was confirmed.
    """
    if held.body is None or held.told is None or not held.sound:
        raise _outdated()
    context = visit.context
    own = replace(
        context,
        plugin=held.plugin,
        plugins=plugins,
        language=held.language,
        shop_id=held.shop_id,
        caller=replace(asker, approved_by=context.actor.person_id),
    )
    if held.plugin == CORE and held.operation == TURN_OFF:
        return await _turn_off(own, held.body.parameters)
    marked = own_commands if held.plugin == CORE else context.services.host.declared[held.plugin].marked
    operation = marked.get(held.operation)
    if operation is None or operation.permission != held.permission:
        raise _outdated()
    arguments = _arguments(operation, held.body)
    if isinstance(operation, PageOperation) and held.plugin == CORE:
        as_asker = replace(visit, context=own)
        _require_same(held.told, await described(as_asker, operation, arguments))
        answer = await operation.handler(as_asker, **arguments)
    else:
        _require_same(held.told, await describe_anew(own, held.plugin, operation, arguments))
        answer = await perform(own, held.plugin, f"confirmed {held.operation}", partial(operation.handler, own, **arguments))
    return answer.path if isinstance(answer, Redirect) else None


def _require_same(told: Told, now: Told | None) -> None:
    """What a command is about may have been changed since it was asked for: nothing is done that nobody said yes to.

    What is too small for two by now may be done, as anybody alone may do it.
    """
    if now is not None and as_said(now) != as_said(told):
        raise Problem("approvals.changed", HTTPStatus.CONFLICT)


def _arguments(operation: PageOperation | Operation, body: Body) -> dict[str, Any]:
    """What the handler takes. Raises `approvals.outdated` (422)."""
    try:
        arguments: dict[str, Any] = {name: kind(body.parameters[name]) for name, kind in operation.parameters.items()}
        if isinstance(operation, PageOperation):
            if operation.form is not None:
                arguments["form"] = operation.form.model_validate_strings(dict(body.form or {}))
            return arguments
        if operation.body is not None:
            arguments["body"] = operation.body.model_validate_json(body.text or "null")
        if operation.query is not None:
            arguments["query"] = operation.query.model_validate_strings(dict(body.query or {}))
    except (ValidationError, KeyError, ValueError) as error:
        raise _outdated() from error
    return arguments


def _outdated() -> Problem:
    return Problem("approvals.outdated", HTTPStatus.UNPROCESSABLE_ENTITY)


async def _turn_off(context: Context, parameters: Mapping[str, str]) -> str:
    # Confirmed by whoever may confirm the thing itself; asked for by whoever may switch, still.
    if not context.actor.may(PLUGINS_MANAGE):
        raise Problem("http.forbidden", HTTPStatus.FORBIDDEN)
    plugin, name = parameters["plugin"], parameters["name"]
    if await approvals_of(context).want_no_more(plugin, name):
        await context.audit.record("approvals.audit.off", plugin=plugin, approval=name)
    return switches_path(plugin)
