"""`/console/foundation`: how the foundation is called and looks to everybody."""

from collections.abc import Mapping
from dataclasses import asdict
from functools import partial
from http import HTTPStatus
from typing import TYPE_CHECKING

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from smilero_core.identity.access import FOUNDATION_MANAGE
from smilero_core.platform.tenants import LONGEST_NAME, Look, TenantOffice, sound_look
from smilero_sdk.approvals import Approval, Fact, Proposal
from smilero_sdk.errors import Problem
from smilero_sdk.pages import Face, Form, PageOperation, Redirect
from smilero_tenants.approvals.own import hold_own
from smilero_tenants.faces.own_pages import OwnPages, Shown
from smilero_tenants.faces.posting import texts_of
from smilero_tenants.faces.visit import Visit

if TYPE_CHECKING:
    from smilero_sdk.context import Actor

_PATH = "/console/foundation"
_NEWS = ("changed", "same")


class FoundationConsole:
    """Name, seal, colour, telephone number and sender on one form. Tenants are the platform's rows, so its login writes them."""

    def __init__(self, pages: OwnPages) -> None:
        self._pages = pages

    def routes(self) -> list[Route]:
        """The form and its command."""
        return [Route(_PATH, self.form), Route(_PATH, self.change, methods=["POST"])]

    async def form(self, request: Request) -> Response:
        """What holds now."""
        return await self._shown(request)

    async def change(self, request: Request) -> Response:
        """Keep it, or say why not with what was written."""
        written = _read(await texts_of(request))
        actor: Actor | None = None

        async def ask(visit: Visit, _: dict[str, str]) -> str:
            nonlocal actor
            visit.require(FOUNDATION_MANAGE)
            held = await hold_own(visit, CHANGE, Written(**asdict(written)))
            if held is None:
                actor = visit.context.actor
            return held or _PATH

        tenant_id = request.state.tenant.id if request.state.tenant else None
        try:
            answer = await self._pages.command(request, ask)
            if actor is None or tenant_id is None:
                return answer
            kept = await self._office.restyle(tenant_id, actor, written)
        except Problem as refused:
            if refused.status != HTTPStatus.UNPROCESSABLE_ENTITY:
                raise
            return await self._pages.show(request, partial(_drawn, look=written, refused=refused))
        self._pages.parts.directory.forget(tenant_id)
        answer.headers["location"] = f"{_PATH}?{_NEWS[0] if kept else _NEWS[1]}"
        return answer

    @property
    def _office(self) -> TenantOffice:
        return TenantOffice(self._pages.parts.database)

    async def _shown(self, request: Request) -> Response:
        refused = await self._pages.knock(request, FOUNDATION_MANAGE)
        if refused is not None:
            return refused
        look = await self._office.look(request.state.tenant.id)
        return await self._pages.show(request, partial(_drawn, look=look, refused=None))


class Written(Form):
    """The same as a form that may wait for a second person."""

    name: str = ""
    seal: str = ""
    colour: str = ""
    phone: str = ""
    sender: str = ""


# By what name and number everybody knows the foundation: a seal and its colour need no second person.
_KNOWN_BY = frozenset({"name", "phone", "sender"})


async def _said(visit: Visit, form: Written) -> Proposal | None:
    """What will be called otherwise, before and after. Raises what the office would."""
    new = asdict(sound_look(Look(**form.model_dump())))
    now = asdict(await TenantOffice(visit.parts.database).look(visit.tenant.id))
    changed = [name for name in now if now[name] != new[name]]
    if not _KNOWN_BY & set(changed):
        return None
    none = visit.context.text("ui.table.none")
    facts = tuple(Fact(f"console.foundation.{name}", f"{now[name] or none} → {new[name] or none}") for name in changed)
    return Proposal("core.known_by.said", {}, facts)


async def _restyle(visit: Visit, form: Written) -> Redirect:
    """By the platform's login, while the visit's own transaction is open: were that one lost, the same said again changes nothing."""
    kept = await TenantOffice(visit.parts.database).restyle(visit.tenant.id, visit.context.actor, Look(**form.model_dump()))
    visit.parts.directory.forget(visit.tenant.id)
    return Redirect(f"{_PATH}?{_NEWS[0] if kept else _NEWS[1]}")


CHANGE = PageOperation(
    Face.CONSOLE, "POST", "/foundation", _restyle, FOUNDATION_MANAGE, None, Written, {}, approval=Approval("core.known_by", _said)
)


def _read(posted: Mapping[str, str]) -> Look:
    """From a form; what is missing is empty, and refused where it may not be."""
    return Look(**{name: posted.get(name, "")[: LONGEST_NAME * 2] for name in Look.__dataclass_fields__})


async def _drawn(visit: Visit, *, look: Look, refused: Problem | None) -> Shown:
    visit.require(FOUNDATION_MANAGE)
    news = next((one for one in _NEWS if one in visit.request.query_params), None)
    values: dict[str, object] = {
        "look": asdict(look),
        "longest": LONGEST_NAME,
        "action": _PATH,
        "alert": visit.context.text(refused.code) if refused else None,
        "done": visit.context.text(f"console.foundation.{news}") if news and not refused else None,
    }
    return Shown.telling("console/foundation.html", values, refused)
