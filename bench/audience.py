"""How long an audience takes to count while it is typed, key by key.

Every prefix of every expression is compiled; one that is not valid yet costs its error, one that is
valid is counted. `cold` are counts that had to compute a condition not asked before, `warm` the
same expressions again, as when a part is edited back. The CPU milliseconds of the calling thread
stand beside those of the clock: on a busy machine only they mean something.
"""

import argparse
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from asterism.audience import (
    Catalogue,
    Coded,
    Columns,
    ColumnsWriter,
    InvalidAudienceError,
    TagSpec,
    TagType,
    compile_audience,
    overlap_matrix,
)
from asterism.audience.columns.values import Batch
from measurement import measured, report

BATCHES = 16
TIERS = ("basic", "silver", "gold", "platinum", "private")
CITIES = tuple(f"城市{number}" for number in range(340))
MANAGERS = tuple(f"M{number:05d}" for number in range(6000))
SPECS = (
    TagSpec(name="aum", type=TagType.MONEY),
    TagSpec(name="aum_avg_90d", type=TagType.MONEY),
    TagSpec(name="inflow_30d", type=TagType.MONEY),
    TagSpec(name="age", type=TagType.INTEGER),
    TagSpec(name="logins_30d", type=TagType.INTEGER),
    TagSpec(name="days_to_maturity", type=TagType.INTEGER),
    TagSpec(name="rfm_score", type=TagType.NUMBER),
    TagSpec(name="holds_fund", type=TagType.FLAG),
    TagSpec(name="consent_sms", type=TagType.FLAG),
    TagSpec(name="tier", type=TagType.TEXT, values=TIERS),
    TagSpec(name="city", type=TagType.TEXT),
    TagSpec(name="manager_id", type=TagType.TEXT),
    TagSpec(name="opened", type=TagType.DATE),
)
CATALOGUE = Catalogue({spec.name: spec for spec in SPECS}, {"payroll": "inflow_30d >= 5000"})
TYPED = (
    "aum_avg_90d >= 500000 AND tier = 'gold' AND NOT holds_fund AND logins_30d > 3",
    "rfm_score > 0.825 AND consent_sms AND age BETWEEN 25 AND 45",
    "days_to_maturity <= 30 AND inflow_30d > 20000.50 OR IN_SEGMENT('payroll')",
    "city IN ('城市1', '城市77', '城市139') AND opened >= DATE '2019-06-15'",
    "manager_id = 'M00042' OR manager_id LIKE 'M01%'",
    "aum > 0.8 * aum_avg_90d AND age >= 18",
    "NOT (tier = 'basic' OR aum < 1000) AND opened IS NOT NULL",
)


def batch(generator: np.random.Generator, rows: int) -> dict[str, Batch]:
    """Return made-up values of every tag: heavy tails, many zeros, nulls."""
    known = generator.random(rows) > 0.1
    aum = (np.exp(generator.normal(13, 2, rows)) * (generator.random(rows) > 0.3)).astype(np.int64)
    average = (aum * generator.uniform(0.7, 1.4, rows)).astype(np.int64)
    inflow = (np.exp(generator.normal(12, 2, rows)) * (generator.random(rows) > 0.5)).astype("i8")
    days = np.datetime64("2005-01-01") + generator.integers(0, 7600, rows)
    return {
        "aum": (aum, None),
        "aum_avg_90d": (average, known),
        "inflow_30d": (inflow, known),
        "age": (generator.integers(18, 95, rows), None),
        "logins_30d": (generator.poisson(4, rows), None),
        "days_to_maturity": (generator.integers(0, 1000, rows), generator.random(rows) > 0.7),
        "rfm_score": (generator.random(rows), known),
        "holds_fund": (generator.random(rows) > 0.8, None),
        "consent_sms": (generator.random(rows) > 0.4, generator.random(rows) > 0.2),
        "tier": (Coded(generator.integers(0, len(TIERS), rows), TIERS), None),
        "city": (Coded(generator.integers(0, len(CITIES), rows), CITIES), known),
        "manager_id": (Coded(generator.integers(0, len(MANAGERS), rows), MANAGERS), known),
        "opened": (days, known),
    }


