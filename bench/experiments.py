"""False claims of experiments without effect that are looked at daily; ten thousand in one pass.

python bench/experiments.py --null 2000 --days 60 --customers-a-day 100 --seed 1 --json
python bench/experiments.py --experiments 10000 --customers 1000000 --json
"""

import argparse
from collections.abc import Callable

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from asterism.review.cells import Rows, summed
from asterism.review.cohort import Cohort, Cut
from asterism.review.goal import Goal
from asterism.review.many import discoveries
from asterism.review.outcomes import Outcomes
from asterism.review.ratio import ratios
from asterism.review.sequence import difference, growing_evidence, growing_radius, running_radius
from measurement import measured, report

Floats = NDArray[np.float64]
Rng = np.random.Generator


def rare(rng: Rng, shape: tuple[int, int]) -> tuple[Floats, Floats]:
    """Let one customer in a hundred do it; nothing is known before."""
    return (rng.random(shape) < 0.01).astype(float), np.zeros(shape)


def common(rng: Rng, shape: tuple[int, int]) -> tuple[Floats, Floats]:
    """Draw a habit: who did it before is likelier to do it again."""
    before = (rng.random(shape) < 0.3).astype(float)
    return (rng.random(shape) < 0.1 + 0.4 * before).astype(float), before


def money(rng: Rng, shape: tuple[int, int]) -> tuple[Floats, Floats]:
    """Draw changes of balances, heavy-tailed."""
    before = rng.lognormal(8.0, 1.5, shape)
    return before * rng.lognormal(0.0, 0.5, shape) - before, before


def spending(rng: Rng, shape: tuple[int, int]) -> tuple[Floats, Floats]:
    """Let most spend nothing and a few very much."""
    level = rng.lognormal(0.0, 1.0, shape)
    spent = [level * rng.lognormal(6.0, 1.2, shape) * (rng.random(shape) < 0.1) for _ in range(2)]
    return spent[0], spent[1]


SHAPES: dict[str, Callable[[Rng, tuple[int, int]], tuple[Floats, Floats]]] = {
    "rare": rare,
    "common": common,
    "money": money,
    "spending": spending,
}


def day_sums(y: Floats, x: Floats, chosen: NDArray[np.bool_]) -> Floats:
    """Add up one day's customers of every experiment."""
    parts = [chosen.sum(axis=1)]
    parts += [(chosen * value).sum(axis=1) for value in (y, y * y, x, x * x, x * y)]
    return np.stack(parts, axis=-1).astype(float)


def growing(
    shape: str, options: argparse.Namespace, rng: Rng, holdout: float, a_day: int
) -> dict[str, float]:
    """Return the shares of experiments ever claimed to differ, and ever called uneven."""
    touch, control = np.zeros((options.null, 6)), np.zeros((options.null, 6))
    fooled, uneven = np.zeros(options.null, dtype=bool), np.zeros(options.null, dtype=bool)
    for _ in range(options.days):
        y, x = SHAPES[shape](rng, (options.null, a_day))
        held = rng.random(y.shape) < holdout
        touch += day_sums(y, x, ~held)
        control += day_sums(y, x, held)
        found = difference(touch, control)
        fooled |= np.abs(found.point) > growing_radius(found)
        uneven |= ratios(touch[:, 0], control[:, 0], holdout) < 0.05
    return {"claims": float(fooled.mean()), "uneven": float(uneven.mean())}


def running(shape: str, options: argparse.Namespace, rng: Rng, holdout: float) -> float:
    """Return the share claimed falsely at any look while the same customers' outcomes come in."""
    size = (options.null, options.customers_a_day * 4)
    held = rng.random(size) < holdout
    y, nothing = np.zeros(size), np.zeros(size)
    fooled = np.zeros(options.null, dtype=bool)
    for day in range(options.days):
        new, _ = SHAPES[shape](rng, size)
        y = np.maximum(y, new) if shape == "rare" else y + new
        found = difference(day_sums(y, nothing, ~held), day_sums(y, nothing, held))
        fooled |= np.abs(found.point) > running_radius(found, day + 1)
    return float(fooled.mean())


