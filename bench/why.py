"""How long it takes to explain a customer's day: every strategy, recomputed from the snapshot."""

import argparse
import tempfile
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
from sqlalchemy import select

from asterism.bootstrap import Asterism, open_asterism
from asterism.demo import run_demo
from asterism.execution.tables import assignment
from asterism.kernel.clock import SetClock
from asterism.loop.explanation import explain_customer
from asterism.loop.practice import Practice
from asterism.settings import Settings, read_settings
from measurement import measured, report

_CLOCK = SetClock(datetime(2026, 6, 5, 4, tzinfo=UTC))


def measure(asterism: Asterism, asked: int, seed: int) -> dict[str, object]:
    """Return named figures: the first question in a process, and the others after it."""
    engine, practice = asterism.bank.engine, Practice.of(asterism.bank.home, asterism.settings)
    with engine.connect() as connection:
        row = assignment.c
        rows = connection.execute(select(row.customer_id, row.assigned_on).limit(100_000)).all()
    chance = np.random.default_rng(seed)
    seconds, answers = [], 0
    for number in chance.integers(0, len(rows), asked).tolist():
        customer, day = rows[number]
        with measured() as one:
            found = explain_customer(asterism.bank, customer, day=day, practice=practice)
        answers += len(found.strategies)
        seconds.append((one.wall_seconds, one.cpu_seconds))
    walls, cpus = np.array(seconds).T
    return {
        "asked": asked,
        "strategies_each": round(answers / asked, 1),
        "first_wall_seconds": round(float(walls[0]), 3),
        "first_cpu_seconds": round(float(cpus[0]), 3),
        "p50_wall_seconds": round(float(np.median(walls[1:])), 3),
        "p99_wall_seconds": round(float(np.quantile(walls[1:], 0.99)), 3),
        "p50_cpu_seconds": round(float(np.median(cpus[1:])), 3),
    }


def main() -> None:
    """Measure on a home that exists, or on a simulated bank."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--home", type=Path, help="a home to ask; else a bank is made")
    parser.add_argument("--customers", type=int, default=5_000)
    parser.add_argument("--days", type=int, default=5)
    parser.add_argument("--asked", type=int, default=50)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    if options.home:
        opened = open_asterism(read_settings(options.home))
        report(measure(opened, options.asked, options.seed), options.json)
        return
    with tempfile.TemporaryDirectory() as directory:
        made = open_asterism(Settings(home=Path(directory)), _CLOCK)
        run_demo(made, customers=options.customers, days=options.days, seed=options.seed)
        figures = measure(made, options.asked, options.seed)
    report({"customers": options.customers, "days": options.days, **figures}, options.json)


if __name__ == "__main__":
    main()
