"""How often the intervals of the review cover the truth that only the twin knows.

Every strategy, every day that it was reviewed, every seed: the interval of that day against the
true effect to the end of that day.

python bench/coverage.py --seeds 3 --customers 5000 --days 20 --json
"""

import argparse
import tempfile
from collections import Counter
from datetime import date
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from asterism.bootstrap import Asterism, open_asterism
from asterism.demo import run_demo
from asterism.execution import assignments
from asterism.review import effect_course
from asterism.review.latest import latest_effects
from asterism.settings import read_settings
from asterism.strategy import get_strategy
from asterism.twin.world import World
from measurement import measured, report


def truths(world: World, assigned: pa.Table, goals: pa.Table, day: date) -> dict[str, float]:
    """Return each strategy's true effect to the end of `day`."""
    known = assigned.filter(pc.less_equal(assigned["assigned_on"], day))
    names = ["strategy", "customer_id", "assigned_on", "arm"]
    rows = known.select(names).join(goals, "strategy", join_type="inner")
    return world.true_effects(rows, through=day) if rows.num_rows else {}


def cover(asterism: Asterism) -> Counter[str]:
    """Compare one bank's reviews with its truth."""
    engine = asterism.bank.engine
    world = World.open(asterism.bank.home / "twin")
    courses = {
        one.strategy: effect_course(engine, one.strategy, one.version)
        for one in latest_effects(engine)
    }
    strategies = [get_strategy(engine, name).strategy for name in courses]
    goals = pa.table(
        {
            "strategy": [one.id for one in strategies],
            "metric": [one.goal.metric.value for one in strategies],
            "family": [one.goal.family.value if one.goal.family else None for one in strategies],
            "outcome_days": [one.outcome_days for one in strategies],
        }
    )
    assigned = assignments(engine)
    found: Counter[str] = Counter()
    for day in sorted({one.through for course in courses.values() for one in course}):
        truth = truths(world, assigned, goals, day)
        for name, course in courses.items():
            for one in course:
                if one.through == day and one.so_far.known and name in truth:
                    inside = one.so_far.low <= truth[name] <= one.so_far.high
                    found.update(["looked", "covered"] if inside else ["looked", name])
    return found


def main() -> None:
    """Build a bank for each seed, run its loop, compare."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--home", type=Path, help="a bank of the twin that has run already")
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--first-seed", type=int, default=1)
    parser.add_argument("--customers", type=int, default=5_000)
    parser.add_argument("--days", type=int, default=20)
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    options = parser.parse_args()
    found: Counter[str] = Counter()
    with measured() as spent:
        if options.home:
            found = cover(open_asterism(read_settings(options.home)))
        else:
            for seed in range(options.first_seed, options.first_seed + options.seeds):
                with tempfile.TemporaryDirectory() as directory:
                    asterism = open_asterism(read_settings(Path(directory)))
                    run_demo(asterism, customers=options.customers, days=options.days, seed=seed)
                    found += cover(asterism)
    figures = {
        "intervals": found["looked"],
        "covered": found["covered"],
        "coverage": round(found["covered"] / max(found["looked"], 1), 4),
        "missed": {k: n for k, n in found.items() if k not in {"looked", "covered"}},
        "cpu_seconds": round(spent.cpu_seconds, 1),
    }
    report(figures, options.json)


if __name__ == "__main__":
    main()
