"""How near to the best plan, and how fast: the allocation on a made-up bank, beside its rivals."""

import argparse
import json
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from allocation_bank import limits_for, made_up
from asterism.strategy.allocation import Plan, allocate
from measurement import measured, report

RIVALS = ("pdlp", "highs", "greedy")
_HERE = Path(__file__).parent


def measure(customers: int, actions: int, tightness: float, seed: int) -> dict[str, object]:
    """Return the figures of one cold plan and one from the day before's prices."""
    _compile(actions)
    candidates = made_up(customers, actions, seed)
    limits = limits_for(customers, actions, tightness, seed)
    with measured() as cold:
        plan = allocate(candidates, limits)
    yesterday = _yesterday(plan, seed)
    with measured() as again:
        warm = allocate(candidates, limits, warm=yesterday)
    return {
        "customers": customers,
        "actions": actions,
        "rows": len(candidates),
        "limits": sum(len(family.maximum) for family in limits),
        "tightness": tightness,
        "seed": seed,
        **_figures(plan),
        **cold.to_json(),
        "warm_gap": round(warm.gap, 8),
        "warm_violations": len(warm.violations),
        **again.to_json("warm_"),
    }


def _compile(actions: int) -> None:
    """Compile every loop before the clock starts."""
    for customers in (2, 400, 20_000):
        candidates = made_up(customers, actions, 1)
        limits = limits_for(customers, actions, 1.0, 1)
        plan = allocate(candidates, limits)
        allocate(candidates, limits, warm=plan.duals)


def _yesterday(plan: Plan, seed: int) -> list[NDArray[np.float64]]:
    """Return the plan's prices as they may have been the day before: up to 10 % off."""
    generator = np.random.default_rng(seed + 2)
    return [dual * generator.uniform(0.9, 1.1, len(dual)) for dual in plan.duals]


def _figures(plan: Plan) -> dict[str, object]:
    return {
        "value": round(plan.value, 6),
        "bound": round(plan.bound, 6),
        "gap": round(plan.gap, 8),
        "violations": len(plan.violations),
        "unmet": len(plan.unmet),
        "chosen": int(np.count_nonzero(plan.chosen)),
        "solve_seconds": round(plan.solve_seconds, 3),
        "repair_seconds": round(plan.repair_seconds, 3),
    }


def compare(rival: str, options: argparse.Namespace) -> dict[str, object]:
    """Return the rival's figures, from a process of its own: two HiGHS do not share one."""
    command = [sys.executable, str(_HERE / "allocation_rivals.py"), rival]
    command += [str(options.customers), str(options.actions)]
    command += [str(options.tightness), str(options.seed)]
    started = time.perf_counter()
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        return {"rival": rival, "skipped": done.stderr.strip().splitlines()[-1]}
    figures: dict[str, object] = json.loads(done.stdout)
    return {"rival": rival, "rival_process_seconds": round(time.perf_counter() - started, 1)} | {
        f"rival_{name}": value for name, value in figures.items()
    }


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--customers", type=int, default=100_000)
    parser.add_argument("--actions", type=int, default=50)
    parser.add_argument("--tightness", type=float, default=1.0, help="2 halves every limit")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--against", choices=RIVALS)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    if options.customers < 1 or options.actions < 1 or not options.tightness > 0:
        parser.error("customers and actions are at least 1, tightness is above 0")
    figures = measure(options.customers, options.actions, options.tightness, options.seed)
    if options.against:
        figures |= compare(options.against, options)
    report(figures, options.json)


if __name__ == "__main__":
    main()
