"""Four eyes: a command that a foundation may want a second person to confirm before it is carried out."""

import inspect
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Fact:
    """One thing that will be done, for whoever confirms.

    Attributes:
        label: a key of the catalogue.
        value: a figure or words, as they are read.
    """

    label: str
    value: str


@dataclass(frozen=True)
class Proposal:
    """What a command will do, in words and figures: all that somebody needs to know who says yes or no to it.

    Attributes:
        sentence: a key of the catalogue.
        values: the sentence's: numbers and texts.
        facts: the figures, one a line.
    """

    sentence: str
    values: Mapping[str, int | str] = field(default_factory=dict)
    facts: tuple[Fact, ...] = ()


Describe = Callable[..., Awaitable[Proposal | None]]


@dataclass(frozen=True)
class Approval:
    """The mark of such a command. A foundation switches it on, for each name; until then the command is carried out at once.

    Several operations that do the same, as a page and the API do, share a name.

    Attributes:
        name: `<plugin>.<word>`; the sentence `approval.<name>` says what is done, as "큰 금액의 쿠폰 만들기".
        describe: `async (ctx, …)` with the parameters of the operation's own handler. It tells what will be done, and writes nothing.
            It is asked again before the command is carried out, which it is only where the same is said: all that matters stands in it, and
            nothing that hangs on the hour.
            None: too small a thing for two. What keeps the command from being carried out it raises as the handler would.
    """

    name: str
    describe: Describe


def require_markable(handler: Callable[..., object], approval: Approval | None) -> None:
    """Raises ValueError for a mark that cannot be described with what the handler is given."""
    if approval is None:
        return
    wanted, given = (set(list(inspect.signature(one).parameters)[1:]) for one in (handler, approval.describe))
    if wanted != given:
        msg = f"{approval.name}: {approval.describe.__name__} must take what {handler.__name__} takes: {', '.join(sorted(wanted))}"
        raise ValueError(msg)
