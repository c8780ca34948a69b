"""Pages of the three faces, declared once: the host mounts them, checks door, session and permission, and renders."""

import inspect
from collections.abc import Awaitable, Callable, Hashable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Annotated, Any, TypeVar, get_args, get_type_hints

from pydantic import BaseModel, ConfigDict, PlainValidator, ValidationInfo, field_validator

from smilero_sdk.services import Upload
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
    """A template of the plugin, `<plugin>/<file>.html`, and what it shows: a page, or a part of somebody else's."""

    template: str
    context: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Redirect:
    """Where to go on: a path of this host. A command ends in one, so that a reload sends nothing again."""

    path: str


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


Answer = View | Redirect | Live


def _types_of(annotation: object) -> set[object]:
    """A type and all that it is made of."""
    return {annotation}.union(*(_types_of(part) for part in get_args(annotation) if isinstance(part, Hashable)))


@dataclass(frozen=True)
class PageOperation:
    """One page or command.

    Attributes:
        handler: `async (ctx, [query], [form], **path parameters) -> View | Redirect | Live`.
        permission: what the visitor's role must hold; None on a public page: no sign-in is needed.
        form: of a POST; it carries an idempotency key, and the same key gets the same answer.
    """

    face: Face
    method: str
    path: str
    handler: Callable[..., Awaitable[Answer]]
    permission: str | None
    query: type[BaseModel] | None
    form: type[BaseModel] | None
    parameters: Mapping[str, type]

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
        primary: the plugin's main task; the first plugin's is the page's one blue button.
    """

    sentence: str | None = None
    values: Mapping[str, object] = field(default_factory=dict)
    primary: Tile | None = None
    tiles: tuple[Tile, ...] = ()


class Pages:
    """The pages of one plugin."""

    def __init__(self) -> None:
        self.operations: list[PageOperation] = []

    def get(self, face: Face, path: str, *, permission: str | None) -> Callable[[Handler], Handler]:
        """Declare a page, or the live part of one. It must change nothing."""
        return self._declare(face, "GET", path, permission)

    def post(self, face: Face, path: str, *, permission: str) -> Callable[[Handler], Handler]:
        """Declare a command of a form. Nobody commands without having signed in."""
        return self._declare(face, "POST", path, permission)

    def _declare(self, face: Face, method: str, path: str, permission: str | None) -> Callable[[Handler], Handler]:
        def declare(handler: Handler) -> Handler:
            hints = get_type_hints(handler)
            names = list(inspect.signature(handler).parameters)[1:]
            parameters = {name: hints[name] for name in names if name not in {"form", "query"}}
            self.operations.append(
                PageOperation(face, method, path, handler, permission, hints.get("query"), hints.get("form"), parameters)
            )
            return handler

        return declare
