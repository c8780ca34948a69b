"""The services that the host gives to plugins, as Protocols. Each works in the transaction of the request or job."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol
from uuid import UUID

from pydantic import BaseModel

from smilero_sdk.events import Event
from smilero_sdk.registry import Shop
from smilero_sdk.roles import Role


class Slots(Protocol):
    """Places on a plugin's page where other plugins show themselves."""

    async def shop(self, shop: Shop) -> Sequence[str]:
        """What the other enabled plugins show of a shop: safe markup, in order."""


class Events(Protocol):
    """What happened, told to others after the commit."""

    async def emit(self, event: Event, /) -> None:
        """Write an event into this transaction. Its type must be in the manifest; ValueError otherwise."""


class Jobs(Protocol):
    """What is done later."""

    async def later(self, name: str, payload: BaseModel | None = None, /, *, at: datetime | None = None, key: str | None = None) -> None:
        """Queue a job of this plugin in this transaction.

        Args:
            at: not before; None: at once.
            key: while a job of the name waits under a key, another with it is not queued.
        """

    async def cancel(self, name: str, key: str, /) -> bool:
        """Take a waiting job back; whether there was one."""


class Realtime(Protocol):
    """Pages that are open just now."""

    def ring(self, topic: str, /) -> None:
        """After the commit, let every page that is live on this topic look again."""


@dataclass(frozen=True)
class Person:
    """Somebody, as plugins see one: never with a number. Messages go by the id."""

    id: UUID
    name: str
    language: str


class People(Protocol):
    """The people of the tenant."""

    async def get(self, person_id: UUID) -> Person:
        """The person. Raises `http.not_found`."""

    async def by_phone(self, phone: str) -> Person | None:
        """The person of a whole number. Raises `identity.phone`."""

    async def by_tail(self, digits: str) -> list[Person]:
        """The people whose number ends in four digits, as a number is asked for at a Korean counter. Raises `identity.tail`."""

    async def ensure(self, phone: str, name: str) -> Person:
        """The person of a number, made a customer when nobody has it yet. Raises `identity.phone`."""

    async def working_at(self, shop_id: UUID, role: Role) -> list[Person]:
        """The merchants or clerks of a shop."""


class Messages(Protocol):
    """What people are told."""

    async def send(self, template: str, to: UUID, /, **values: object) -> UUID:
        """Queue a message of one of the manifest's templates to a person, in that person's language.

        It leaves after the commit. Raises `messages.no_address` (409) for somebody without a number.
        """


class Audit(Protocol):
    """Who did what, as a sentence."""

    async def record(
        self,
        sentence: str,
        /,
        subject: UUID | None = None,
        *,
        before: Mapping[str, object] | None = None,
        after: Mapping[str, object] | None = None,
        **values: object,
    ) -> None:
        """Write an entry of the audit log into this transaction.

        Args:
            sentence: a key of the catalogue; the values are its own, ids and figures rather than personal data.
            subject: what it was done to.
            before, after: what changed, by name; the console calls `colour` by the sentence `<plugin>.audit.field.colour` if it is there.
        """


class PictureSize(StrEnum):
    """How large a picture is asked for: of a list, of a page, of the whole screen."""

    SMALL = "small"
    MEDIUM = "medium"
    LARGE = "large"

    @property
    def pixels(self) -> int:
        """At most so long is its longer side."""
        return {"small": 320, "medium": 800, "large": 1600}[self.value]


@dataclass(frozen=True)
class StoredFile:
    """A file that is kept.

    Attributes:
        size: bytes.
        public: whether anybody who has its address may see it.
        width, height: of a picture, in pixels, at its largest; None for other files.
    """

    id: UUID
    name: str
    media_type: str
    size: int
    public: bool
    width: int | None
    height: int | None


@dataclass(frozen=True)
class Picture:
    """A picture for a template: `ui/files.html` has the macro that shows it.

    Attributes:
        paths: by size, where a browser gets it.
        width, height: pixels at its largest, so that the page does not jump when it comes.
    """

    paths: Mapping[PictureSize, str]
    width: int
    height: int

    @property
    def widths(self) -> Mapping[PictureSize, int]:
        """How wide it is in each size, in pixels."""
        longer = max(self.width, self.height)
        return {size: round(self.width * min(1.0, size.pixels / longer)) for size in PictureSize}


class Upload(Protocol):
    """A file that came with a form, stored already but not kept yet: what nobody keeps is gone a day later."""

    @property
    def name(self) -> str:
        """As the sender calls it."""

    @property
    def media_type(self) -> str:
        """Found from the content, not from what the sender says."""

    @property
    def size(self) -> int:
        """Bytes."""


class Files(Protocol):
    """Files of this plugin."""

    async def keep(self, upload: Upload, /, *, public: bool = False) -> StoredFile:
        """Keep what came with a form.

        Args:
            public: whether anybody who has the address may see it, as a picture on a shop's page.
        """

    async def get(self, file_id: UUID) -> StoredFile:
        """The file. Raises `http.not_found`."""

    async def find(self, file_ids: Collection[UUID]) -> Mapping[UUID, StoredFile]:
        """Those of the files that there are, in one statement."""

    def path(self, file: StoredFile, /, size: PictureSize = PictureSize.LARGE) -> str:
        """Where a browser gets it, on this host: a lasting address of a public file, else one that is good for ten minutes at most."""

    def picture(self, file: StoredFile, /) -> Picture:
        """A picture for a template, in every size. Raises ValueError for a file that is none."""

    async def delete(self, file_id: UUID) -> None:
        """Forget it after the commit. Raises `http.not_found`."""


@dataclass(frozen=True)
class Hold:
    """Money that a provider holds for us. Amounts are won."""

    id: UUID
    amount: int
    state: str


class Payments(Protocol):
    """Customers' money, at a provider; it never rests with us. Raises `payments.unavailable` (409) where a tenant has none."""

    async def hold(self, reference: UUID, person_id: UUID, amount: int, /) -> Hold:
        """Ask for a sum to be held, under a reference of ours that makes a repetition harmless."""

    async def capture(self, hold_id: UUID, amount: int, /) -> Hold:
        """Take all or a part of it; the rest is released."""

    async def release(self, hold_id: UUID, /) -> Hold:
        """Give it back."""
