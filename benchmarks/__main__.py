"""`python -m benchmarks [WORKLOAD…]`: run those named, or all, and write build/bench.json."""

import signal
import sys

from benchmarks.harness import measure, out, show, write
from benchmarks.plan import BUILD, BenchmarkError, Plan
from benchmarks.stage import Stage
from benchmarks.workloads import ALL


def main(names: list[str]) -> int:
    """The exit code: 0 when everything was measured, whatever it came to; 1 when something could not be; 2 for an unknown name."""
    unknown = [name for name in names if name not in ALL]
    if unknown:
        out.print(f"no workload {', '.join(unknown)}; there are {', '.join(ALL)}", highlight=False)
        return 2
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    try:
        plan = Plan.of_environment()
        with Stage(plan, lambda what: out.print(f"… {what}", highlight=False)) as stage:
            results = [measure(ALL[name], stage, plan) for name in names or ALL]
    except BenchmarkError as error:
        out.print(str(error), style="red", highlight=False, markup=False)
        return 1
    show(results)
    write(results, BUILD / "bench.json")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
