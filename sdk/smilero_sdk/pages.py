"""Pages of the three faces, declared once: the host mounts them, checks door, session and permission, and renders."""

import inspect
from collections.abc import Awaitable, Callable, Hashable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from functools import partial
from typing import Annotated, Any, TypeVar, get_args, get_type_hints
from uuid import UUID

from pydantic import BaseModel, ConfigDict, PlainValidator, ValidationInfo, field_validator

from smilero_sdk.approvals import Approval, require_markable
from smilero_sdk.papers import Paper
from smilero_sdk.services import Upload
from smilero_sdk.showing import Card, Listing
from smilero_sdk.tables import Table
from smilero_sdk.words import kept

Handler = TypeVar("Handler", bound=Callable[..., Awaitable[Any]])


class Face(StrEnum):
    """Who a page is for: `/console/<plugin>` the foundation, `/portal/<plugin>` merchants, `/<plugin>` customers."""

    CONSOLE = "console"
    PORTAL = "portal"
    PUBLIC = "public"


def _attached(value: object, info: ValidationInfo) -> Upload:
    uploads: Mapping[object, Upload] = (info.context or {}).get("uploads", {})
    if value not in uploads:
        msg = "no file came"
        raise ValueError(msg)
    return uploads[value]


# A field of a form that a file is sent in: `photo: Attachment`, or `Attachment | None = None` where none may come. Its form in the
# template is `enctype="multipart/form-data"`; `ui/files.html` has the field. At most 10 MB: JPEG, PNG, WebP, PDF, XLSX and text.
Attachment = Annotated[Upload, PlainValidator(_attached)]


class Form(BaseModel):
    """What a form posts; values are text (NFC) and are read as the field's type."""

    model_config = ConfigDict(extra="forbid", frozen=True, arbitrary_types_allowed=True, str_strip_whitespace=True)

    _kept = field_validator("*")(kept)


@dataclass(frozen=True)
class View:
    """A template of the plugin, `<plugin>/<file>.html`, and what it shows: a page, or a part of somebody else's.

    Attributes:
        card: of a public page that needs no sign-in: how its address looks where it is shared.
        about: of such a page: the things of schema.org that it is about, each with its `@type`; whole addresses, as `ctx.origin` begins
            them.
    """

    template: str
    context: Mapping[str, Any] = field(default_factory=dict)
    card: Card | None = None
    about: tuple[Mapping[str, Any], ...] = ()


@dataclass(frozen=True)
class Redirect:
    """Where to go on: a path of this host. A command ends in one, so that a reload sends nothing again.

    Attributes:
        told: of a command that a phone may keep (`kept_as`): a key of the catalogue that says what was done, where the page behind `path`
            is not shown because the phone had no network when it was tapped.
        values: that sentence's values.
    """

    path: str
    told: str | None = None
    values: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True)
class Live:
    """A page's live part: `data` now, and again whenever the topic's bell rings.

    Attributes:
        topic: `<plugin>.<word>.<id>`, as given to `ctx.realtime.ring`.
        name: the event's name for the script.
        shared: whether everybody in the same role, with the same shops, sees the same. The host then looks once for all of
            them, for nobody in person: `ctx.visitor_id` is None. Else it looks for each.
    """

    topic: str
    name: str
    data: Mapping[str, Any]
    shared: bool = False


Answer = View | Redirect | Live | Paper


def _types_of(annotation: object) -> set[object]:
    """A type and all that it is made of."""
    return {annotation}.union(*(_types_of(part) for part in get_args(annotation) if isinstance(part, Hashable)))


@dataclass(frozen=True)
class PageOperation:
    """One page or command.

    Attributes:
        handler: `async (ctx, [query], [form], **path parameters) -> View | Redirect | Live`, or of paper a `Paper`.
        permission: what the visitor's role must hold; None on a public page: no sign-in is needed.
        form: of a POST; it carries an idempotency key, and the same key gets the same answer.
        listing: the objects that the page's one parameter names, for the sitemap.
        approval: of a command that a foundation may want a second person to confirm.
        kept: a page that the phone keeps and opens without network.
        kept_as: a command that the phone keeps without network and sends later: what it is called meanwhile, a key of the catalogue whose
            sentence may name fields of the form.
        paper: whether it answers with something to print.
    """

    face: Face
    method: str
    path: str
    handler: Callable[..., Awaitable[Answer]]
    permission: str | None
    query: type[BaseModel] | None
    form: type[BaseModel] | None
    parameters: Mapping[str, type]
    listing: Listing | None = None
    approval: Approval | None = None
    kept: bool = False
    kept_as: str | None = None
    paper: bool = False

    def __post_init__(self) -> None:
        """Marks that do not fit the operation are errors of its author: ValueError."""
        if self.listing and (self.face is not Face.PUBLIC or self.permission is not None or list(self.parameters.values()) != [UUID]):
            msg = f"{self.handler.__name__} is no public page of one object, so it has no listing"
            raise ValueError(msg)
        if self.approval:
            require_markable(self.handler, self.approval)
            if self.attachments or self.face is Face.PUBLIC:
                msg = f"{self.approval.name}: {self.path} has files, or is for customers, and cannot wait for a second person"
                raise ValueError(msg)
        keeps = self.kept or self.kept_as is not None
        if keeps and (self.face is not Face.PORTAL or self.attachments or (self.kept and self.parameters)):
            msg = (
                f"{self.handler.__name__} cannot be kept: a phone keeps pages of the portal without parameters, and its forms without files"
            )
            raise ValueError(msg)

    @property
    def key(self) -> str:
        """Its name among the plugin's operations."""
        return f"{self.face.value} {self.method} {self.path}"

    @property
    def attachments(self) -> frozenset[str]:
        """The fields of the form that files are sent in."""
        fields = self.form.model_fields.items() if self.form else ()
        return frozenset(name for name, one in fields if Upload in _types_of(one.annotation))


