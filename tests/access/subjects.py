"""Everything that the assembled application answers to, read from its router and from what is declared."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.metadata import entry_points

from starlette.routing import BaseRoute, Mount, Route

from smilero_core.db.settings import DatabaseSettings
from smilero_web.api.operations import Address, Mounted
from smilero_web.app import Application
from smilero_web.runtime import assemble
from smilero_web.settings import Environment, WebSettings
from smilero_web.static_files import BuiltFiles
from smilero_web.webhooks import PluginWebhooks

_CONVERTER = re.compile(r":\w+\}")


@dataclass(frozen=True)
class Subject:
    """A method at an address.

    Attributes:
        path: with its parameters as `{name}`.
        operation: of the API; None for everything else.
    """

    method: str
    path: str
    operation: Mounted | None = None

    @property
    def name(self) -> str:
        """How people call it."""
        return f"{self.method} {self.path}"

    @property
    def is_api(self) -> bool:
        """Whether a bearer token is asked for, no cookie."""
        return self.operation is not None


@cache
def subjects() -> Mapping[str, Subject]:
    """By their names."""
    return {one.name: one for one in _read(Environment.DEMO)}


@cache
def in_production() -> frozenset[str]:
    """The names of those that are there without demo mode."""
    return frozenset(one.name for one in _read(Environment.PRODUCTION))


def plain(path: str) -> str:
    """A path of the router without its converters."""
    return _CONVERTER.sub("}", path)


def _read(environment: Environment) -> Iterator[Subject]:
    parts = assemble(WebSettings(env=environment, plugins=",".join(sorted(entry_points(group="smilero.plugins").names))))
    application = Application(parts, DatabaseSettings())
    webhooks = [f"/webhooks/{plugin}/{name}" for plugin, one in parts.host.declared.items() for name in one.webhooks]
    operations = {(plain(one.path), one.operation.method): one for one in application.operations}
    for route in application.build().routes:
        yield from _of(route, operations, webhooks)


def _of(route: BaseRoute, operations: Mapping[tuple[str, str], Mounted], webhooks: list[str]) -> Iterator[Subject]:
    if isinstance(route, Mount):
        assert isinstance(route.app, BuiltFiles), f"{route.path} is mounted and nobody looks into it"
        yield Subject("GET", f"{route.path}/{{file}}")
        return
    assert isinstance(route, Route), f"{route} is of a kind that nobody looks at"
    if isinstance(route.endpoint, PluginWebhooks):
        yield from (Subject("POST", path) for path in webhooks)
    elif isinstance(route.endpoint, Address):
        path = plain(route.path)
        yield from (Subject(method, path, one) for (at, method), one in operations.items() if at == path)
    else:
        # A route without methods answers 405 for those that its address does not have.
        yield from (Subject(method, plain(route.path)) for method in sorted((route.methods or set()) - {"HEAD"}))
