"""`/portal/sessions`, `/console/sessions` and `/sessions`: where somebody is signed in, ended one by one or all."""

from collections.abc import Callable
from datetime import datetime
from zoneinfo import ZoneInfo

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from smilero_core.identity.devices import told_device
from smilero_core.identity.outside.logins import OutsideLogins
from smilero_core.identity.sessions import OpenSession, end_sessions, open_sessions
from smilero_sdk.pages import Face
from smilero_tenants.faces.own_pages import OwnPages, Shown, Values
from smilero_tenants.faces.parts import FaceParts
from smilero_tenants.faces.visit import SignInNeeded, Visit

_PATHS = {Face.PORTAL: "/portal/sessions", Face.CONSOLE: "/console/sessions", Face.PUBLIC: "/sessions"}
_BACK = {Face.PORTAL: "/portal/help", Face.CONSOLE: "/console", Face.PUBLIC: "/"}


class SessionPages:
    """Handlers of one face of one application.

    Args:
        parts: gives the running application, which exists only once it has started.
    """

    def __init__(self, parts: Callable[[], FaceParts], face: Face) -> None:
        self._pages = OwnPages(parts, face)
        self._face = face

    def routes(self) -> list[Route]:
        """The list and its commands."""
        path = _PATHS[self._face]
        return [
            Route(path, self.list),
            Route(f"{path}/end", self.end_all, methods=["POST"]),
            Route(f"{path}/{{session_id:uuid}}/end", self.end_one, methods=["POST"]),
            Route(f"{path}/logins/{{login_id:uuid}}/unlink", self.unlink, methods=["POST"]),
        ]

    async def list(self, request: Request) -> Response:
        """Where one is signed in, this browser first."""
        return await self._pages.show(request, self._list)

    async def end_one(self, request: Request) -> Response:
        """End one of one's own; whoever ends the one in use is out."""

        async def carry_out(visit: Visit, _: dict[str, str]) -> str:
            session_id, mine = request.path_params["session_id"], visit.visitor
            if mine is None:
                raise SignInNeeded
            if await end_sessions(visit.context.host, mine.person_id, session_id):
                await visit.context.audit.record("identity.audit.session_ended", session_id)
            return "/" if session_id == mine.session_id else _PATHS[self._face]

        return await self._pages.command(request, carry_out)

    async def end_all(self, request: Request) -> Response:
        """End all of one's own, this one too."""

        async def carry_out(visit: Visit, _: dict[str, str]) -> str:
            if visit.visitor is None:
                raise SignInNeeded
            count = await end_sessions(visit.context.host, visit.visitor.person_id)
            await visit.context.audit.record("identity.audit.sessions_ended", visit.visitor.person_id, count=count)
            return "/"

        return await self._pages.command(request, carry_out)

    async def unlink(self, request: Request) -> Response:
        """Take away one of one's own logins outside."""

        async def carry_out(visit: Visit, _: dict[str, str]) -> str:
            if visit.visitor is None:
                raise SignInNeeded
            login_id = request.path_params["login_id"]
            label = await _logins(visit).unlink(login_id, visit.visitor.person_id)
            await visit.context.audit.record("identity.audit.outside_unlinked", login_id, label=label)
            return _PATHS[self._face]

        return await self._pages.command(request, carry_out)

    async def _list(self, visit: Visit) -> Shown:
        mine = visit.visitor
        found = await open_sessions(visit.context.host, mine.person_id) if mine else []
        found.sort(key=lambda one: mine is not None and one.id != mine.session_id)
        path = _PATHS[self._face]
        values: Values = {
            "sessions": [self._row(visit, one) for one in found],
            "end_all": f"{path}/end",
            "logins": [
                {"label": one.label, "since": _since(visit, one.since), "unlink": f"{path}/logins/{one.id}/unlink"}
                for one in (await _logins(visit).of(mine.person_id) if mine else ())
            ],
            "back_url": _BACK[self._face],
        }
        if self._face is not Face.PORTAL:
            values["frame"] = {"shop": None, "bar": [], "sign_out_url": "/sign-out"}
        return Shown("portal/sessions.html", values)

    def _row(self, visit: Visit, one: OpenSession) -> Values:
        kind, program = told_device(one.device)
        return {
            "device": visit.context.text(f"identity.device.{kind}"),
            "program": visit.context.text(f"identity.program.{program}"),
            "since": _since(visit, one.since),
            "here": visit.visitor is not None and one.id == visit.visitor.session_id,
            "end": f"{_PATHS[self._face]}/{one.id}/end",
        }


def _since(visit: Visit, moment: datetime) -> str:
    since = moment.astimezone(ZoneInfo(visit.tenant.timezone))
    return visit.context.text("identity.since", month=since.month, day=since.day, time=f"{since:%H:%M}")


def _logins(visit: Visit) -> OutsideLogins:
    return OutsideLogins(visit.context.host, visit.tenant.id, visit.parts.vault)
