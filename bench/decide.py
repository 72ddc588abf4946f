"""Time of one night's decision: the ready strategies over a made-up population.

python bench/decide.py --customers 1000000 --json
"""

import argparse
import json
import resource
import sys
import tempfile
import time
from pathlib import Path

from asterism.strategy import Limits, decide, draft, library
from asterism.strategy.draws import Ids
from asterism.strategy.testing import CATALOGUE, a_day, made_up_customers


def measure(customers: int, seed: int) -> dict[str, float]:
    """Return named figures; times in seconds, taken after the loops are compiled."""
    strategies = [draft(strategy) for strategy in library()]
    limits = Limits(per_branch=40, per_manager=10, channels={"email": customers // 50})
    with tempfile.TemporaryDirectory() as directory:
        small = made_up_customers(Path(directory) / "small", 1_000, seed)
        decide(small, strategies, day=a_day(), catalogue=CATALOGUE)
        columns = made_up_customers(Path(directory) / "all", customers, seed)
        wall, cpu = time.perf_counter(), time.process_time()
        decisions = decide(columns, strategies, day=a_day(), catalogue=CATALOGUE, limits=limits)
        wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
        ids = Ids(list(columns.customer_ids))
        drawing = time.process_time()
        ids.draws("universal")
        drawing = time.process_time() - drawing
    plan = decisions.plan
    return {
        "customers": customers,
        "strategies": len(strategies),
        "candidates": len(plan.chosen),
        "touches": decisions.touches.num_rows,
        "wall_seconds": round(wall, 3),
        "cpu_seconds": round(cpu, 3),
        "draw_microseconds_each": round(drawing / customers * 1e6, 3),
        "value_minor": round(plan.value),
        "bound_minor": round(plan.bound),
        "gap": round(plan.gap, 5),
        "violations": len(plan.violations),
        "peak_bytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024,
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--customers", type=int, default=100_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    given = parser.parse_args()
    figures = measure(given.customers, given.seed)
    if given.json:
        json.dump(figures, sys.stdout)
        print()
        return
    for name, figure in figures.items():
        print(f"{name:>24}  {figure}")


if __name__ == "__main__":
    main()
