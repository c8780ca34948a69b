"""`/portal/me` and `/me`: what is stored about oneself, as a file, and erasing all of it."""

from collections.abc import Callable
from http import HTTPStatus

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from smilero_core.identity.sessions import SignedIn
from smilero_core.plugins import person_data
from smilero_sdk.errors import Problem
from smilero_sdk.pages import Face
from smilero_tenants.faces.own_pages import OwnPages, Shown
from smilero_tenants.faces.parts import FaceParts
from smilero_tenants.faces.visit import SESSION_COOKIE, SignInNeeded, Visit, to_sign_in, visiting
from smilero_tenants.personal.handing import as_file, exported, finder, forget_outside, number_of, told_kept
from smilero_tenants.sign_in.entering import alone

_PATHS = {Face.PORTAL: "/portal/me", Face.PUBLIC: "/me"}
_BACK = {Face.PORTAL: "/portal/help", Face.PUBLIC: "/"}
# The frame of customers, whose pages have no shop and no bar.
_PLAIN: dict[str, object] = {"shop": None, "bar": [], "sign_out_url": "/sign-out", "search_url": None}


class OwnData:
    """Handlers of one face of one application.

    Args:
        parts: gives the running application, which exists only once it has started.
    """

    def __init__(self, parts: Callable[[], FaceParts], face: Face) -> None:
        self._parts = parts
        self._pages = OwnPages(parts, face)
        self._face = face
        self._path = _PATHS[face]

    def routes(self) -> list[Route]:
        """The page, the file, which is itself put on record, and the question before the end."""
        return [
            Route(self._path, self.show),
            Route(f"{self._path}/export", self.export, methods=["POST"]),
            Route(f"{self._path}/erase", self.ask),
            Route(f"{self._path}/erase", self.erase, methods=["POST"]),
        ]

    async def show(self, request: Request) -> Response:
        """Who one is here, and the two things that one can ask for."""
        return await self._pages.show(request, self._own)

    async def ask(self, request: Request) -> Response:
        """Whether to erase everything: what goes, what stays."""
        return await self._pages.show(request, self._question)

    async def export(self, request: Request) -> Response:
        """Everything as a ZIP. Raises `person.export_failed` (500)."""
        try:
            async with visiting(self._parts(), request, self._face, read_only=False) as visit:
                me = _me(visit)
                content = await exported(self._parts(), visit.context, me.person_id)
                await visit.context.audit.record("person.audit.exported_own", me.person_id)
        except SignInNeeded:
            return to_sign_in(request, self._face)
        return as_file(content, visit.tenant.slug, visit.context.today)

    async def erase(self, request: Request) -> Response:
        """Erase everything, for good, and say what a law keeps. Who does so is signed out everywhere."""
        if (await request.form()).get("sure") != "yes":
            return await self.ask(request)
        try:
            async with visiting(self._parts(), request, self._face, read_only=False) as visit:
                me = _me(visit)
                phone = await number_of(visit.context, me.person_id)
                kept = told_kept(visit.context, await person_data.erase(visit.context, me.person_id))
        except SignInNeeded:
            return to_sign_in(request, self._face)
        except Problem as refused:
            if refused.status != HTTPStatus.CONFLICT:
                raise
            why = refused
            return await self._pages.show(request, lambda visit: self._question(visit, why))
        await forget_outside(self._parts(), visit.tenant, me.person_id, phone)
        response = alone(self._parts(), request, "portal/me_erased.html", HTTPStatus.OK, kept=kept, home_url="/")
        response.delete_cookie(SESSION_COOKIE, secure=True, httponly=True, samesite="lax")
        return response

    async def _own(self, visit: Visit) -> Shown:
        person = await finder(visit.context).one(_me(visit).person_id)
        return Shown(
            "portal/me.html",
            {
                "name": person.name,
                "tail": person.tail,
                "held": [
                    {"role": visit.context.text(f"person.role.{one.role.value}"), "place": one.place or visit.tenant.name}
                    for one in person.held
                ],
                "export": f"{self._path}/export",
                "erase_url": f"{self._path}/erase",
                "back_url": _BACK[self._face],
                **self._frame(),
            },
        )

    async def _question(self, visit: Visit, refused: Problem | None = None) -> Shown:
        values = {
            "kept": told_kept(visit.context, [person_data.KeptBy("", one) for one in person_data.KEPT]),
            "alert": visit.context.text(refused.code, **refused.params) if refused else None,
            "action": f"{self._path}/erase",
            "back_url": self._path,
            **self._frame(),
        }
        return Shown("portal/me_erase.html", values, refused.status if refused else HTTPStatus.OK)

    def _frame(self) -> dict[str, object]:
        return {"frame": _PLAIN} if self._face is Face.PUBLIC else {}


def _me(visit: Visit) -> SignedIn:
    """Who asks, for himself: whoever acts for somebody just now has neither's data."""
    visit.require_own()
    visit.require_role()
    if visit.visitor is None:
        raise SignInNeeded
    return visit.visitor
