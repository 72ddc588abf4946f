"""How long the whole loop takes: the demo's days, and one day at any size."""

import argparse
import tempfile
from pathlib import Path

from asterism.bootstrap import open_asterism
from asterism.demo import run_demo
from asterism.settings import read_settings
from measurement import measured, report


def main() -> None:
    """Build a bank, run its days, print the seconds of each part."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--customers", type=int, default=20_000)
    parser.add_argument("--days", type=int, default=30)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as directory:
        asterism = open_asterism(read_settings(Path(directory)))
        with measured() as demo:
            outcome = run_demo(
                asterism, customers=options.customers, days=options.days, seed=options.seed
            )
    figures: dict[str, object] = {
        "customers": options.customers,
        "days": options.days,
        "touches": outcome.touches,
        **demo.to_json(),
        "day_seconds_last": round(outcome.day_seconds[-1], 2),
        "day_seconds_median": round(sorted(outcome.day_seconds)[options.days // 2], 2),
        "building_seconds": round(outcome.building_seconds, 2),
    }
    report(figures, options.json)


if __name__ == "__main__":
    main()