@dataclass(frozen=True)
class MenuItem:
    """An entry of a face's menu.

    Attributes:
        path: below the plugin's address on that face.
        label: a key of the plugin's catalogue.
        icon: a name of the icon sprite.
    """

    face: Face
    path: str
    label: str
    icon: str
    permission: str


@dataclass(frozen=True)
class Tile:
    """A task on the portal's home; `note` is its red second line, where something waits."""

    path: str
    label: str
    icon: str
    note: str | None = None


@dataclass(frozen=True)
class HomePart:
    """What a plugin has to say on the portal's home.

    Attributes:
        sentence: a key of the catalogue, whose sentence may mark figures with `<b>`; None: nothing to say.
        values: the sentence's values.
        primary: the plugin's main task; the first plugin's is the page's one blue button, another's is its first tile.
        tiles: the first six of all plugins stand on the home page, the others on the page behind it.
        detail: where more is said about the sentence, below the plugin's address on the portal; None: nowhere.
    """

    sentence: str | None = None
    values: Mapping[str, object] = field(default_factory=dict)
    primary: Tile | None = None
    tiles: tuple[Tile, ...] = ()
    detail: str | None = None


@dataclass(frozen=True)
class Undo:
    """Something that the visitor did on the portal and can take back by a tap, on whatever page of it.

    Attributes:
        path: of the command that takes it back, below the plugin's address on the portal; its form has no field. It is sent with one
            key whatever page it is sent from, so that it is carried out once and a second tap gets the same answer.
        label: a key of the catalogue: what was done, as a short sentence.
        done_at: when, aware; of several things the last one is offered.
        until: when it is too late, aware. It is offered for ten minutes at most.
        values: the sentence's values.
    """

    path: str
    label: str
    done_at: datetime
    until: datetime
    values: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True)
class TablePage:
    """A table on the console, below the plugin's address there; its files and its actions stand below its own."""

    path: str
    table: Table
    permission: str


class Pages:
    """The pages of one plugin."""

    def __init__(self) -> None:
        self.operations: list[PageOperation] = []
        self.tables: list[TablePage] = []

    def table(self, path: str, table: Table, *, permission: str) -> None:
        """Declare a table of the console: the host draws it, asks its source, and gives it as files (since 0.1)."""
        self.tables.append(TablePage(path, table, permission))

    def get(
        self, face: Face, path: str, *, permission: str | None, listing: Listing | None = None, kept: bool = False
    ) -> Callable[[Handler], Handler]:
        """Declare a page, or the live part of one. It must change nothing.

        Args:
            listing: of a public page for everybody with one parameter, an id: those of its objects that search engines shall find.
                ValueError for another page.
            kept: whether the phone keeps it and opens it without network: a page of the portal from which one commands at the stall.
        """
        return self._declare(partial(PageOperation, face, "GET", path, permission=permission, listing=listing, kept=kept))

    def paper(self, face: Face, path: str, *, permission: str) -> Callable[[Handler], Handler]:
        """Declare something to print: the handler answers with a `Stand`, a `Roll` or `Slips`, and the host gives it as a PDF (since 0.1).

        It is asked as a page is, for whoever holds the permission, and must change nothing: what stands on paper is made by a command
        before, and its paper is the same as often as it is taken. Nobody takes paper without having signed in. A language that the
        font cannot write is answered in the foundation's own: `ctx.language` says which.
        """
        return self._declare(partial(PageOperation, face, "GET", path, permission=permission, paper=True))

    def post(
        self, face: Face, path: str, *, permission: str, approval: Approval | None = None, kept_as: str | None = None
    ) -> Callable[[Handler], Handler]:
        """Declare a command of a form. Nobody commands without having signed in.

        Args:
            approval: the mark of a command that a foundation may want a second person to confirm: of a merchant or of the foundation's
                people, and without files, which nobody keeps meanwhile. ValueError otherwise.
            kept_as: of a command that the phone may keep without network, to be sent once and within a day: what it is called meanwhile, a
                key of the catalogue whose sentence may name fields of the form. Fit is what an hour later is as right or refused plainly,
                and what holds no secret.
        """
        return self._declare(partial(PageOperation, face, "POST", path, permission=permission, approval=approval, kept_as=kept_as))

    def _declare(self, declared: Callable[..., PageOperation]) -> Callable[[Handler], Handler]:
        def declare(handler: Handler) -> Handler:
            hints = get_type_hints(handler)
            names = list(inspect.signature(handler).parameters)[1:]
            parameters = {name: hints[name] for name in names if name not in {"form", "query"}}
            self.operations.append(declared(handler=handler, query=hints.get("query"), form=hints.get("form"), parameters=parameters))
            return handler

        return declare
