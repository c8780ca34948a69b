"""Whether a command is carried out at once or waits for a second person: asked where pages and the API carry out what a plugin marked."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from http import HTTPStatus
from typing import Any
from uuid import UUID

from smilero_core.identity.helping import helping_of_actor
from smilero_core.plugins.approval_rows import Approvals, Asker, Body, Command, Told
from smilero_core.plugins.calling import perform
from smilero_core.plugins.context import CORE, Context
from smilero_sdk.api import Operation
from smilero_sdk.approvals import Approval, Proposal
from smilero_sdk.context import Actor
from smilero_sdk.errors import Problem
from smilero_sdk.pages import PageOperation


@dataclass(frozen=True)
class Sent:
    """A command as it came, and as its handler takes it."""

    operation: PageOperation | Operation
    arguments: Mapping[str, Any]
    body: Body


def approvals_of(context: Context) -> Approvals:
    """Of a context's transaction."""
    return Approvals(context.host, context.tenant.id, context.services.vault)


def asker_of(actor: Actor) -> Asker:
    """On whose word it waits. Raises `approvals.nobody` (403) where no person asks: nobody's word can be asked about later."""
    if actor.person_id is None:
        raise Problem("approvals.nobody", HTTPStatus.FORBIDDEN)
    return Asker(actor.person_id, actor.role, actor.on_behalf_of, helping_of_actor(actor), actor.program.id if actor.program else None)


async def hold_back(context: Context, sent: Sent) -> UUID | None:
    """Keep a command that needs a second person here; its id. None: carry it out.

    Args:
        context: the plugin's.

    Raises what its description raises: what could not be carried out is not asked for.
    """
    approval, plugin = sent.operation.approval, context.plugin
    if approval is None or not await approvals_of(context).is_wanted(plugin, approval.name):
        return None
    proposal = await perform(context, plugin, f"the description of {approval.name}", partial(_described, approval, context, sent.arguments))
    if proposal is None:
        return None
    told = Told(proposal.sentence, proposal.values, tuple((fact.label, fact.value) for fact in proposal.facts))
    command = Command(
        plugin,
        approval.name,
        sent.operation.key,
        sent.operation.permission or "",
        sent.body,
        told,
        context.language,
        context.shop_id,
    )
    return await ask_for(context, command)


async def ask_for(context: Context, command: Command) -> UUID:
    """Let a command wait on the word of the context's actor, on record."""
    asker = asker_of(context.actor)
    held_id, digest = await approvals_of(context).keep(command, asker)
    # The record is the host's own, whatever plugin it is about.
    await context.for_plugin(CORE).audit.record(
        "approvals.audit.asked", held_id, after={"hash": digest.hex()}, plugin=command.plugin, approval=command.name
    )
    return held_id


async def _described(approval: Approval, context: Context, arguments: Mapping[str, Any]) -> Proposal | None:
    proposal = await approval.describe(context, **arguments)
    if proposal is not None and not isinstance(proposal, Proposal):
        msg = f"{approval.name} is described by a {type(proposal).__name__}, not a Proposal"
        raise TypeError(msg)
    return proposal
