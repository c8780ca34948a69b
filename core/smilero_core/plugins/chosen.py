"""What was chosen for a plugin, between its model and its row. A secret lies there sealed: `{"sealed": base64}`."""

import json
from base64 import b64decode, b64encode
from collections.abc import Mapping
from typing import Any, TypeVar, get_args
from uuid import UUID

from pydantic import SecretStr, ValidationError
from pydantic.fields import FieldInfo

from smilero_core.db.session import Session
from smilero_core.identity.vault import Vault
from smilero_sdk.ids import uuid7
from smilero_sdk.settings import Settings

Model = TypeVar("Model", bound=Settings)

_SEALED = "sealed"


class ChosenSettings:
    """The choices of one tenant for one plugin."""

    def __init__(self, vault: Vault, tenant_id: UUID, plugin: str) -> None:
        self._vault = vault
        self._tenant_id = tenant_id
        self._plugin = plugin

    def of(self, model: type[Model], stored: Mapping[str, Any]) -> Model:
        """The model of a stored choice. What no longer fits, as after an update, falls back to its default."""
        values = {name: self._opened(name, value) for name, value in stored.items()}
        try:
            return model.model_validate(values)
        except ValidationError as error:
            misfits = {str(found["loc"][0]) for found in error.errors(include_url=False, include_input=False) if found["loc"]}
            return model.model_validate({name: value for name, value in values.items() if name not in misfits})

    async def of_shop(self, model: type[Model], session: Session, shop_id: UUID) -> Model:
        """What a shop chose."""
        return self.of(model, await self.read(session, shop_id))

    async def read(self, session: Session, shop_id: UUID | None) -> dict[str, Any]:
        """The stored choice of the foundation, or of one of its shops."""
        stored = await session.fetch_value(
            "select chosen from core.plugin_setting where plugin = $1 and shop_id is not distinct from $2", self._plugin, shop_id
        )
        return dict(json.loads(str(stored))) if stored else {}

    async def keep(self, session: Session, shop_id: UUID | None, values: Settings) -> None:
        """Store a choice; its secrets sealed."""
        stored = {name: self._sealed(name, value) for name, value in values.model_dump(mode="python").items()}
        await session.execute(
            """
            insert into core.plugin_setting (id, plugin, shop_id, chosen) values ($1, $2, $3, $4::jsonb)
            on conflict (tenant_id, plugin, shop_id) do update set chosen = excluded.chosen, changed_at = now()
            """,
            uuid7(),
            self._plugin,
            shop_id,
            json.dumps(stored, default=str, ensure_ascii=False),
        )

    def _sealed(self, name: str, value: object) -> object:
        if not isinstance(value, SecretStr):
            return value
        return {_SEALED: b64encode(self._vault.seal(self._tenant_id, self._purpose(name), value.get_secret_value())).decode()}

    def _opened(self, name: str, value: object) -> object:
        if not isinstance(value, dict) or _SEALED not in value:
            return value
        return self._vault.open(self._tenant_id, self._purpose(name), b64decode(str(value[_SEALED])))

    def _purpose(self, name: str) -> str:
        return f"setting {self._plugin}.{name}"


def is_secret(found: FieldInfo) -> bool:
    """Whether a setting is kept sealed and never shown."""
    return SecretStr in (found.annotation, *get_args(found.annotation))
