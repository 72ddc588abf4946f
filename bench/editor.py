"""How long the strategy editor takes to say whom a draft reaches, layer by layer."""

import argparse
import tempfile
import time
from pathlib import Path
from statistics import median

from asterism.strategy import library
from asterism.strategy.drafts import content_of
from asterism.strategy.readings import Expressions
from asterism.strategy.sizes import sizes
from asterism.strategy.testing import CATALOGUE, made_up_customers
from measurement import report

#: Keystrokes measured for each ready strategy: each compiles its expressions anew.
_KEYS = 5


def measure(customers: int, seed: int) -> dict[str, object]:
    """Return named figures; loops are compiled before the clock starts."""
    drafts = [content_of(strategy) for strategy in library()]
    with tempfile.TemporaryDirectory() as directory:
        columns = made_up_customers(Path(directory), customers, seed)
        for draft in drafts:
            sizes(columns, draft, Expressions(CATALOGUE))
        cpu, wall = [], []
        for draft in drafts * _KEYS:
            began = time.process_time(), time.perf_counter()
            sizes(columns, draft, Expressions(CATALOGUE))
            cpu.append(time.process_time() - began[0])
            wall.append(time.perf_counter() - began[1])
    return {
        "customers": customers,
        "drafts": len(drafts),
        "cpu_ms_median": round(1e3 * median(cpu), 2),
        "cpu_ms_worst": round(1e3 * max(cpu), 2),
        "wall_ms_median": round(1e3 * median(wall), 2),
        "wall_ms_worst": round(1e3 * max(wall), 2),
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