def null_rates(options: argparse.Namespace) -> dict[str, object]:
    """Simulate experiments without effect in every shape, arms equal and not, many and few."""
    rng = np.random.default_rng(options.seed)
    claims: dict[str, float] = {}
    uneven: list[float] = []
    for shape in SHAPES:
        for holdout in (0.1, 0.5):
            for name, a_day in (("", options.customers_a_day), ("_few", 10)):
                found = growing(shape, options, rng, holdout, a_day)
                claims[f"{shape}_{holdout:.0%}{name}"] = found["claims"]
                uneven.append(found["uneven"])
    for shape in ("rare", "spending"):
        claims[f"incoming_{shape}"] = running(shape, options, rng, 0.1)
    return {
        "false_claim_rate": max(claims.values()),
        **{f"false_claim_rate_{name}": rate for name, rate in claims.items()},
        "false_uneven_rate_at_5%": max(uneven),
        "experiments": options.null,
        "looks": options.days,
    }


def many(options: argparse.Namespace) -> dict[str, object]:
    """Measure all experiments of all customers in one pass: sums, intervals, ratios, discoveries.

    Every customer is in `each` experiments; a tenth of the experiments works.
    """
    rng = np.random.default_rng(options.seed)
    size = options.customers * options.each
    goals = tuple(
        Goal(strategy=f"e{number}", version=1, metric="login", family=None, outcome_days=14)
        for number in range(options.experiments)
    )
    held = rng.random(size) < 0.1
    goal = rng.integers(0, options.experiments, size)
    before = rng.random(size) < 0.3
    chance = 0.1 + 0.4 * before + 0.4 * ((goal < options.experiments // 10) & ~held)
    y = (rng.random(size) < chance).astype(np.int64)
    cohort = Cohort(
        goals=goals,
        goal=goal,
        customers=pa.array([], pa.string()),
        customer=np.repeat(np.arange(options.customers), options.each),
        day=np.zeros(size, np.int64),
        arm=held.astype(np.int64),
        cuts={"channel": Cut(values=("app", "sms", "email"), codes=rng.integers(0, 3, size))},
        row=np.arange(size),
    )
    rows = Rows(
        cohort=cohort,
        outcomes=Outcomes(y=y, x=before.astype(np.int64), by_wave=y[None], until=0),
        cost=np.ones(size, np.int64),
        state=np.ones(size, np.int64),
    )
    with measured() as spent:
        cuts = summed(rows, cohort.cuts["channel"].codes, 3).sum(axis=2)
        whole = cuts.sum(axis=2)[..., :6]
        found = difference(whole[:, 0], whole[:, 1])
        radius = growing_radius(found)
        split = ratios(whole[:, 0, 0], whole[:, 1, 0], 0.1)
        taken = discoveries(growing_evidence(found))
    works = np.arange(options.experiments) < options.experiments // 10
    return {
        "experiments": options.experiments,
        "customers": options.customers,
        "rows": size,
        "with_interval": int(np.isfinite(radius).sum()),
        "discovered": int(taken.sum()),
        "false_discoveries": int((taken & ~works).sum()),
        "uneven": int((split < 0.001).sum()),
        **spent.to_json(),
    }


def main() -> None:
    """Run what the arguments ask for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--null", type=int, default=2_000, help="experiments without effect")
    parser.add_argument("--days", type=int, default=60, help="daily looks")
    parser.add_argument("--customers-a-day", type=int, default=100, help="new ones, by experiment")
    parser.add_argument("--experiments", type=int, help="measure that many in one pass instead")
    parser.add_argument("--customers", type=int, default=1_000_000, help="… over that many")
    parser.add_argument("--each", type=int, default=10, help="experiments that a customer is in")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    options = parser.parse_args()
    if options.experiments:
        report(many(options), options.json)
        return
    with measured() as spent:
        figures = null_rates(options)
    report({**figures, "cpu_seconds": round(spent.cpu_seconds, 1)}, options.json)


if __name__ == "__main__":
    main()
