"""Which share of a core each process took."""

import resource
import time
from collections.abc import Mapping

import psutil  # type: ignore[import-untyped]  # it carries no types

LOAD, OTHERS = "load", "others"


class Usage:
    """CPU time of process trees from here until `shares`.

    Args:
        processes: the root of each tree, by name.
    """

    def __init__(self, processes: Mapping[str, int]) -> None:
        self._processes = processes
        self._before = self._seconds()
        self._began = time.perf_counter()

    def shares(self) -> dict[str, float]:
        """Cores taken on average, by name; `load` is what we started and saw end meanwhile, `others` everybody else on the machine."""
        spent = time.perf_counter() - self._began
        now = self._seconds()
        shares = {name: (now[name] - self._before[name]) / spent for name in now}
        busy = shares.pop(OTHERS)
        shares[OTHERS] = max(0.0, busy - sum(shares.values()))
        return {name: round(share, 2) for name, share in shares.items()}

    def _seconds(self) -> dict[str, float]:
        children = resource.getrusage(resource.RUSAGE_CHILDREN)
        machine = psutil.cpu_times()
        return {
            **{name: _of_tree(psutil.Process(pid)) for name, pid in self._processes.items()},
            LOAD: children.ru_utime + children.ru_stime,
            OTHERS: machine.user + machine.nice + machine.system,
        }


def _of_tree(root: psutil.Process) -> float:
    """User and system time of a process, of its children that live and of those that it has seen end, in seconds."""
    times = []
    for process in (root, *root.children(recursive=True)):
        try:
            times.append(process.cpu_times())
        except psutil.NoSuchProcess:
            continue  # ended between the two calls; its parent has its time by now
    return float(sum(sum(getattr(one, field) for field in ("user", "system", "children_user", "children_system")) for one in times))
