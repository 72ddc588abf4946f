"""How long one night's decision takes: the ready strategies over a made-up population."""

import argparse
import tempfile
import time
from pathlib import Path

from asterism.strategy import Limits, decide, draft, library
from asterism.strategy.draws import Ids
from asterism.strategy.testing import CATALOGUE, a_day, made_up_customers
from measurement import measured, report


def measure(customers: int, seed: int) -> dict[str, object]:
    """Return named figures; loops are compiled before the clock starts."""
    strategies = [draft(strategy) for strategy in library()]
    limits = Limits(per_branch=40, per_manager=10, channels={"email": customers // 50})
    with tempfile.TemporaryDirectory() as directory:
        small = made_up_customers(Path(directory) / "small", 1_000, seed)
        decide(small, strategies, day=a_day(), catalogue=CATALOGUE)
        columns = made_up_customers(Path(directory) / "all", customers, seed)
        with measured() as night:
            decisions = decide(columns, strategies, day=a_day(), catalogue=CATALOGUE, limits=limits)
        ids = Ids(list(columns.customer_ids))
        drawing = time.process_time()
        ids.draws("universal")
        drawing = time.process_time() - drawing
    plan = decisions.plan
    return {
        "customers": customers,
        "strategies": len(strategies),
        "candidates": len(plan.chosen),
        "taken_up": decisions.touches.num_rows,
        **night.to_json(),
        "draw_microseconds_each": round(drawing / max(customers, 1) * 1e6, 3),
        "value_minor": round(plan.value),
        "bound_minor": round(plan.bound),
        "gap": round(plan.gap, 5),
        "violations": len(plan.violations),
    }


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--customers", type=int, default=100_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    report(measure(options.customers, options.seed), options.json)


if __name__ == "__main__":
    main()
