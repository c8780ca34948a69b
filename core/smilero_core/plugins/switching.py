"""Switching plugins on and off: whether it may be, who hears of it, and what is written."""

from collections.abc import Iterable
from http import HTTPStatus

from smilero_core.plugins.calling import call_plugin, is_the_databases
from smilero_core.plugins.context import Context
from smilero_core.plugins.failures import note_failure
from smilero_core.plugins.gate import is_uninstalled, switch
from smilero_sdk.errors import Problem, not_found
from smilero_sdk.manifest import Plugin


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
        obstacle = await self.obstacle(name)
        if obstacle is not None:
            raise obstacle
        if name not in await self._on():
            await switch(self._context.host, name, enabled=True)
            # What was chosen before counts from the first call on.
            self._context.plugins = await self._context.services.gate.read(self._context.host)
            await self._tell_on(name)
            await self._context.audit.record("plugins.audit.enabled", name=name)

    async def obstacle(self, name: str) -> Problem | None:
        """Why a plugin cannot be switched on just now, if anything keeps it. Raises `http.not_found`."""
        plugin = self._require_installed(name)
        if name not in self._host.listed:
            return Problem("plugins.not_listed", HTTPStatus.CONFLICT, name=self.title(name))
        if await is_uninstalled(self._context.host, name):
            return Problem("plugins.uninstalled", HTTPStatus.CONFLICT, name=name)
        on = await self._on()
        missing = [other for other in plugin.depends_on if other not in on]
        if missing:
            return Problem("plugins.needs", HTTPStatus.CONFLICT, name=self.title(name), others=self._titles(missing))
        clashing = [other for other in sorted(on) if other in plugin.conflicts_with or name in self._host.plugins[other].conflicts_with]
        if clashing:
            return Problem("plugins.conflicts", HTTPStatus.CONFLICT, name=self.title(name), others=self._titles(clashing))
        return None

    async def disable(self, name: str) -> None:
        """Switch a plugin off. Its data stays. Raises `http.not_found`, `plugins.needed` (409) while others that are on depend on it."""
        self._require_installed(name)
        on = await self._on()
        dependent = [other for other in sorted(on) if name in self._host.plugins[other].depends_on]
        if dependent:
            raise Problem("plugins.needed", HTTPStatus.CONFLICT, name=self.title(name), others=self._titles(dependent))
        if name in on:
            await switch(self._context.host, name, enabled=False)
            await self._tell_off(name)
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

    async def _tell_on(self, name: str) -> None:
        try:
            await call_plugin(self._context, name, "on_enabled")
        except Problem:
            raise
        except Exception as error:
            raise Problem("plugins.switch_failed", HTTPStatus.INTERNAL_SERVER_ERROR, name=self.title(name)) from error

    async def _tell_off(self, name: str) -> None:
        """Nothing that it does keeps a plugin from being switched off."""
        try:
            await call_plugin(self._context, name, "on_disabled")
        except Problem as problem:
            if is_the_databases(self._context.unit, problem):
                raise
            note_failure(self._context, name, "on_disabled", problem)
        except Exception as error:
            if is_the_databases(self._context.unit, error):
                raise
