"""What a list of shops would do to the registry: which shop each line is, whether anything changes, and what stands in the way."""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Final
from uuid import UUID

from smilero_core.registry.shop_sheet import Fault, ShopLine
from smilero_sdk.ids import uuid7

_KEPT: Final = ("name", "stall", "category", "goods", "phone", "business_number")


@dataclass(frozen=True, slots=True)
class Existing:
    """A shop that has not left."""

    id: UUID
    market_id: UUID
    name: str
    stall: str
    category: str
    goods: str
    phone: str
    business_number: str
    updated_at: datetime


@dataclass
class ShopPlan:
    """Lines sorted by what happens to them.

    Attributes:
        added, changed: what to write, as JSON knows it; a changed one with the moment of the shop as it was seen.
        same: how many are in the registry just so.
    """

    added: list[dict[str, object]] = field(default_factory=list)
    changed: list[dict[str, object]] = field(default_factory=list)
    same: int = 0


class ShopPlanner:
    """Finds each line's shop: by stall and name, or by business number, so that a list taken in again makes no doubles.

    Another name at a taken stall is no new name of that shop: whoever works there would keep its rights at somebody else's.
    """

    def __init__(self, existing: Iterable[Existing]) -> None:
        self.plan = ShopPlan()
        self._at: dict[tuple[UUID, str], Existing] = {}
        self._numbered: dict[tuple[UUID, str], list[Existing]] = {}
        self._lines: dict[tuple[UUID, str], int] = {}
        self._taken: dict[UUID, int] = {}
        for one in existing:
            self._at[one.market_id, one.stall] = one
            if one.business_number:
                self._numbered.setdefault((one.market_id, one.business_number), []).append(one)

    def add(self, line: ShopLine) -> list[Fault]:
        """Take a line into the plan; what stands in the way otherwise."""
        first = self._lines.setdefault((line.market_id, line.stall), line.line)
        if first != line.line:
            return [Fault("stall", "imports.fault.stall_twice", {"first": first})]
        there, shop = self._at.get((line.market_id, line.stall)), self._shop(line)
        if there is not None and (shop is None or there.id != shop.id):
            return [Fault("stall", "imports.fault.stall_taken", {"name": there.name})]
        if shop is None:
            self.plan.added.append(_written(line, uuid7(), category=line.category or "other"))
            return []
        first = self._taken.setdefault(shop.id, line.line)
        if first != line.line:
            return [Fault("name", "imports.fault.shop_twice", {"first": first})]
        self._change(line, shop)
        return []

    def _shop(self, line: ShopLine) -> Existing | None:
        there = self._at.get((line.market_id, line.stall))
        if there is not None and _flat(there.name) == _flat(line.name):
            return there
        numbered = self._numbered.get((line.market_id, line.business_number), []) if line.business_number else []
        return numbered[0] if len(numbered) == 1 else None

    def _change(self, line: ShopLine, shop: Existing) -> None:
        # What the sheet leaves empty does not wipe out what is known.
        wanted: Mapping[str, str] = {name: getattr(line, name) or getattr(shop, name) for name in _KEPT}
        if all(wanted[name] == getattr(shop, name) for name in _KEPT):
            self.plan.same += 1
        else:
            self.plan.changed.append({**wanted, "id": str(shop.id), "market_id": str(shop.market_id), "seen": shop.updated_at.isoformat()})


def _written(line: ShopLine, shop_id: UUID, **more: object) -> dict[str, object]:
    kept = {name: value for name, value in asdict(line).items() if name in _KEPT}
    return {**kept, **more, "id": str(shop_id), "market_id": str(line.market_id)}


def _flat(name: str) -> str:
    return "".join(name.split()).casefold()
