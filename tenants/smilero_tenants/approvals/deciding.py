"""Saying yes or no to what somebody else asked for: once, by somebody else, in one transaction with everything that must hold."""

from dataclasses import dataclass
from http import HTTPStatus
from uuid import UUID

from smilero_core.idempotency.keys import is_kept
from smilero_core.identity.word import word_of
from smilero_core.plugins.approval_ending import end_by_itself
from smilero_core.plugins.approval_rows import Held, State
from smilero_core.plugins.context import CORE
from smilero_core.plugins.gate import TenantPlugins
from smilero_core.plugins.holding_back import approvals_of
from smilero_sdk.context import Actor
from smilero_sdk.errors import Problem, not_found
from smilero_tenants.approvals.carrying_out import asker_now, carry_out
from smilero_tenants.approvals.own import Own
from smilero_tenants.faces.visit import Visit


@dataclass(frozen=True)
class Deciding:
    """One visitor of the console in one transaction.

    Attributes:
        own: the console's own commands that may need two.
    """

    visit: Visit
    own: Own

    async def approve(self, held_id: UUID, seen: str) -> None:
        """Carry it out as the asker's. What was decided before stays as it is: of two taps, or two people, the first counts.

        Args:
            seen: the mark of the reason that was read, as the page has it.

        Raises `http.not_found`, `approvals.own` (403), `approvals.shut` (409) while its plugin is off, `approvals.other_why` (409)
        where the asker has written another reason meanwhile. What has become impossible
        meanwhile is no error: it ends the waiting with a refusal that both read.
        """
        held = await self._locked(held_id)
        if held is None:
            return
        if seen != held.why_mark:
            raise Problem("approvals.other_why", HTTPStatus.CONFLICT)
        context = self.visit.context
        # Read anew, behind the lock: a plugin that was switched off, or a role that was taken away while we waited for it, counts.
        plugins = await context.services.gate.read(context.host)
        self._require_open(held, plugins)
        await self._require_still_may(held)
        asker = await asker_now(context, self.visit.parts.access, held.asker)
        if asker is None or not asker.may(held.permission) or held.body is None:
            await end_by_itself(context, held, State.VOID)
            return
        await self._carry_out(held, asker, plugins)

    async def refuse(self, held_id: UUID, reason: str) -> None:
        """Send it back. Raises as `approve`; `approvals.why_not` (422) without a reason."""
        held = await self._locked(held_id)
        if held is None:
            return
        if not reason:
            raise Problem("approvals.why_not", HTTPStatus.UNPROCESSABLE_ENTITY)
        context = self.visit.context
        if await approvals_of(context).settle(held.id, State.REFUSED, context.actor.person_id, reason=reason):
            await context.audit.record("approvals.audit.refused", held.id, plugin=held.plugin, approval=held.name)

    def require_may_see(self, held: Held) -> None:
        """Raises `http.not_found` for somebody who could not confirm it, whether it waits or not."""
        actor = self.visit.context.actor
        if not actor.may(held.permission) and actor.person_id not in held.asker.people:
            raise not_found("approval")

    def may_decide(self, held: Held) -> bool:
        """Whether it is the visitor's to say yes or no."""
        actor = self.visit.context.actor
        return held.is_waiting and actor.may(held.permission) and actor.person_id not in held.asker.people

    async def _locked(self, held_id: UUID) -> Held | None:
        """One that waits and is the visitor's to decide; None for one that waits no more. Raises `http.not_found`, `approvals.own`."""
        held = await approvals_of(self.visit.context).lock(held_id)
        self.require_may_see(held)
        if self.visit.context.actor.person_id in held.asker.people:
            raise Problem("approvals.own", HTTPStatus.FORBIDDEN)
        if not held.is_waiting:
            return None
        if held.expires_at <= self.visit.context.now:
            await end_by_itself(self.visit.context, held, State.EXPIRED)
            return None
        return held

    async def _carry_out(self, held: Held, asker: Actor, plugins: TenantPlugins) -> None:
        context = self.visit.context
        state, sentence = State.DONE, "approvals.audit.approved"
        outcome: dict[str, object] = {}
        try:
            async with context.host.savepoint():
                path = await carry_out(self.visit, self.own, held, asker, plugins)
            outcome = {"path": path}
        except Problem as refused:
            # What says nothing of the command, as a database that is busy, leaves it waiting.
            if not is_kept(refused.status) and refused.status != HTTPStatus.FORBIDDEN:
                raise
            state, outcome, sentence = State.FAILED, {"code": refused.code, "params": refused.params}, "approvals.audit.failed"
        await approvals_of(context).settle(held.id, state, context.actor.person_id, outcome=outcome)
        await context.audit.record(sentence, held.id, plugin=held.plugin, approval=held.name)

    def _require_open(self, held: Held, plugins: TenantPlugins) -> None:
        if held.plugin != CORE:
            try:
                plugins.require(held.plugin, held.shop_id)
            except Problem as problem:
                raise Problem("approvals.shut", HTTPStatus.CONFLICT) from problem

    async def _require_still_may(self, held: Held) -> None:
        actor = self.visit.context.actor
        assert actor.person_id is not None  # noqa: S101 - of a session
        now = await word_of(self.visit.context.host, self.visit.parts.access, actor.person_id, actor.role)
        if now is None or not now.may(held.permission):
            raise Problem("http.forbidden", HTTPStatus.FORBIDDEN)
