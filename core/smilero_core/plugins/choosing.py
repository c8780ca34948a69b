"""Choosing: what a foundation or a shop wants of a plugin, checked by the model, told to the plugin, and put on record."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from http import HTTPStatus
from uuid import UUID

from pydantic import SecretStr, ValidationError

from smilero_core.plugins.calling import call_plugin
from smilero_core.plugins.chosen import ChosenSettings
from smilero_core.plugins.context import Context
from smilero_core.plugins.fields import Kind, SettingField, fields_of
from smilero_sdk.errors import Problem, not_found
from smilero_sdk.settings import Settings

_LIMITS = frozenset({"ge", "gt", "le", "lt", "max_length", "min_length"})


@dataclass(frozen=True)
class Fault:
    """Why a value cannot be.

    Attributes:
        name: the setting; empty for what concerns several together.
        reason: its sentence is `invalid.<reason>`, with the limits as its values. Never what was written.
    """

    name: str
    reason: str
    limits: Mapping[str, object] = field(default_factory=dict)


class UnfitError(Exception):
    """What was chosen does not fit; nothing was changed."""

    def __init__(self, faults: list[Fault]) -> None:
        super().__init__(", ".join(f"{fault.name}: {fault.reason}" for fault in faults))
        self.faults = faults


@dataclass(frozen=True)
class Choice:
    """What is chosen now.

    Attributes:
        mark: another whenever something else is stored.
    """

    values: Settings
    mark: str


class Choosing:
    """The settings of one plugin, of the foundation or of one shop, within one transaction.

    Args:
        context: the core's own, by whom it is chosen.
        shop_id: None: the foundation's.

    Raises:
        Problem: `http.not_found` where there is nothing to choose.
    """

    def __init__(self, context: Context, plugin: str, shop_id: UUID | None = None) -> None:
        manifest = context.services.host.plugins.get(plugin)
        model = None if manifest is None else manifest.settings if shop_id is None else manifest.shop_settings
        if model is None:
            raise not_found("settings")
        self.plugin = plugin
        self.shop_id = shop_id
        self._context = context
        self._model = model
        self._store = ChosenSettings(context.services.vault, context.tenant.id, plugin)

    @cached_property
    def fields(self) -> list[SettingField]:
        """What there is to choose, in order."""
        return fields_of(self._model)

    @property
    def prefix(self) -> str:
        """How the keys of the sentences begin."""
        return sentences_of(self.plugin, for_shop=self.shop_id is not None)

    @cached_property
    def defaults(self) -> Settings:
        """What holds where nothing was chosen."""
        return self._model()

    async def lock(self) -> None:
        """Let whoever else chooses here go first, until the end of the transaction."""
        await self._context.host.fetch_value(
            "select pg_advisory_xact_lock(hashtextextended(current_setting('app.tenant_id') || $1, 0))::text",
            f"settings {self.plugin} {self.shop_id}",
        )

    async def read(self) -> Choice:
        """What is chosen now."""
        stored = await self._store.read(self._context.host, self.shop_id)
        told = json.dumps(stored, sort_keys=True).encode()
        return Choice(self._store.of(self._model, stored), hashlib.sha256(told).hexdigest()[:16])

    async def faults(self, wanted: Mapping[str, object]) -> list[Fault]:
        """What the model has against a choice."""
        now = await self.read()
        try:
            self._checked({**now.values.model_dump(mode="python"), **wanted})
        except UnfitError as unfit:
            return unfit.faults
        return []

    async def save(self, wanted: Mapping[str, object], *, mark: str | None = None) -> list[str]:
        """Choose. What is not named stays; the plugin may refuse, and then nothing is changed. Returns the names of what changed.

        Args:
            wanted: by the names of settings.
            mark: of the choice that was looked at, or None where each setting is chosen by itself.

        Raises:
            UnfitError: the model refuses it.
            Problem: `plugins.settings.meanwhile` (409) when somebody else chose since; `plugins.settings.failed` (500); the plugin's own.
        """
        await self.lock()
        now = await self.read()
        after = self._checked({**now.values.model_dump(mode="python"), **wanted})
        changed = [name for name in self._model.model_fields if getattr(now.values, name) != getattr(after, name)]
        if not changed:
            return []
        if mark is not None and mark != now.mark:
            raise Problem("plugins.settings.meanwhile", HTTPStatus.CONFLICT)
        async with self._context.host.savepoint():
            await self._store.keep(self._context.host, self.shop_id, after)
            await self._tell(now.values, after)
        await self._record(changed, now.values, after)
        return changed

    def _checked(self, values: Mapping[str, object]) -> Settings:
        try:
            return self._model.model_validate(values)
        except ValidationError as error:
            # Built anew: the error of pydantic holds what was written, a secret perhaps.
            faults = [
                Fault(
                    str(found["loc"][0]) if found["loc"] else "",
                    found["type"],
                    {name: value for name, value in found.get("ctx", {}).items() if name in _LIMITS},
                )
                for found in error.errors(include_url=False, include_input=False)
            ]
        raise UnfitError(faults)

    async def _tell(self, before: Settings, after: Settings) -> None:
        # A shop's choice is the shop's own; a plugin that is off is told nothing.
        if self.shop_id is not None or self.plugin not in self._context.plugins.open:
            return
        try:
            await call_plugin(self._context, self.plugin, "on_settings_changed", before=before, after=after)
        except Problem:
            raise
        except Exception as error:
            raise Problem("plugins.settings.failed", HTTPStatus.INTERNAL_SERVER_ERROR) from error

    async def _record(self, changed: list[str], before: Settings, after: Settings) -> None:
        open_ones = [one.name for one in self.fields if one.name in changed and one.kind is not Kind.SECRET]
        sealed = {one.name: self._said(getattr(after, one.name)) for one in self.fields if one.name in changed and one.kind is Kind.SECRET}
        await self._context.audit.record(
            "plugins.audit.chosen" if self.shop_id is None else "plugins.audit.chosen_for_shop",
            self.shop_id,
            before={name: getattr(before, name) for name in open_ones},
            after={name: getattr(after, name) for name in open_ones} | sealed,
            name=self.plugin,
        )

    def _said(self, secret: object) -> str:
        """That a secret changed, never what it is."""
        word = "changed" if isinstance(secret, SecretStr) and secret.get_secret_value() else "removed"
        return self._context.catalogue.text(self._context.tenant.locale, f"plugins.secret.{word}")


def sentences_of(plugin: str, *, for_shop: bool) -> str:
    """How the keys of the sentences of a plugin's settings begin."""
    return f"{plugin}.{'shop_settings' if for_shop else 'settings'}"
