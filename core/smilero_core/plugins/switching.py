"""Switching plugins on and off: whether it may be, who hears of it, and what is written."""

from collections.abc import Awaitable, Iterable
from http import HTTPStatus

from smilero_core.plugins.context import Context
from smilero_core.plugins.failures import note_failure
from smilero_core.plugins.gate import is_uninstalled, switch
from smilero_sdk.errors import Problem, not_found
from smilero_sdk.manifest import Plugin

_ON, _OFF = "on_enabled", "on_disabled"


class Switchboard:
    """The switches of one tenant within one transaction.

    Args:
        context: the core's own, by whom it is done.
    """

    def __init__(self, context: Context) -> None:
        self._context = context
        self._host = context.services.host

    async def enable(self, name: str) -> None:
        """Switch a plugin on. It is told in the same transaction, and its refusal is the answer.

        Raises `http.not_found`, `plugins.not_listed`, `plugins.uninstalled`, `plugins.needs`, `plugins.conflicts` (409),
        `plugins.switch_failed` (500).
        """
        plugin = self._require_installed(name)
        if name not in self._host.listed:
            raise Problem("plugins.not_listed", HTTPStatus.CONFLICT, name=self.title(name))
        if await is_uninstalled(self._context.host, name):
            raise Problem("plugins.uninstalled", HTTPStatus.CONFLICT, name=name)
        on = await self._on()
        missing = [other for other in plugin.depends_on if other not in on]
        if missing:
            raise Problem("plugins.needs", HTTPStatus.CONFLICT, name=self.title(name), others=self._titles(missing))
        clashing = [other for other in sorted(on) if other in plugin.conflicts_with or name in self._host.plugins[other].conflicts_with]
        if clashing:
            raise Problem("plugins.conflicts", HTTPStatus.CONFLICT, name=self.title(name), others=self._titles(clashing))
        if name not in on:
            await switch(self._context.host, name, enabled=True)
            await self._tell(name, _ON)
            await self._context.audit.record("plugins.audit.enabled", name=name)

    async def disable(self, name: str) -> None:
        """Switch a plugin off. Its data stays. Raises `http.not_found`, `plugins.needed` (409) while others that are on depend on it."""
        self._require_installed(name)
        on = await self._on()
        dependent = [other for other in sorted(on) if name in self._host.plugins[other].depends_on]
        if dependent:
            raise Problem("plugins.needed", HTTPStatus.CONFLICT, name=self.title(name), others=self._titles(dependent))
        if name in on:
            await switch(self._context.host, name, enabled=False)
            await self._tell(name, _OFF)
            await self._context.audit.record("plugins.audit.disabled", name=name)

    def title(self, name: str) -> str:
        """What people call it, in the language of the context."""
        return self._host.title(name, self._context.language)

    def _require_installed(self, name: str) -> Plugin:
        plugin = self._host.plugins.get(name)
        if plugin is None:
            raise not_found("plugin")
        return plugin

    async def _on(self) -> frozenset[str]:
        return (await self._context.services.gate.read(self._context.host)).open

    def _titles(self, names: Iterable[str]) -> str:
        return ", ".join(self.title(name) for name in names)

    async def _tell(self, name: str, hook: str) -> None:
        implementation = self._host.implementation(name, hook)
        if implementation is None:
            return
        try:
            async with self._context.host.savepoint():
                told = implementation.function(ctx=self._context.for_plugin(name))
                if isinstance(told, Awaitable):
                    await told
        except Exception as error:
            if hook == _ON and isinstance(error, Problem):
                raise
            note_failure(self._context, name, hook, error)
            if hook == _ON:
                raise Problem("plugins.switch_failed", HTTPStatus.INTERNAL_SERVER_ERROR, name=self.title(name)) from error
