"""Two sides in turn, medians, a table, and `build/bench.json`."""

import json
import statistics
import sys
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Protocol

from rich.console import Console
from rich.table import Table

from benchmarks.plan import Plan
from benchmarks.stage import Stage

# A pipe has no width, and rich would squeeze the table into 80.
out = Console(soft_wrap=True, width=None if sys.stdout.isatty() else 120)
_WARM_UP_SECONDS = 2.0


@dataclass(frozen=True)
class Sample:
    """One round of one side.

    Attributes:
        value: in the workload's unit.
        p50_ms, p99_ms: how long one took.
        cpu: cores taken on average, by process.
    """

    value: float
    p50_ms: float
    p99_ms: float
    cpu: dict[str, float]


# A side is told for how many seconds to run.
Side = Callable[[float], Sample]


class Workload(Protocol):
    """One line of the table.

    Attributes:
        goal: what ratio is wanted, as `≥ 1.0`.
        against: what the product is measured against, in words.
        note: what a reader of the figure must know.
    """

    name: str
    unit: str
    goal: str
    against: str
    note: str

    def open(self, stage: Stage) -> tuple[Side, Side]:
        """The product and what it is measured against, ready to run; `stage` closes what this opens."""


@dataclass(frozen=True)
class Result:
    """What `build/bench.json` has of a workload: medians over the rounds, and all rounds, the product's first."""

    workload: str
    value: float
    unit: str
    against: str
    against_value: float
    ratio: float
    goal: str
    note: str
    rounds: list[list[float]]
    p50_ms: list[float]
    p99_ms: list[float]
    cpu: list[dict[str, float]] = field(default_factory=list)

    @property
    def reached(self) -> bool:
        """Whether the ratio is what was wanted."""
        sign, wanted = self.goal.split()
        return self.ratio >= float(wanted) if sign == "≥" else self.ratio <= float(wanted)


def measure(workload: Workload, stage: Stage, plan: Plan) -> Result:
    """Warm both sides up, then run them in turn, `plan.rounds` times."""
    sides = workload.open(stage)
    for side in sides:
        side(min(plan.seconds, _WARM_UP_SECONDS))
    rounds: tuple[list[Sample], list[Sample]] = ([], [])
    for turn in range(plan.rounds):
        for samples, side in zip(rounds, sides, strict=True):
            samples.append(side(plan.seconds))
        ours, theirs = (samples[-1].value for samples in rounds)
        out.print(f"{workload.name} {turn + 1}/{plan.rounds}: {ours:,.0f} against {theirs:,.0f} {workload.unit}", highlight=False)
    return _result(workload, rounds)


def _result(workload: Workload, rounds: Sequence[Sequence[Sample]]) -> Result:
    value, against_value = (statistics.median(sample.value for sample in samples) for samples in rounds)
    return Result(
        workload=workload.name,
        value=round(value, 1),
        unit=workload.unit,
        against=workload.against,
        against_value=round(against_value, 1),
        ratio=round(value / against_value, 3),
        goal=workload.goal,
        note=workload.note,
        rounds=[[round(sample.value, 1) for sample in samples] for samples in rounds],
        p50_ms=[round(statistics.median(sample.p50_ms for sample in samples), 2) for samples in rounds],
        p99_ms=[round(statistics.median(sample.p99_ms for sample in samples), 2) for samples in rounds],
        cpu=[_median_shares(samples) for samples in rounds],
    )


def _median_shares(samples: Sequence[Sample]) -> dict[str, float]:
    return {name: round(statistics.median(sample.cpu[name] for sample in samples), 2) for name in samples[0].cpu}


def show(results: Sequence[Result]) -> None:
    """The figures for a person."""
    table = Table("workload", "side", "median", "p50 ms", "p99 ms", "ratio", "goal")
    for result in results:
        sides = ((result.workload, "Smilero", f"{result.ratio:.3f}", result.goal), ("", result.against, "", ""))
        values = zip(sides, (result.value, result.against_value), result.p50_ms, result.p99_ms, strict=True)
        for (name, side, ratio, goal), value, p50, p99 in values:
            table.add_row(name, side, f"{value:,.0f} {result.unit}", f"{p50:.1f}", f"{p99:.1f}", ratio, goal)
    out.print(table, crop=False)
    for result in results:
        out.print(f"{result.workload}: {'reached' if result.reached else 'not reached'}. {result.note}", highlight=False)
        for side, rounds, cpu in zip(("Smilero", result.against), result.rounds, result.cpu, strict=True):
            shares = ", ".join(f"{name} {share:.2f}" for name, share in cpu.items())
            out.print(f"  {side}: {min(rounds):,.0f} to {max(rounds):,.0f}; cores: {shares}", highlight=False)


def write(results: Sequence[Result], place: Path) -> None:
    """The figures for a script."""
    place.parent.mkdir(exist_ok=True)
    place.write_text(json.dumps([asdict(result) for result in results], ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
