"""`/console`: what the host itself shows to the people of the foundation."""

from collections.abc import Callable

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from smilero_sdk.pages import Face
from smilero_tenants.approvals.switches import ApprovalSwitches
from smilero_tenants.console.colleague import OneColleagueConsole
from smilero_tenants.console.colleagues import ColleagueConsole
from smilero_tenants.console.factors import FactorConsole
from smilero_tenants.console.foundation import FoundationConsole
from smilero_tenants.console.invitations import InvitationConsole
from smilero_tenants.console.logins import LoginConsole
from smilero_tenants.console.people import PeopleConsole
from smilero_tenants.console.people_tables import AWAITED, MEMBERS
from smilero_tenants.console.plugins import PluginConsole
from smilero_tenants.console.programs import ProgramConsole
from smilero_tenants.console.rights import RightsConsole
from smilero_tenants.console.screens import ScreenConsole
from smilero_tenants.console.settings import SettingsConsole
from smilero_tenants.console.shops import ShopConsole
from smilero_tenants.console.two_people import OWN
from smilero_tenants.faces.own_pages import OwnPages
from smilero_tenants.faces.parts import FaceParts
from smilero_tenants.faces.visit import Visit
from smilero_tenants.imports.console import ImportConsole
from smilero_tenants.tables.desk import TableDesk


class ConsolePages:
    """Handlers of one application, a class a subject.

    Args:
        parts: gives the running application, which exists only once it has started.
    """

    def __init__(self, parts: Callable[[], FaceParts]) -> None:
        self._pages = OwnPages(parts, Face.CONSOLE)

    def routes(self) -> list[Route]:
        """The console's own pages; plugins add theirs below `/console/<plugin>`."""
        return [
            Route("/console", self.home),
            *ShopConsole(self._pages).routes(),
            *ImportConsole(self._pages).routes(),
            *PeopleConsole(self._pages).routes(),
            *InvitationConsole(self._pages).routes(),
            *TableDesk(self._pages, MEMBERS).routes(),
            *TableDesk(self._pages, AWAITED).routes(),
            *ColleagueConsole(self._pages).routes(),
            *OneColleagueConsole(self._pages).routes(),
            *RightsConsole(self._pages).routes(),
            *FactorConsole(self._pages).routes(),
            *FoundationConsole(self._pages).routes(),
            *LoginConsole(self._pages).routes(),
            *ScreenConsole(self._pages).routes(),
            *SettingsConsole(self._pages).routes(),
            *PluginConsole(self._pages).routes(),
            *ApprovalSwitches(self._pages, OWN).routes(),
            *ProgramConsole(self._pages).routes(),
        ]

    async def home(self, request: Request) -> Response:
        """The first page is what staff look at most."""
        return await self._pages.show(request, _first)


async def _first(_: Visit) -> str:
    return "/console/shops"
