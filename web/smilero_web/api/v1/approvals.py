"""What became of a command that needs a second person, for whoever asked for it. It is confirmed in the console alone, by a person."""

from datetime import datetime
from http import HTTPStatus
from typing import Literal
from uuid import UUID

from pydantic import BaseModel, Field

from smilero_core.identity.access import APPROVALS_OWN
from smilero_core.plugins.approval_rows import Held
from smilero_core.plugins.context import CORE, Context
from smilero_core.plugins.holding_back import approvals_of
from smilero_sdk.api import Api
from smilero_sdk.errors import Problem, not_found
from smilero_tenants.approvals.taking_back import take_back
from smilero_tenants.approvals.words import said, state_of, title

approvals_api = Api()

PATH = "/api/v1/approvals"


class ApprovalFact(BaseModel):
    """One thing that will be done."""

    label: str
    value: str


class ApprovalOut(BaseModel):
    """A command that waits for a second person, or did.

    Attributes:
        code: of the refusal that it ended in, where it was confirmed and could not be done any more.
    """

    id: UUID
    state: Literal["waiting", "done", "refused", "failed", "withdrawn", "expired", "void"]
    name: str
    title: str
    sentence: str = Field(description="What it will do, or did.")
    facts: list[ApprovalFact]
    detail: str = Field(description="How it is with it, a sentence in the caller's language.")
    reason: str | None = Field(description="Why it was refused, by whoever refused it.")
    code: str | None = None
    asked_at: datetime
    expires_at: datetime
    decided_at: datetime | None
    url: str = Field(description="Where to ask what became of it.")


@approvals_api.get("/approvals/{approval_id}", permission=APPROVALS_OWN)
async def read_approval(ctx: Context, approval_id: UUID) -> ApprovalOut:
    """What became of a command that the caller asked for."""
    await _own(ctx, approval_id)
    return await told_approval(ctx, approval_id)


@approvals_api.post("/approvals/{approval_id}/take-back", permission=APPROVALS_OWN, status=200)
async def take_approval_back(ctx: Context, approval_id: UUID) -> ApprovalOut:
    """Take a command back that waits; again changes nothing, and one that was decided is refused."""
    held = await _own(ctx, approval_id)
    if not await take_back(ctx, held) and (await approvals_of(ctx).one(approval_id)).state != "withdrawn":
        raise Problem("approvals.decided", HTTPStatus.CONFLICT)
    return await told_approval(ctx, approval_id)


async def told_approval(context: Context, approval_id: UUID) -> ApprovalOut:
    """As the API tells it."""
    context = context.for_plugin(CORE)
    held = await approvals_of(context).one(approval_id)
    sentence, facts = said(context, held)
    return ApprovalOut(
        id=held.id,
        state=held.state.value,
        name=held.name,
        title=title(context, held),
        sentence=sentence,
        facts=[ApprovalFact(label=label, value=value) for label, value in facts],
        detail=state_of(context, held),
        reason=held.reason or None,
        code=(held.outcome or {}).get("code"),
        asked_at=held.asked_at,
        expires_at=held.expires_at,
        decided_at=held.decided_at,
        url=f"{PATH}/{held.id}",
    )


async def _own(ctx: Context, approval_id: UUID) -> Held:
    held = await approvals_of(ctx).one(approval_id)
    if held.asker.person_id != ctx.actor.person_id:
        raise not_found("approval")
    return held
