"""Changing the master secret: every sealed value sealed anew, every index made anew, batch by batch.

The first byte of a value says with which secret it is sealed, so there is nothing to remember: a killed run goes on at what is left.
`SEALED` is the one list of what is sealed; a test compares it with the catalogue of the database.
"""

import json
from base64 import b64decode, b64encode
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from smilero_core.db.database import Database
from smilero_core.db.driver import Record
from smilero_core.db.session import Session
from smilero_core.identity.vault import (
    APP_SECRET,
    ATTEMPT_HELD,
    ATTEMPT_PROVED,
    CLIENT_SECRET,
    COMMAND,
    MESSAGE_BODY,
    MESSAGE_RECIPIENT,
    SUBJECT,
    Vault,
)

BATCH = 200
_TAIL = 4
# Who knows of a change of the secret inserts numbers one after the other.
_LOCK = "select pg_advisory_xact_lock(hashtextextended('smilero numbers ' || current_setting('app.tenant_id'), 0))"


@dataclass(frozen=True)
class BlindIndex:
    """A column by which a sealed value is found.

    Attributes:
        tail: whether it is the index of the last four digits alone.
        before: what stands before the value; `{name}` stands for another column of the row.
    """

    column: str
    purpose: str
    tail: bool = False
    before: str = ""

    def of(self, vault: Vault, tenant_id: UUID, value: str, row: Record | Mapping[str, object]) -> bytes:
        """The index of a value in a row."""
        return vault.index(tenant_id, self.purpose, self.before.format_map(row) + (value[-_TAIL:] if self.tail else value))


@dataclass(frozen=True)
class Sealed:
    """A sealed column of the core.

    Attributes:
        purpose: for what it is sealed; `{name}` stands for another column of the row.
    """

    table: str
    column: str
    purpose: str
    indexes: tuple[BlindIndex, ...] = ()

    @property
    def label(self) -> str:
        """`table.column`."""
        return f"{self.table}.{self.column}"


_BY_PHONE = (BlindIndex("phone_index", "phone"),)
PERSON_PHONE = Sealed("person", "phone_sealed", "phone", (*_BY_PHONE, BlindIndex("phone_tail_index", "phone tail", tail=True)))
INVITATION_PHONE = Sealed("invitation", "phone_sealed", "phone", _BY_PHONE)
HELPER_PHONE = Sealed("helper", "phone_sealed", "phone", _BY_PHONE)
SEALED = (
    PERSON_PHONE,
    INVITATION_PHONE,
    HELPER_PHONE,
    Sealed("sign_in_code", "phone_sealed", "phone", _BY_PHONE),
    Sealed("message", "recipient_sealed", MESSAGE_RECIPIENT, (BlindIndex("recipient_index", "phone"),)),
    Sealed("message", "body_sealed", MESSAGE_BODY),
    Sealed("ticket", "held_sealed", "ticket {purpose}"),
    Sealed("second_factor", "app_sealed", APP_SECRET),
    Sealed("outside_provider", "secret_sealed", CLIENT_SECRET),
    Sealed("outside_login", "subject_sealed", SUBJECT, (BlindIndex("subject_index", SUBJECT, before="{provider_id} "),)),
    Sealed("outside_attempt", "held_sealed", ATTEMPT_HELD),
    Sealed("outside_attempt", "proved_sealed", ATTEMPT_PROVED),
    Sealed("approval", "body_sealed", COMMAND),
)
# Secrets among the settings of plugins lie in JSON, as `{"sealed": base64}` (`plugins/chosen.py`).
SETTINGS = "plugin_setting.chosen"
_SETTING, _MARK = "setting {plugin}.{name}", "sealed"


@dataclass(frozen=True)
class Left:
    """How many values of a column there are, and how many are not sealed with the current secret."""

    column: str
    sealed: int
    old: int


