"""Carrying out a command that a second person confirmed: as the asker's, by what it was when it was asked, under the rules of now."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from functools import partial
from http import HTTPStatus
from typing import Any

from pydantic import ValidationError

from smilero_core.identity.access import PLUGINS_MANAGE, Access
from smilero_core.identity.word import word_of
from smilero_core.plugins.approval_rows import Asker, Body, Held
from smilero_core.plugins.calling import perform
from smilero_core.plugins.context import CORE, Context
from smilero_core.plugins.gate import TenantPlugins
from smilero_core.plugins.holding_back import approvals_of
from smilero_sdk.api import Operation
from smilero_sdk.context import Actor, Program
from smilero_sdk.errors import Problem
from smilero_sdk.pages import PageOperation, Redirect

# What the core itself has that needs two, by its operation.
TURN_OFF = "core turn off"


async def asker_now(context: Context, access: Access, asker: Asker) -> Actor | None:
    """Whoever asked, with the rights of now; None for somebody who has the role no more, or whose program or leave is over."""
    actor = await word_of(context.host, access, asker.person_id, asker.role, asker.helping_id)
    if actor is None or asker.client_id is None:
        return actor
    name = await context.host.fetch_value(
        """
        select c.name from core.oauth_client c join core.oauth_grant g on g.client_id = c.id
        where c.id = $1 and c.ended_at is null and g.person_id = $2 and g.role = $3 and g.ended_at is null
          and (g.expires_at is null or g.expires_at > now()) limit 1
        """,
        asker.client_id,
        asker.person_id,
        asker.role.value,
    )
    return replace(actor, program=Program(asker.client_id, str(name))) if name is not None else None


async def carry_out(context: Context, held: Held, asker: Actor, plugins: TenantPlugins) -> str | None:
    """Do it, and say where it leads, if anywhere.

    Args:
        context: of whoever confirmed.
        plugins: what is on at this moment.

    Raises the command's own Problems; `approvals.outdated` (422) for what does not fit any more, as after an update,
    or is not what was kept.
    """
    if held.body is None or not held.sound:
        raise _outdated()
    own = replace(
        context,
        plugin=held.plugin,
        plugins=plugins,
        language=held.language,
        shop_id=held.shop_id,
        caller=replace(asker, approved_by=context.actor.person_id),
    )
    if held.plugin == CORE:
        return await _CORE[held.operation](own, held.body.parameters)
    operation = context.services.host.declared[held.plugin].marked.get(held.operation)
    if operation is None or operation.permission != held.permission:
        raise _outdated()
    work = partial(operation.handler, own, **_arguments(operation, held.body))
    answer = await perform(own, held.plugin, f"confirmed {held.operation}", work)
    return answer.path if isinstance(answer, Redirect) else None


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
    return f"/console/plugins/{plugin}"


_CORE: Mapping[str, Callable[[Context, Mapping[str, str]], Awaitable[str]]] = {TURN_OFF: _turn_off}