def write(directory: Path, customers: int, seed: int) -> None:
    """Write the columns of a made-up bank."""
    generator = np.random.default_rng(seed)
    writer = ColumnsWriter(directory, SPECS, customers)
    ends = [customers * (place + 1) // BATCHES for place in range(BATCHES)]
    for start, end in zip([0, *ends], ends, strict=False):
        ids = [f"C{number:09d}" for number in range(start, end)]
        writer.append(ids, batch(generator, end - start))
    writer.close()


def keystrokes(columns: Columns) -> Iterator[tuple[bool, float, float]]:
    """Type every expression; yield whether it was valid, and clock and CPU milliseconds."""
    for text in TYPED:
        for end in range(1, len(text) + 1):
            clock, cpu = time.perf_counter(), time.thread_time()
            try:
                compile_audience(text[:end], CATALOGUE).mask(columns).count()
                valid = True
            except InvalidAudienceError:
                valid = False
            yield valid, (time.perf_counter() - clock) * 1e3, (time.thread_time() - cpu) * 1e3


def percentiles(name: str, milliseconds: list[float]) -> dict[str, float]:
    return {
        f"{name}_p50_ms": round(float(np.percentile(milliseconds, 50)), 3),
        f"{name}_p99_ms": round(float(np.percentile(milliseconds, 99)), 3),
    }


def typing(columns: Columns) -> dict[str, float]:
    """Return the percentiles of typing for the first time and once more."""
    figures: dict[str, float] = {}
    for name in ("cold", "warm"):
        strokes = list(keystrokes(columns))
        figures |= percentiles(f"{name}_key", [clock for _, clock, _ in strokes])
        figures |= percentiles(f"{name}_key_cpu", [cpu for _, _, cpu in strokes])
        figures |= percentiles(f"{name}_count", [clock for valid, clock, _ in strokes if valid])
        figures |= percentiles(f"{name}_count_cpu", [cpu for valid, _, cpu in strokes if valid])
    return figures


def overlaps(columns: Columns, repeats: int = 5) -> dict[str, float]:
    """Return the milliseconds of the overlaps of ten audiences, best of some repeats."""
    texts = [f"rfm_score > {place / 11}" for place in range(10)]
    masks = [compile_audience(text, CATALOGUE).mask(columns) for text in texts]
    found = []
    for _ in range(repeats):
        clock = time.perf_counter()
        overlap_matrix(masks)
        found.append((time.perf_counter() - clock) * 1e3)
    return {"overlap_10_ms": round(min(found), 3), "overlap_10_worst_ms": round(max(found), 3)}


def reading_back(columns: Columns) -> dict[str, float]:
    """Return the milliseconds of a distribution and of listing who is in."""
    mask = compile_audience("logins_30d > 3", CATALOGUE).mask(columns)
    clock = time.perf_counter()
    columns.histogram("aum", mask)
    histogram = (time.perf_counter() - clock) * 1e3
    clock = time.perf_counter()
    columns.customer_ids.take(mask.indices()[:100_000])
    listing = (time.perf_counter() - clock) * 1e3
    return {"histogram_ms": round(histogram, 3), "list_100k_ms": round(listing, 3)}


def measure(customers: int, seed: int) -> dict[str, object]:
    """Return named figures; loops are compiled before the clock starts."""
    with tempfile.TemporaryDirectory() as path:
        small, directory = Path(path) / "small", Path(path) / "columns"
        write(small, 1000, seed)
        warmed = Columns.open(small)
        typing(warmed)
        overlaps(warmed)
        reading_back(warmed)
        with measured() as writing:
            write(directory, customers, seed)
        columns = Columns.open(directory)
        columns.warm()
        return {
            "customers": customers,
            "tags": len(SPECS),
            "columns_bytes": sum(file.stat().st_size for file in directory.iterdir()),
            **writing.to_json("write_"),
            **typing(columns),
            "cache_bytes": columns.cache.bytes,
            **overlaps(columns),
            **reading_back(columns),
        }


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--customers", type=int, default=1_000_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    report(measure(options.customers, options.seed), options.json)


if __name__ == "__main__":
    main()