class Rotation:
    """One foundation's sealed values."""

    def __init__(self, database: Database, vault: Vault, tenant_id: UUID) -> None:
        self._database = database
        self._vault = vault
        self._tenant_id = tenant_id

    async def left(self) -> list[Left]:
        """What there is, column by column."""
        found = []
        async with self._database.unit(self._tenant_id, read_only=True) as unit:
            session = Session(unit)
            for one in SEALED:
                row = await session.fetch_row(
                    f"""
                    select count(*) as sealed, count(*) filter (where get_byte({one.column}, 0) <> $1) as old
                    from core.{one.table} where length({one.column}) > 0
                    """,  # noqa: S608 - names of this module
                    self._vault.current,
                )
                found.append(Left(one.label, row["sealed"], row["old"]) if row else Left(one.label, 0, 0))
            settings = [value for row in await session.fetch("select chosen from core.plugin_setting") for value in _secrets(row).values()]
        return [*found, Left(SETTINGS, len(settings), sum(map(self._is_old, settings)))]

    async def run(self, told: Callable[[int], None] = lambda _: None) -> int:
        """Seal anew what is not sealed with the current secret; how many values. Each batch is one transaction.

        Args:
            told: after each batch, how many it had.

        Raises LostKeyError when something is sealed with a secret that is not given.
        """
        done = 0
        async for count in self._batches():
            done += count
            told(count)
        return done

    async def _batches(self) -> AsyncIterator[int]:
        for one in SEALED:
            while count := await self._batch(one):
                yield count
        while count := await self._settings():
            yield count

    async def _batch(self, one: Sealed) -> int:
        async with self._database.unit(self._tenant_id) as unit:
            session = Session(unit)
            rows = await session.fetch(
                f"""
                select * from core.{one.table} where length({one.column}) > 0 and get_byte({one.column}, 0) <> $1
                order by id limit {BATCH} for no key update
                """,  # noqa: S608 - names of this module
                self._vault.current,
            )
            values = [self._opened(one, row) for row in rows]
            await session.execute(
                f"{_setting(one, 'uuid')} where t.id = n.key",
                [row["id"] for row in rows],
                [self._vault.seal(self._tenant_id, _purpose(one, row), value) for row, value in zip(rows, values, strict=True)],
                *(
                    [index.of(self._vault, self._tenant_id, value, row) for row, value in zip(rows, values, strict=True)]
                    for index in one.indexes
                ),
            )
        return len(rows)

    def _opened(self, one: Sealed, row: Record) -> str:
        return self._vault.open(self._tenant_id, _purpose(one, row), row[one.column])

    async def _settings(self) -> int:
        """A foundation has few of them: all in one transaction."""
        count = 0
        async with self._database.unit(self._tenant_id) as unit:
            session = Session(unit)
            for row in await session.fetch("select id, plugin, chosen from core.plugin_setting for no key update"):
                old = {name: value for name, value in _secrets(row).items() if self._is_old(value)}
                if old:
                    new = {name: {_MARK: self._sealed_anew(row["plugin"], name, value)} for name, value in old.items()}
                    await session.execute(
                        "update core.plugin_setting set chosen = chosen || $2::jsonb where id = $1", row["id"], json.dumps(new)
                    )
                    count += len(new)
        return count

    def _sealed_anew(self, plugin: str, name: str, value: bytes) -> str:
        purpose = _SETTING.format(plugin=plugin, name=name)
        return b64encode(self._vault.seal(self._tenant_id, purpose, self._vault.open(self._tenant_id, purpose, value))).decode()

    def _is_old(self, value: bytes) -> bool:
        return value[0] != self._vault.current


async def bring_forward(session: Session, vault: Vault, tenant_id: UUID, one: Sealed, phones: Sequence[str]) -> None:
    """Before numbers are inserted: seal those that the table has with the secret that is current here, and so find them by its index.

    Then the unique key holds for the rows from before too. Nobody else who knows of the change may insert meanwhile, whichever secret is
    current there. Outside of a change it costs nothing.

    Args:
        phones: in normal form.
    """
    if not vault.rotating:
        return
    await session.execute(_LOCK)
    found = [(old, phone) for phone in phones for old in vault.indexes(tenant_id, "phone", phone)[1:]]
    await session.execute(
        f"{_setting(one, 'bytea')} where t.phone_index = n.key",
        [old for old, _ in found],
        [vault.seal(tenant_id, one.purpose, phone) for _, phone in found],
        *([index.of(vault, tenant_id, phone, {}) for _, phone in found] for index in one.indexes),
    )


def _setting(one: Sealed, key: str) -> str:
    """An update of a sealed column and its indexes by arrays: what a row is known by, then a column each."""
    columns = [one.column, *(index.column for index in one.indexes)]
    parameters = ", ".join(f"${number}::bytea[]" for number in range(2, len(columns) + 2))
    return (
        f"update core.{one.table} t set {', '.join(f'{name} = n.new_{name}' for name in columns)}"  # noqa: S608 - names of this module
        f" from unnest($1::{key}[], {parameters}) n (key, {', '.join(f'new_{name}' for name in columns)})"
    )


def _purpose(one: Sealed, row: Record) -> str:
    return one.purpose.format_map(row)


def _secrets(row: Record) -> dict[str, bytes]:
    chosen: Mapping[str, Any] = json.loads(row["chosen"])
    return {name: b64decode(value[_MARK]) for name, value in chosen.items() if isinstance(value, dict) and _MARK in value}
