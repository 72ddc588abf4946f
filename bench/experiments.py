"""How often experiments without any effect are claimed to have one, looked at every day.

python bench/experiments.py --null 2000 --days 60 --customers 100 --seed 1 --json
"""

import argparse
import json
import time

import numpy as np
from numpy.typing import NDArray

from asterism.review.sequence import difference, growing_radius, running_radius

Floats = NDArray[np.float64]
KINDS = ("rare", "common", "money")


def day_sums(y: Floats, x: Floats, chosen: NDArray[np.bool_]) -> Floats:
    parts = [chosen.sum(axis=1)]
    parts += [(chosen * value).sum(axis=1) for value in (y, y * y, x, x * x, x * y)]
    return np.stack(parts, axis=-1).astype(np.float64)


def outcome(kind: str, rng: np.random.Generator, shape: tuple[int, int]) -> tuple[Floats, Floats]:
    if kind == "rare":
        return (rng.random(shape) < 0.01).astype(np.float64), np.zeros(shape)
    if kind == "common":
        before = (rng.random(shape) < 0.3).astype(np.float64)
        return (rng.random(shape) < 0.1 + 0.4 * before).astype(np.float64), before
    before = rng.lognormal(8.0, 1.5, shape)
    return before * rng.lognormal(0.0, 0.5, shape) - before, before


def growing(kind: str, options: argparse.Namespace, rng: np.random.Generator) -> float:
    """Share of experiments claimed falsely at any look while customers come in."""
    touch, control = np.zeros((options.null, 6)), np.zeros((options.null, 6))
    fooled = np.zeros(options.null, dtype=bool)
    for _ in range(options.days):
        y, x = outcome(kind, rng, (options.null, options.customers))
        held = rng.random(y.shape) < options.holdout
        touch += day_sums(y, x, ~held)
        control += day_sums(y, x, held)
        found = difference(touch, control)
        fooled |= np.abs(found.point) > growing_radius(found)
    return float(fooled.mean())


def running(options: argparse.Namespace, rng: np.random.Generator) -> float:
    """Share of experiments claimed falsely at any look while outcomes come in."""
    shape = (options.null, options.customers * 4)
    held = rng.random(shape) < options.holdout
    y, nothing = np.zeros(shape), np.zeros(shape)
    fooled = np.zeros(options.null, dtype=bool)
    for day in range(options.days):
        y = np.maximum(y, rng.random(shape) < 0.01)
        found = difference(day_sums(y, nothing, ~held), day_sums(y, nothing, held))
        fooled |= np.abs(found.point) > running_radius(found, day + 1)
    return float(fooled.mean())


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--null", type=int, default=2_000, help="experiments without effect")
    parser.add_argument("--days", type=int, default=60, help="daily looks")
    parser.add_argument("--customers", type=int, default=100, help="new customers a day")
    parser.add_argument("--holdout", type=float, default=0.1, help="share held out")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    options = parser.parse_args()
    started = time.process_time()
    rng = np.random.default_rng(options.seed)
    rates = {kind: growing(kind, options, rng) for kind in KINDS}
    rates["incoming"] = running(options, rng)
    figures = {
        "false_claim_rate": max(rates.values()),
        **{f"false_claim_rate_{kind}": rate for kind, rate in rates.items()},
        "experiments": options.null,
        "looks": options.days,
        "cpu_seconds": round(time.process_time() - started, 2),
    }
    if options.json:
        print(json.dumps(figures))
        return
    for name, figure in figures.items():
        print(f"{name}: {figure}")


if __name__ == "__main__":
    main()
