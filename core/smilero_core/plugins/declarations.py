"""What the plugins declare: asked of each once, when the process starts, and never changed."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import TypeVar

from smilero_core.plugins.refusal import PluginLoadError
from smilero_sdk.answers import Measure
from smilero_sdk.api import Api, Operation
from smilero_sdk.events import Subscription, Subscriptions
from smilero_sdk.jobs import Job, Jobs, Schedule, Schedules
from smilero_sdk.pages import MenuItem, PageOperation, Pages, TablePage
from smilero_sdk.webhooks import Webhook, Webhooks

Made = TypeVar("Made")

# How a hook is asked: its name and what it must return; None where the plugin does not have it.
Ask = Callable[[str, type], object]


@dataclass(frozen=True)
class Declared:
    """What one plugin declares; empty where it declares nothing.

    Attributes:
        operations: of its JSON API.
        pages: of the three faces; `tables` of the console.
        subscriptions: the events that it listens to.
    """

    operations: tuple[Operation, ...]
    pages: tuple[PageOperation, ...]
    tables: tuple[TablePage, ...]
    menu: tuple[MenuItem, ...]
    webhooks: Mapping[str, Webhook]
    subscriptions: tuple[Subscription, ...]
    jobs: Mapping[str, Job]
    schedules: Mapping[str, Schedule]
    measures: Mapping[str, Measure]

    @classmethod
    def of(cls, plugin: str, ask: Ask) -> "Declared":
        """Ask a plugin. Raises PluginLoadError for an answer that is none, or that says something twice."""

        def asked(hook: str, kind: type[Made]) -> Made:
            made = ask(hook, kind)
            return made if isinstance(made, kind) else kind()

        pages = asked("register_pages", Pages)
        return cls(
            operations=tuple(asked("register_api", Api).operations),
            pages=tuple(pages.operations),
            tables=tuple(pages.tables),
            menu=tuple(asked("register_menu", list)),
            webhooks=_by_name(plugin, asked("register_webhooks", Webhooks).all),
            subscriptions=tuple(_by_name(plugin, asked("register_subscriptions", Subscriptions).all).values()),
            jobs=_by_name(plugin, asked("register_jobs", Jobs).all),
            schedules=_by_name(plugin, asked("register_schedules", Schedules).all),
            measures=_by_name(plugin, asked("register_measures", list)),
        )

    @property
    def marked(self) -> dict[str, PageOperation | Operation]:
        """The commands that may need a second person, by their keys."""
        asked: list[PageOperation | Operation] = [*self.pages, *self.operations]
        return {one.key: one for one in asked if one.approval is not None}

    @property
    def approvals(self) -> dict[str, frozenset[str]]:
        """The names of what may need a second person, each with the permissions of its commands."""
        return approvals_among(self.marked.values())

    @property
    def permissions(self) -> list[tuple[str, str]]:
        """What is asked for and where: (address or job, permission)."""
        asked: list[Operation | PageOperation | MenuItem] = [*self.operations, *self.pages, *self.menu]
        named = [(f"the job {name!r}", job.permission) for name, job in self.jobs.items()]
        for one in self.tables:
            table = one.table
            held = [one.permission, *(part.permission for part in table.columns), *(part.permission for part in table.links)]
            named += [(f"the table {one.path}", permission) for permission in (*held, *(part.permission for part in table.actions))]
        return [
            (where, permission) for where, permission in [*((one.path, one.permission) for one in asked), *named] if permission is not None
        ]


def approvals_among(operations: Iterable[PageOperation | Operation]) -> dict[str, frozenset[str]]:
    """The names of what may need a second person, each with the permissions of its commands."""
    found: dict[str, frozenset[str]] = {}
    for one in operations:
        if one.approval is not None and one.permission is not None:
            found[one.approval.name] = found.get(one.approval.name, frozenset()) | {one.permission}
    return found


Named = TypeVar("Named", Webhook, Subscription, Job, Schedule, Measure)


def _by_name(plugin: str, all_of_them: list[Named]) -> dict[str, Named]:
    found: dict[str, Named] = {}
    for one in all_of_them:
        if not getattr(one, "name", None):
            raise PluginLoadError(plugin, f"{one!r} has no name")
        if one.name in found:
            raise PluginLoadError(plugin, f"it declares {one.name!r} twice as a {type(one).__name__.lower()}")
        found[one.name] = one
    return found
