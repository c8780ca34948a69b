"""What happened, told to other plugins after the commit: by name and version, never by import."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar, TypeVar
from uuid import UUID

from pydantic import BaseModel, ConfigDict

Model = TypeVar("Model", bound=BaseModel)


class Event(BaseModel):
    """The schema of one event type: `class Redeemed(Event, name="redeemed"): …`, told as `<plugin>.redeemed`.

    Fields are ids, figures, times and words of an enumeration; free text is refused at start, so that a payload cannot
    carry personal data. A change that a subscriber could notice is a new `version`.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    event_name: ClassVar[str] = ""
    event_version: ClassVar[int] = 1

    def __init_subclass__(cls, *, name: str = "", version: int = 1, **kwargs: Any) -> None:  # noqa: ANN401 - pydantic's own
        """Take the name and version of the class line."""
        super().__init_subclass__(**kwargs)
        cls.event_name = name
        cls.event_version = version


@dataclass(frozen=True)
class Happened:
    """An event as a subscriber gets it.

    Attributes:
        id: the same at every delivery.
        name: `<plugin>.<event>`.
        occurred_at: aware, UTC.
    """

    id: UUID
    name: str
    version: int
    payload: Mapping[str, Any]
    occurred_at: datetime

    def read(self, model: type[Model]) -> Model:
        """The payload as a model of the subscriber's own: plugins share names, not classes."""
        return model.model_validate(self.payload)


EventHandler = Callable[..., Awaitable[None]]
Handler = TypeVar("Handler", bound=EventHandler)


@dataclass(frozen=True)
class Subscription:
    """One handler of one event type.

    Attributes:
        event: `<plugin>.<event>`.
        name: the handler's own, stable: a delivery is remembered under it.
    """

    event: str
    version: int
    name: str
    handler: EventHandler


class Subscriptions:
    """The events that a plugin listens to."""

    def __init__(self) -> None:
        self.all: list[Subscription] = []

    def on(self, event: str, *, version: int = 1) -> Callable[[Handler], Handler]:
        """Call `async (ctx, event: Happened)` for each event of a type, once.

        The effect and the note that the event was handled are one transaction. One that fails is tried again with growing
        pauses, then put aside and shown in the console. Events come in no particular order.
        """

        def declare(handler: Handler) -> Handler:
            self.all.append(Subscription(event, version, handler.__name__, handler))
            return handler

        return declare
