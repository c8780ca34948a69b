"""Whether a command is carried out at once or waits for a second person: asked where pages and the API carry out what a plugin marked."""

from collections.abc import Awaitable, Callable, Mapping
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


Describing = Callable[[], Awaitable[Proposal | None]]


async def hold_back(context: Context, sent: Sent, describing: Describing | None = None) -> UUID | None:
    """Keep a command that needs a second person here; its id. None: carry it out.

    Args:
        context: the plugin's, or the core's own.
        describing: how one of the core's is described, which no plugin is asked for. It has no idempotency key of its own, so the same
            asked for again waits once.

    Raises what its description raises: what could not be carried out is not asked for.
    """
    approval, plugin = sent.operation.approval, context.plugin
    if approval is None or not await approvals_of(context).is_wanted(plugin, approval.name):
        return None
    describe = describing or partial(
        perform, context, plugin, f"the description of {approval.name}", partial(_described, approval, context, sent.arguments)
    )
    proposal = await describe()
    if proposal is None:
        return None
    command = Command(
        plugin,
        approval.name,
        sent.operation.key,
        sent.operation.permission or "",
        sent.body,
        told_of(proposal),
        context.language,
        context.shop_id,
    )
    return await ask_for(context, command, once=describing is not None)


def told_of(proposal: Proposal) -> Told:
    """What a description says, as it is kept."""
    return Told(proposal.sentence, proposal.values, tuple((fact.label, fact.value) for fact in proposal.facts))


async def describe_anew(context: Context, plugin: str, operation: PageOperation | Operation, arguments: Mapping[str, Any]) -> Told | None:
    """What a plugin's command would do now; None where it is too small a thing for two by now."""
    approval = operation.approval
    if approval is None:
        return None
    work = partial(_described, approval, context, arguments)
    proposal = await perform(context, plugin, f"the description of {approval.name}", work)
    return None if proposal is None else told_of(proposal)


async def ask_for(context: Context, command: Command, *, once: bool = False) -> UUID:
    """Let a command wait on the word of the context's actor, on record.

    Args:
        once: whether the same that waits already on the same word is meant: a second tap is no second command.
    """
    asker = asker_of(context.actor)
    waiting = await approvals_of(context).waiting_already(command, asker) if once else None
    if waiting is not None:
        return waiting
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
