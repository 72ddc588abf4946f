"""How long a rehearsal takes: a draft beside the ready strategies, day after day."""

import argparse
import tempfile
from datetime import date, timedelta
from pathlib import Path

import pyarrow as pa

from asterism.loop.rehearsal import Stage, Tally, rehearse_day
from asterism.loop.replay import Past
from asterism.strategy import ASSIGNED, TOUCHED, Limits, draft, library
from asterism.strategy.standing import Standing
from asterism.strategy.testing import CATALOGUE, a_day, made_up_customers
from measurement import measured, report


def measure(customers: int, days: int, seed: int) -> dict[str, object]:
    """Return named figures; loops are compiled before the clock starts."""
    strategies = [draft(strategy) for strategy in library()]
    stage = Stage(draft=strategies[0], catalogue=CATALOGUE, limits=Limits(), universal_control=0.05)
    with tempfile.TemporaryDirectory() as directory:
        small = made_up_customers(Path(directory) / "small", 1_000, seed)
        rehearse_day(stage, small, strategies, a_day(), _nothing(stage.draft.strategy.id), Tally())
        columns = made_up_customers(Path(directory) / "all", customers, seed)
        past, tally = _nothing(stage.draft.strategy.id), Tally()
        with measured() as run:
            found = [
                rehearse_day(stage, columns, strategies, a_day() + timedelta(days=day), past, tally)
                for day in range(days)
            ]
            times = tally.times
    return {
        "customers": customers,
        "days": days,
        "strategies": len(strategies),
        "touches": sum(day.touched for day in found),
        "customers_touched": sum(times.values()),
        **run.to_json(),
        "cpu_seconds_a_day": round(run.cpu_seconds / max(days, 1), 3),
    }


def _nothing(strategy: str) -> Past:
    """Return a past in which nothing happened."""
    touched = pa.schema([*TOUCHED, pa.field("strategy", pa.string())]).empty_table()
    return Past(strategy, date(1970, 1, 1), touched, ASSIGNED.empty_table(), {}, Standing())


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--customers", type=int, default=100_000)
    parser.add_argument("--days", type=int, default=10)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    report(measure(options.customers, options.days, options.seed), options.json)


if __name__ == "__main__":
    main()
