"""Asking the plugins for their figures."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from smilero_core.plugins.calling import ask_plugins
from smilero_core.plugins.context import Context
from smilero_core.plugins.failures import note_failure
from smilero_sdk.answers import Measure, MeasureValue, Period

if TYPE_CHECKING:
    from datetime import date
    from uuid import UUID

HOOK = "provide_measures"


@dataclass(frozen=True)
class Figures:
    """The answer of all plugins.

    Attributes:
        measures: what each plugin that is on can give.
        values: by plugin; days without anything are left out.
        missing: plugins that should have answered and did not: their part is not there.
    """

    measures: Mapping[str, Sequence[Measure]]
    values: Mapping[str, Sequence[MeasureValue]]
    missing: Sequence[str]


async def figures(context: Context, period: Period) -> Figures:
    """The figures of a period. One value that is none makes a plugin's whole part missing: a sum of the rest would look like the truth."""
    declared = {plugin: one.measures for plugin, one in context.services.host.declared.items() if one.measures}
    able = {plugin: measures for plugin, measures in declared.items() if plugin in context.plugins.open}
    values: dict[str, Sequence[MeasureValue]] = {}
    for plugin, given in await ask_plugins(context, HOOK, list[MeasureValue], period=period):
        fault = _fault(given, period)
        if fault:
            note_failure(context, plugin, HOOK, ValueError(fault))
        else:
            values[plugin] = given
    return Figures(
        measures={plugin: list(measures.values()) for plugin, measures in able.items()},
        values={plugin: given for plugin, given in values.items() if plugin in able},
        missing=sorted(able.keys() - values.keys()),
    )


def _fault(given: Sequence[MeasureValue], period: Period) -> str | None:
    seen: set[tuple[str, date, UUID | None]] = set()
    for one in given:
        if not period.first <= one.day <= period.last:
            return f"{one!r} is no value of the period"
        place = (one.measure, one.day, one.shop_id)
        if place in seen:
            return f"{place} is there twice"
        seen.add(place)
    return None
