"""`/console/approvals/{id}` and `/portal/approvals/{id}`: what waits for a second person, for both; the console alone says yes or no."""

from collections.abc import Awaitable, Callable
from http import HTTPStatus
from uuid import UUID

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from smilero_core.plugins.approval_rows import Held
from smilero_core.plugins.holding_back import approvals_of
from smilero_sdk.errors import Problem, not_found
from smilero_sdk.pages import Face, Form
from smilero_tenants.approvals.deciding import Deciding
from smilero_tenants.approvals.own import Own
from smilero_tenants.approvals.taking_back import take_back
from smilero_tenants.approvals.words import view
from smilero_tenants.faces.frames import approval_path
from smilero_tenants.faces.own_pages import OwnPages, Shown, Values
from smilero_tenants.faces.parts import FaceParts
from smilero_tenants.faces.visit import Visit

LONGEST = 200


class Why(Form):
    """What somebody writes beside it.

    Attributes:
        seen: the mark of the asker's reason that stood on the page of whoever says yes.
    """

    why: str = ""
    seen: str = ""
    idempotency_key: str = ""


class ApprovalPages:
    """Handlers of one application.

    Args:
        parts: gives the running application, which exists only once it has started.
        face: the console, or the portal, where helpers see what they asked for.
        own: the console's own commands that may need two.
    """

    def __init__(self, parts: Callable[[], FaceParts], face: Face, own: Own) -> None:
        self._face = face
        self._own = own
        self._pages = OwnPages(parts, face, lent=face is Face.PORTAL)

    def routes(self) -> list[Route]:
        """The page, and what can be said on it."""
        path = f"/{self._face.value}/approvals/{{approval_id:uuid}}"
        own = [
            Route(path, self.show, name=f"approvals.{self._face.value}"),
            Route(f"{path}/take-back", self.take_back, methods=["POST"]),
            Route(f"{path}/why", self.say_why, methods=["POST"]),
        ]
        if self._face is Face.PORTAL:
            return own
        return [*own, Route(f"{path}/approve", self.approve, methods=["POST"]), Route(f"{path}/refuse", self.refuse, methods=["POST"])]

    async def show(self, request: Request) -> Response:
        """All that will be done, and how it is with it."""

        async def make(visit: Visit) -> Shown:
            return await self._shown(visit, await self._seen(visit))

        return await self._pages.show(request, make)

    async def take_back(self, request: Request) -> Response:
        """By whoever asked. What was decided meanwhile is as it is."""

        async def carry_out(visit: Visit, _: dict[str, str]) -> str:
            await take_back(visit.context, await self._asked(visit))
            return self._here(visit)

        return await self._pages.command(request, carry_out)

    async def say_why(self, request: Request) -> Response:
        """The asker's reason, for whoever decides."""

        async def carry_out(visit: Visit, posted: dict[str, str]) -> str:
            held, said = await self._asked(visit), Why.model_validate_strings(posted)
            await approvals_of(visit.context).say_why(held.id, said.why[:LONGEST])
            return self._here(visit)

        return await self._pages.command(request, carry_out)

    async def approve(self, request: Request) -> Response:
        """Yes."""
        return await self._decide(request, lambda visit, said: self._deciding(visit).approve(_id(visit), said.seen))

    async def refuse(self, request: Request) -> Response:
        """No, and why."""
        return await self._decide(request, lambda visit, said: self._deciding(visit).refuse(_id(visit), said.why[:LONGEST]))

    async def _decide(self, request: Request, decide: Callable[[Visit, Why], Awaitable[None]]) -> Response:
        async def carry_out(visit: Visit, posted: dict[str, str]) -> Shown | str:
            said = Why.model_validate_strings(posted)
            try:
                async with visit.context.host.savepoint():
                    await decide(visit, said)
            except Problem as problem:
                if problem.code not in {"approvals.own", "approvals.shut", "approvals.why_not", "approvals.other_why"}:
                    raise
                return await self._shown(visit, await self._seen(visit), problem)
            return self._here(visit)

        return await self._pages.command(request, carry_out)

    async def _seen(self, visit: Visit) -> Held:
        """What the visitor may see: on the portal one's own alone."""
        if self._face is Face.PORTAL:
            return await self._asked(visit)
        held = await approvals_of(visit.context).one(_id(visit))
        self._deciding(visit).require_may_see(held)
        return held

    async def _asked(self, visit: Visit) -> Held:
        """What the visitor asked for. Raises `http.not_found` for another's."""
        held, actor = await approvals_of(visit.context).one(_id(visit)), visit.context.actor
        # A merchant and whoever helps her share what is asked for in her name.
        if (held.asker.on_behalf_of or held.asker.person_id) != (actor.on_behalf_of or actor.person_id):
            raise not_found("approval")
        return held

    async def _shown(self, visit: Visit, held: Held, refused: Problem | None = None) -> Shown:
        context, here = visit.context, self._here(visit)
        mine = {context.actor.person_id, context.actor.on_behalf_of} & held.asker.people
        decides = self._face is Face.CONSOLE and self._deciding(visit).may_decide(held)
        values: Values = {
            "held": view(context, held, self._face),
            "alert": context.text(refused.code, **refused.params) if refused else None,
            "approve": f"{here}/approve" if decides else None,
            "refuse": f"{here}/refuse" if decides else None,
            "take_back": f"{here}/take-back" if mine and held.is_waiting else None,
            "say_why": f"{here}/why" if mine and held.is_waiting else None,
            "onward": (held.outcome or {}).get("path") if mine else None,
            "longest": LONGEST,
            "back_url": "/console/work" if self._face is Face.CONSOLE else "/portal",
        }
        return Shown(f"{self._face.value}/approval.html", values, refused.status if refused else HTTPStatus.OK)

    def _deciding(self, visit: Visit) -> Deciding:
        return Deciding(visit, self._own)

    def _here(self, visit: Visit) -> str:
        return approval_path(self._face, _id(visit))


def _id(visit: Visit) -> UUID:
    approval_id: UUID = visit.request.path_params["approval_id"]
    return approval_id
