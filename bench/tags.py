"""Times all tags of a bank: a full pass, a daily run, and the same tags in hand-written SQL."""

import argparse
import shutil
import tempfile
import time
from collections.abc import Mapping
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from asterism.insight.profiles import Profiles
from asterism.insight.tags import TAGS, catalogue, compute_tags
from asterism.insight.tags.compute import bucket_groups
from asterism.insight.tags.cuts import Cuts
from asterism.insight.tags.declared.sources import CATEGORIES
from asterism.warehouse import TABLES, Snapshot, Warehouse
from measurement import Measurement, measured, report
from tags_bank import Sizes, SyntheticBank

LAST = date(2026, 10, 18)
RIVAL = Path(__file__).with_name("tags_rival.sql")
CUTS = {
    "aum": "aum_avg_90d",
    "rec": "days_since_transaction",
    "fre": "transactions_90d",
    "mon": "outflow_90d",
}
#: Doubles may differ in the last bits, where sums are divided in another order.
CLOSE = 1e-9


def main() -> None:
    """Build the bank, run each way, compare, report."""
    arguments = parse()
    home = Path(tempfile.mkdtemp(prefix="tags-", dir=arguments.directory))
    try:
        report(run(arguments, home), arguments.json)
    finally:
        shutil.rmtree(home, ignore_errors=True)


