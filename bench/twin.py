"""How long the simulated bank takes to be built, and to live days while it is touched.

python bench/twin.py --customers 100000 --days 3 --seed 7 --json
"""

import argparse
import json
import resource
import tempfile
import time
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from asterism.twin import World, build_world

_START = date(2025, 1, 1)
#: Share of customers touched on each live day.
_TOUCHED = 0.02
_FAMILIES = ("term_deposit", "money_fund", "wealth", "credit_card", "consumer_loan", "other")
_CHANNELS = ("app_slot", "email", "sms", "call_list", "manager_list")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--customers", type=int, default=20_000)
    parser.add_argument("--history-days", type=int, default=365)
    parser.add_argument("--days", type=int, default=3, help="live days")
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as directory:
        figures = measure(Path(directory), options)
    if options.json:
        print(json.dumps(figures))
    else:
        for name, value in figures.items():
            print(f"{name:28} {value}")


def measure(directory: Path, options: argparse.Namespace) -> dict[str, float]:
    started, worked = time.perf_counter(), time.process_time()
    world = build_world(directory, options.customers, options.seed, options.history_days, _START)
    built = time.perf_counter() - started
    figures: dict[str, float] = {
        "customers": options.customers,
        "history_days": options.history_days,
        "build_seconds": round(built, 2),
        "build_cpu_seconds": round(time.process_time() - worked, 2),
        "build_peak_mib": round(peak(), 0),
    }
    for table in ("transactions", "events", "balances", "interactions", "accounts"):
        files = list((world.source / table).glob("*.parquet"))
        figures[table] = sum(pq.read_metadata(path).num_rows for path in files)
    figures["source_mib"] = round(
        sum(path.stat().st_size for path in world.source.rglob("*.parquet")) / 2**20, 1
    )
    worked = time.process_time()
    seconds = [live(world, options, number) for number in range(options.days)]
    if seconds:
        figures["live_day_cpu_seconds"] = round((time.process_time() - worked) / len(seconds), 3)
        figures["live_day_seconds"] = round(float(np.median(seconds)), 3)
        figures["live_first_day_seconds"] = round(seconds[0], 3)
    figures["peak_mib"] = round(peak(), 0)
    return figures


def live(world: World, options: argparse.Namespace, number: int) -> float:
    day = world.through + timedelta(days=1)
    touches = some_touches(day, options.customers, options.seed + number)
    started = time.perf_counter()
    world.live(day, touches)
    return time.perf_counter() - started


def some_touches(day: date, customers: int, seed: int) -> pa.Table:
    rng = np.random.default_rng(seed)
    size = int(customers * _TOUCHED)
    chosen = rng.choice(customers, size, replace=False)
    family = rng.integers(len(_FAMILIES), size=size)
    sent = datetime(day.year, day.month, day.day, 2, tzinfo=UTC)
    return pa.table(
        {
            "touch_id": [f"{day}-{one}" for one in chosen],
            "customer_id": [f"C{one + 1:09d}" for one in chosen],
            "strategy": [f"strategy-{one}" for one in family],
            "offer": ["offer"] * size,
            "family": np.array(_FAMILIES)[family],
            "channel": np.array(_CHANNELS)[rng.integers(len(_CHANNELS), size=size)],
            "sent_at": pa.array([sent] * size, pa.timestamp("us", tz="UTC")),
        }
    )


def peak() -> float:
    """Return the process's peak resident memory in MiB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


if __name__ == "__main__":
    main()
