"""Shops that do without a plugin that their foundation has on."""

from http import HTTPStatus
from uuid import UUID

from smilero_core.plugins.context import Context
from smilero_sdk.errors import Problem, not_found
from smilero_sdk.i18n import in_language
from smilero_sdk.ids import uuid7
from smilero_sdk.manifest import Level, Plugin


class ShopSwitches:
    """What one shop has on, within one transaction.

    Args:
        context: the core's own, by whom it is done.
    """

    def __init__(self, context: Context, shop_id: UUID) -> None:
        self._context = context
        self._shop_id = shop_id

    def plugins(self) -> list[Plugin]:
        """Those that the foundation has on and a shop may do without."""
        host = self._context.services.host.plugins
        return [host[name] for name in sorted(self._context.plugins.open) if host[name].level is Level.SHOP]

    def has(self, plugin: str) -> bool:
        """Whether the shop has it, as the gate knew when the request came."""
        return not self._context.plugins.does_without(plugin, self._shop_id)

    async def switch(self, plugin: str, *, enabled: bool) -> None:
        """Do with or without a plugin; twice is once. Its data stays.

        Raises `http.not_found` for what is off, or is no shop's to choose; `plugins.needed_here` (409) while others at the shop need it.
        """
        if plugin not in {one.name for one in self.plugins()}:
            raise not_found("plugin")
        if not enabled:
            self._require_unneeded(plugin)
        if await self._write(plugin, enabled=enabled):
            sentence = "plugins.audit.shop_with" if enabled else "plugins.audit.shop_without"
            await self._context.audit.record(sentence, self._shop_id, name=plugin)

    def _require_unneeded(self, plugin: str) -> None:
        needing = [one for one in self.plugins() if plugin in one.depends_on and self.has(one.name)]
        if needing:
            language = self._context.language
            others = ", ".join(in_language(one.title, language) for one in needing)
            raise Problem("plugins.needed_here", HTTPStatus.CONFLICT, others=others)

    async def _write(self, plugin: str, *, enabled: bool) -> bool:
        session = self._context.host
        if enabled:
            return bool(await session.execute("delete from core.plugin_opt_out where plugin = $1 and shop_id = $2", plugin, self._shop_id))
        return bool(
            await session.execute(
                """
                insert into core.plugin_opt_out (id, plugin, shop_id) values ($1, $2, $3)
                on conflict (tenant_id, plugin, shop_id) do nothing
                """,
                uuid7(),
                plugin,
                self._shop_id,
            )
        )
