"""Every workload. A new one is a class with `name`, `unit`, `goal`, `against`, `note` and `open`, put into `ALL`."""

from collections.abc import Mapping

from benchmarks.harness import Workload
from benchmarks.workloads.dispatch import DISPATCH
from benchmarks.workloads.export import Export
from benchmarks.workloads.live import LiveAgainstFloor, LiveMemory
from benchmarks.workloads.page import MarketPage
from benchmarks.workloads.redeem import RedeemAgainstDjango, RedeemAgainstPgbench

_WORKLOADS: tuple[Workload, ...] = (
    RedeemAgainstPgbench(),
    RedeemAgainstDjango(),
    LiveAgainstFloor(),
    LiveMemory(),
    MarketPage(),
    Export("csv", "≥ 0.05"),
    Export("xlsx", "≥ 0.03"),
    *DISPATCH,
)

ALL: Mapping[str, Workload] = {workload.name: workload for workload in _WORKLOADS}
