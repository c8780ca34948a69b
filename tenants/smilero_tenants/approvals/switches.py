"""`/console/plugins/{name}/approvals/{word}`: wanting a second person for what a plugin, or the console itself (`core`), marks.

Wanting none any more itself needs two.
"""

from collections.abc import Mapping
from http import HTTPStatus

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from smilero_core.identity.access import PLUGINS_MANAGE, Access
from smilero_core.identity.standing import STANDING, standing
from smilero_core.plugins.approval_rows import Body, Command, Told
from smilero_core.plugins.context import CORE, Context
from smilero_core.plugins.declarations import approvals_among
from smilero_core.plugins.holding_back import approvals_of, ask_for
from smilero_sdk.errors import Problem, not_found
from smilero_sdk.ids import uuid7
from smilero_sdk.pages import Face
from smilero_sdk.roles import Role
from smilero_tenants.approvals.carrying_out import TURN_OFF
from smilero_tenants.approvals.own import Own, switches_path
from smilero_tenants.faces.frames import approval_path
from smilero_tenants.faces.own_pages import OwnPages, Values
from smilero_tenants.faces.switches import Switch
from smilero_tenants.faces.visit import Visit

ONE_IS_ENOUGH = "core.one_is_enough"
_EYES = 2


class ApprovalSwitches:
    """The switches on the page of a plugin, and those of the console's own commands.

    Args:
        own: these.
    """

    def __init__(self, pages: OwnPages, own: Own) -> None:
        self._pages = pages
        self._own = own

    def routes(self) -> list[Route]:
        """One command."""
        return [Route("/console/plugins/{name}/approvals/{word}", self.switch, methods=["POST"])]

    async def switch(self, request: Request) -> Response:
        """On at once; off when somebody else says so too. Raises `http.not_found`, `approvals.alone` (409)."""

        async def carry_out(visit: Visit, posted: dict[str, str]) -> str:
            visit.require(PLUGINS_MANAGE)
            wanted, plugin = Switch.model_validate_strings(posted), request.path_params["name"]
            name = f"{plugin}.{request.path_params['word']}"
            permissions = _marks(visit.context, plugin, self._own).get(name)
            if permissions is None:
                raise not_found("approval")
            if wanted.enabled:
                await _turn_on(visit, plugin, name, permissions)
            elif await approvals_of(visit.context).is_wanted(plugin, name):
                turning_off = _turning_off(visit.context, plugin, name, permissions)
                return approval_path(Face.CONSOLE, await ask_for(visit.context, turning_off, once=True))
            return switches_path(plugin)

        return await self._pages.command(request, carry_out)


async def switches(context: Context, plugin: str, own: Own | None = None) -> list[Values]:
    """What of a plugin's, or of the core's own, can need two, for a page; `action` where the visitor may switch it."""
    wanted = await approvals_of(context).wanted(plugin)
    may = context.actor.may(PLUGINS_MANAGE) and (plugin == CORE or plugin in context.plugins.open)
    return [
        {
            "text": context.text(f"approval.{name}"),
            "on": name in wanted,
            "state_text": context.text("approvals.on" if name in wanted else "approvals.off"),
            "action": f"/console/plugins/{plugin}/approvals/{name.partition('.')[2]}" if may else None,
            "key": str(uuid7()),
        }
        for name in sorted(_marks(context, plugin, own or {}))
    ]


def _marks(context: Context, plugin: str, own: Own) -> Mapping[str, frozenset[str]]:
    if plugin == CORE:
        return approvals_among(own.values())
    declared = context.services.host.declared.get(plugin)
    return declared.approvals if declared else {}


async def _turn_on(visit: Visit, plugin: str, name: str, permissions: frozenset[str]) -> None:
    context = visit.context
    if plugin != CORE:
        context.plugins.require(plugin)
    for permission in permissions:
        # With one alone who could confirm, nothing of hers would ever be done, and nobody could switch it off.
        if len(await confirmers(context, visit.parts.access, permission)) < _EYES:
            raise Problem("approvals.alone", HTTPStatus.CONFLICT)
    if await approvals_of(context).want(plugin, name):
        await context.audit.record("approvals.audit.on", plugin=plugin, approval=name)


async def confirmers(context: Context, access: Access, permission: str) -> set[object]:
    """The foundation's people who hold a right: they can confirm in the console what others ask for."""
    rows = await context.host.fetch(
        f"""
        select m.person_id, m.role, {STANDING} from core.membership m
        where m.role = any($1) and m.ended_at is null
        """,  # noqa: S608 - a constant of the package
        [Role.OWNER.value, Role.STAFF.value],
    )
    found = (access.equip(standing(Role(row["role"]), row["person_id"], (), row)) for row in rows)
    return {actor.person_id for actor in found if actor.may(permission)}


def _turning_off(context: Context, plugin: str, name: str, permissions: frozenset[str]) -> Command:
    """Whoever may confirm the thing itself may confirm this: it is their eyes that are not wanted any more."""
    return Command(
        CORE,
        ONE_IS_ENOUGH,
        TURN_OFF,
        min(permissions),
        Body({"plugin": plugin, "name": name}),
        Told("approvals.said.off", {"plugin": plugin, "approval": name}),
        context.language,
    )
