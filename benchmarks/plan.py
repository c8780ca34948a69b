"""How long a run is and how much it needs, from the environment; and what stops one."""

import os
from dataclasses import dataclass
from pathlib import Path

FOLDER = Path(__file__).parent
BUILD = FOLDER.parent / "build"

# Six digits without a leading zero, at each of three foundations.
MOST_CLAIMS = 2_700_000
SHOPS = 300
HISTORY = 300_000
_USUAL_CLAIMS = 600_000
# Twice what the fastest side manages here, so that no side runs out.
_CLAIMS_A_SECOND = 20_000


class BenchmarkError(Exception):
    """Something without which no figure would be true; its text says what to do."""


@dataclass(frozen=True)
class Plan:
    """One run.

    Attributes:
        rounds: of each side; medians are taken over them.
        seconds: of load in a round.
    """

    rounds: int
    seconds: float

    @classmethod
    def of_environment(cls) -> "Plan":
        """`BENCH_ROUNDS` (5) and `BENCH_SECONDS` (5). Raises BenchmarkError for what is no number or asks too much."""
        try:
            plan = cls(int(os.environ.get("BENCH_ROUNDS", "5")), float(os.environ.get("BENCH_SECONDS", "5")))
        except ValueError as error:
            msg = f"BENCH_ROUNDS and BENCH_SECONDS are numbers: {error}"
            raise BenchmarkError(msg) from error
        if plan.rounds < 1 or plan.seconds <= 0 or plan.claims > MOST_CLAIMS:
            msg = (
                f"{plan.rounds} rounds of {plan.seconds:g} s cannot be: at least 1, and at most {MOST_CLAIMS // _CLAIMS_A_SECOND} s in all"
            )
            raise BenchmarkError(msg)
        return plan

    @property
    def claims(self) -> int:
        """Open claims to make: a multiple of 300, since each shop has as many."""
        wanted = int((self.rounds + 1) * self.seconds * _CLAIMS_A_SECOND)
        return -(-max(_USUAL_CLAIMS, wanted) // SHOPS) * SHOPS
