"""Markets and shops in the database: what imports write, set by set."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from smilero_core.db.session import Session
from smilero_core.registry.market_row import MarketRow
from smilero_core.registry.preview import Preview, preview
from smilero_sdk.errors import Problem
from smilero_sdk.ids import uuid7

# The columns of core.market that the standard file fills, each with its field of MarketRow and its type.
_COLUMNS = {
    "name": ("name", "text"),
    "kind": ("kind", "text"),
    "road_address": ("road_address", "text"),
    "lot_address": ("lot_address", "text"),
    "market_days": ("market_days", "text"),
    "latitude": ("latitude", "float8"),
    "longitude": ("longitude", "float8"),
    "stated_shops": ("shops", "int"),
    "goods": ("goods", "text[]"),
    "vouchers": ("vouchers", "text[]"),
    "homepage": ("homepage", "text"),
    "phone": ("phone", "text"),
    "toilet": ("toilet", "bool"),
    "parking": ("parking", "bool"),
    "opened_year": ("opened_year", "int"),
    "data_date": ("data_date", "date"),
    "provider": ("provider", "text"),
}
_NAMES = ", ".join(_COLUMNS)
_TYPED = ", ".join(f"{column} {kind}" for column, (_, kind) in _COLUMNS.items())
# What a newer file leaves empty does not wipe out what is known: a foundation's own number outlives a file without one.
_KEPT = ", ".join(
    f"{column} = case when excluded.{column} is null{_empty} then market.{column} else excluded.{column} end"
    for column, (_, kind) in _COLUMNS.items()
    for _empty in [f" or excluded.{column} = '{{}}'" if kind == "text[]" else f" or excluded.{column} = ''" if kind == "text" else ""]
)
_UPSERT = f"""
    insert into core.market (id, natural_key, {_NAMES})
    select id, natural_key, {_NAMES} from jsonb_to_recordset($1::jsonb) as row (id uuid, natural_key text, {_TYPED})
    on conflict (tenant_id, natural_key) do update set {_KEPT}, updated_at = now()
"""  # noqa: S608 - made of this module's constants


@dataclass(frozen=True)
class NewShop:
    """A shop to be registered at a stall of a market."""

    id: UUID
    market_id: UUID
    name: str
    stall: str
    category: str
    goods: str


class RegistryStore:
    """Writing the registry within one transaction.

    Args:
        session: the application's own session, bound to the tenant.
    """

    def __init__(self, session: Session) -> None:
        self._session = session

    async def preview(self, rows: Sequence[MarketRow]) -> Preview:
        """What importing these rows would do."""
        return preview(rows, await self._existing())

    async def import_markets(self, plan: Preview) -> None:
        """Write what is new or changed in a plan, in one statement."""
        rows = [*plan.added, *(change.row for change in plan.changed)]
        if rows:
            await self._session.execute(_UPSERT, json.dumps([_recorded(row) for row in rows], default=str))

    async def market_ids(self) -> dict[str, UUID]:
        """Every market's id by its natural key."""
        return {row["natural_key"]: row["id"] for row in await self._session.fetch("select natural_key, id from core.market")}

    async def add_shops(self, shops: Sequence[NewShop]) -> None:
        """Register shops; a stall that is taken is refused. Raises `registry.stall_taken`, and nothing is registered."""
        written = await self._session.execute(
            """
            insert into core.shop (id, market_id, name, stall, category, goods, phone, status)
            select id, market_id, name, stall, category, goods, '', 'open'
            from unnest($1::uuid[], $2::uuid[], $3::text[], $4::text[], $5::text[], $6::text[])
              as new (id, market_id, name, stall, category, goods)
            on conflict do nothing
            """,
            *([getattr(shop, name) for shop in shops] for name in ("id", "market_id", "name", "stall", "category", "goods")),
        )
        if written != len(shops):
            raise Problem("registry.stall_taken", 409)

    async def _existing(self) -> dict[str, Mapping[str, object]]:
        rows = await self._session.fetch(f"select natural_key, {_NAMES} from core.market")  # noqa: S608 - constants
        return {row["natural_key"]: {field: row[column] for column, (field, _) in _COLUMNS.items()} for row in rows}


def _recorded(row: MarketRow) -> dict[str, object]:
    values = row.values()
    return {"id": uuid7(), "natural_key": row.key} | {column: values[field] for column, (field, _) in _COLUMNS.items()}
