"""What the faces need of the running application, which is assembled above them."""

from typing import Protocol

from markupsafe import Markup

from smilero_core.db.database import Database
from smilero_core.files.store import FileStore
from smilero_core.identity.access import Access
from smilero_core.identity.outside.client import OutsideClient
from smilero_core.identity.vault import Vault
from smilero_core.limits.limiter import Limiter
from smilero_core.messaging.security import SecurityMessages
from smilero_core.plugins.context import HostServices
from smilero_core.plugins.gate import PluginGate
from smilero_core.plugins.host import PluginHost
from smilero_core.realtime.rooms import Rooms
from smilero_core.tenancy.directory import TenantDirectory
from smilero_sdk.i18n import Catalogue
from smilero_tenants.faces.todos import TodoCounts
from smilero_tenants.faces.viewers import Viewer
from smilero_tenants.papers.typesetting import Typesetter


class Renderer(Protocol):
    """How a template becomes a page."""

    def render(self, name: str, language: str, /, **context: object) -> str:
        """The whole page."""

    def fragment(self, name: str, language: str, /, **context: object) -> Markup:
        """A part of one."""

    def sentence(self, language: str, key: str, /, **params: object) -> Markup:
        """A sentence whose catalogue text has markup; its values are escaped."""


class FaceParts(Protocol):
    """The running application, as pages see it."""

    @property
    def database(self) -> Database:
        """The pools."""

    @property
    def directory(self) -> TenantDirectory:
        """The foundations, by host and by id."""

    @property
    def services(self) -> HostServices:
        """What contexts are made of."""

    @property
    def catalogue(self) -> Catalogue:
        """Every sentence."""

    @property
    def templates(self) -> Renderer:
        """Every page."""

    @property
    def host(self) -> PluginHost:
        """Which plugins there are."""

    @property
    def gate(self) -> PluginGate:
        """Which of them are on."""

    @property
    def access(self) -> Access:
        """Which role may do what."""

    @property
    def vault(self) -> Vault:
        """Personal data, sealed."""

    @property
    def limiter(self) -> Limiter:
        """How often."""

    @property
    def messages(self) -> SecurityMessages:
        """Codes to phones."""

    @property
    def outside(self) -> OutsideClient:
        """The providers of logins outside."""

    @property
    def rooms(self) -> Rooms[Viewer]:
        """Live pages."""

    @property
    def todos(self) -> TodoCounts:
        """How much plugins have for the foundation's people to do."""

    @property
    def files(self) -> FileStore:
        """What plugins keep of files."""

    @property
    def typesetter(self) -> Typesetter:
        """Paper."""

    @property
    def demo(self) -> bool:
        """Whether codes are shown and demo people exist."""