def parse() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--customers", type=int, default=20_000)
    parser.add_argument("--transactions", type=int, default=1_200_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--directory", help="where to put the bank; needs some gigabytes")
    parser.add_argument("--only-full", action="store_true", help="leave out the daily run")
    parser.add_argument("--json", action="store_true")
    return parser.parse_args()


def run(arguments: argparse.Namespace, home: Path) -> dict[str, object]:
    """Return the figures."""
    sizes = Sizes(customers=arguments.customers, transactions=arguments.transactions)
    bank = SyntheticBank(Warehouse(home), sizes, arguments.seed, LAST)
    start = bank.build()
    catalogue()
    figures: dict[str, object] = {
        "customers": start.rows("customers"),
        "transactions": start.rows("transactions"),
        "tags": len(TAGS),
    }
    full, marks = timed(bank.warehouse, start, figures, "full_", full=True)
    figures["tags_cpu_seconds"] = marks["tags"].cpu_seconds
    figures["tags_wall_seconds"] = marks["tags"].wall_seconds
    with measured() as rival:
        rival_files = run_rival(home / "rival", start)
    figures |= {k: v for k, v in rival.to_json("rival_").items() if "peak" not in k}
    figures["cpu_ratio"] = round(marks["tags"].cpu_seconds / rival.cpu_seconds, 3)
    figures["different"] = different(full, rival_files)
    if arguments.only_full:
        return figures
    first, _ = timed(bank.warehouse, start, figures, "first_")
    tomorrow = bank.add_day(first)
    daily, _ = timed(bank.warehouse, tomorrow, figures, "daily_")
    figures["profile_microseconds"] = round(profile_microseconds(daily), 1)
    return figures


def timed(
    warehouse: Warehouse,
    parent: Snapshot,
    figures: dict[str, object],
    prefix: str,
    *,
    full: bool = False,
) -> tuple[Snapshot, Mapping[str, Measurement]]:
    """Compute the tags, note the figures, and return what had passed when each step was done."""
    marks: dict[str, Measurement] = {}
    with measured() as whole:
        begun = clocks()

        def note(step: str, done: float) -> None:
            if done == 1.0:
                wall, cpu = (after - before for before, after in zip(begun, clocks(), strict=True))
                marks[step] = Measurement(round(wall, 3), round(cpu, 3))

        snapshot = compute_tags(warehouse, parent, parent.as_of, note, full=full)
    figures.update(whole.to_json(prefix))
    return snapshot, marks


def clocks() -> tuple[float, float]:
    """Return wall and CPU seconds."""
    return time.perf_counter(), time.process_time()


def run_rival(directory: Path, snapshot: Snapshot) -> list[Path]:
    """Run the hand-written SQL over the same parts, in the same groups of buckets."""
    directory.mkdir()
    connection = duckdb.connect(config={"memory_limit": "4GB"})
    base, derived = RIVAL.read_text(encoding="utf-8").split("-- derived")
    today = snapshot.as_of
    words: dict[str, Any] = {
        "today": today,
        "first": today - timedelta(days=364),
        "categories": f"{list(CATEGORIES)}",
    }
    files = []
    for number, buckets in enumerate(bucket_groups(snapshot.rows("customers"))):
        for name in TABLES:
            view(connection, snapshot, name, buckets)
        connection.execute(base.format(**words))
        if number == 0:
            sample = Cuts(TAGS, snapshot.rows("customers")).buckets
            words |= cut_points(connection, sample)
        files.append(directory / f"{number}.parquet")
        columns = ", ".join(("customer_id", "bucket", *TAGS))
        chosen = f"SELECT {columns} FROM ({derived.format(**words)})"  # noqa: S608 - our own names
        connection.execute(
            f"COPY ({chosen} ORDER BY bucket, customer_id)"
            f" TO '{files[-1]}' (FORMAT parquet, COMPRESSION zstd)"
        )
    connection.close()
    return files


def view(
    connection: duckdb.DuckDBPyConnection, snapshot: Snapshot, name: str, buckets: tuple[int, ...]
) -> None:
    """Name the rows of a canonical table, of the buckets only if it has buckets."""
    table = TABLES[name]
    parts = [part for part in snapshot.datasets.get(name, ()) if part.bucket in {None, *buckets}]
    alias = "facts" if name == "external_facts" else name
    if not parts:
        types = {"money": "BIGINT", "string": "VARCHAR", "float64": "DOUBLE", "int64": "BIGINT"}
        columns = ", ".join(
            f"CAST(NULL AS {types.get(column.type.value, column.type.value)}) AS {column.name}"
            for column in table.columns
        )
        connection.execute(f"CREATE OR REPLACE TEMP VIEW {alias} AS SELECT {columns} WHERE false")
        return
    files = [str(snapshot.file(part)) for part in parts]
    chosen = ", ".join(map(str, buckets))
    connection.execute(
        f"CREATE OR REPLACE TEMP VIEW {alias} AS SELECT * FROM read_parquet({files}) "  # noqa: S608
        f" WHERE bucket IN ({chosen})"
    )


def cut_points(connection: duckdb.DuckDBPyConnection, buckets: int) -> dict[str, float]:
    """Return the fifths of the tags that are banded, over the first buckets."""
    found: dict[str, float] = {}
    for short, tag in CUTS.items():
        value = tag if short == "rec" else f"coalesce({tag}, 0)"
        row = connection.execute(
            f"SELECT quantile_cont({value}::DOUBLE, [0.2, 0.4, 0.6, 0.8])"  # noqa: S608
            f" FROM rival_base WHERE bucket < {buckets}"
        ).fetchone()
        found |= {f"{short}_{n + 1}": cut for n, cut in enumerate(row[0] if row else [])}
    return found


def different(snapshot: Snapshot, files: list[Path]) -> list[str]:
    """Return the tags in which the two disagree."""
    mine = pa.concat_tables([pq.read_table(snapshot.file(p)) for p in snapshot.datasets["tags"]])
    other = pa.concat_tables([pq.read_table(file) for file in files])
    if not mine.column("customer_id").equals(other.column("customer_id")):
        return ["customer_id"]
    return [name for name in TAGS if not same(mine.column(name), other.column(name))]


def same(mine: pa.ChunkedArray, other: pa.ChunkedArray) -> bool:
    """Tell whether the columns are equal, doubles but for rounding."""
    if not pa.types.is_floating(mine.type):
        return bool(mine.equals(other.cast(mine.type)))
    ours, theirs = (column.to_numpy() for column in (mine, other.cast(mine.type)))
    return bool(np.allclose(ours, theirs, rtol=CLOSE, equal_nan=True))


def profile_microseconds(snapshot: Snapshot, reads: int = 2000) -> float:
    """Return the mean time of reading one customer's whole profile."""
    table = pq.read_table(snapshot.file(snapshot.datasets["tags"][0]), columns=["customer_id"])
    ids = table.column("customer_id").to_pylist()[:reads]
    with Profiles.open(snapshot.path("profiles")) as profiles:
        begun = time.perf_counter()
        for customer_id in ids:
            profiles.get(customer_id)
        return (time.perf_counter() - begun) / len(ids) * 1e6


if __name__ == "__main__":
    main()
