"""How long an import takes: a year of transactions in Parquet, one file a month, and their bank.

Every row is checked (types, codes, ranges, unique keys, references) and sorted by customer. The
second import of the same folder shows what it costs to find that nothing is new.
"""

import argparse
import tempfile
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from asterism.warehouse import Warehouse, import_mapping, load_mapping
from measurement import measured, report

MONTHS = 12
KINDS = np.array(["card", "salary", "transfer_in", "transfer_out", "bill"])
CATEGORIES = np.array(["groceries", "dining", "travel", "fuel", "health"])
MAPPING = """\
version: 1
currency: CNY
time_zone: Asia/Shanghai
tables:
  customers: {files: customers.parquet, columns: same}
  transactions: {files: "transactions/*.parquet", columns: same}
"""


def main() -> None:
    """Build the folder, import it twice, report."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--customers", type=int, default=100_000)
    options.add_argument("--transactions", type=int, default=6_000_000)
    options.add_argument("--memory", default="4GB")
    options.add_argument("--seed", type=int, default=1)
    options.add_argument("--json", action="store_true")
    chosen = options.parse_args()
    with tempfile.TemporaryDirectory() as directory:
        folder = Path(directory) / "source"
        build(folder, chosen.customers, chosen.transactions, np.random.default_rng(chosen.seed))
        warehouse = Warehouse(Path(directory) / "warehouse")
        mapping = load_mapping(folder / "mapping.yaml")
        with measured() as first:
            snapshot, outcome = import_mapping(
                warehouse, None, mapping, folder, memory_limit=chosen.memory
            )
        with measured() as again:
            import_mapping(warehouse, snapshot, mapping, folder)
        loaded = outcome.tables["transactions"].loaded
        size = sum(part.bytes for part in snapshot.datasets["transactions"])
    millions = loaded / 1e6
    figures = {
        "customers": chosen.customers,
        "transactions": loaded,
        **first.to_json(),
        "wall_seconds_per_million": round(first.wall_seconds / millions, 3),
        "cpu_seconds_per_million": round(first.cpu_seconds / millions, 3),
        "stored_bytes_per_transaction": round(size / loaded, 1),
        "unchanged_wall_seconds": round(again.wall_seconds, 3),
    }
    report(figures, chosen.json)


def build(folder: Path, customers: int, transactions: int, chance: np.random.Generator) -> None:
    """Write the bank's exports."""
    (folder / "transactions").mkdir(parents=True)
    (folder / "mapping.yaml").write_text(MAPPING, encoding="utf-8")
    ids = pa.array(np.char.mod("C%08d", np.arange(customers)))
    pq.write_table(pa.table({"customer_id": ids}), folder / "customers.parquet")
    each = transactions // MONTHS
    for month in range(MONTHS):
        rows = month_of(month, each, ids, chance)
        path = folder / "transactions" / f"2025-{month + 1:02d}.parquet"
        pq.write_table(rows, path, compression="zstd")


def month_of(month: int, rows: int, ids: pa.Array, chance: np.random.Generator) -> pa.Table:
    """Draw one month; a few customers are very busy."""
    who = (chance.random(rows) ** 2 * len(ids)).astype(np.int64)
    first = np.datetime64(f"2025-{month + 1:02d}-01T00:00:00", "us")
    after = np.sort(chance.integers(0, 28 * 86_400, rows)) * 1_000_000
    merchants = pa.array(np.char.mod("merchant %05d", np.arange(20_000)))
    return pa.table(
        {
            "transaction_id": np.char.mod("T%012d", np.arange(month * rows, (month + 1) * rows)),
            "account_id": pa.array(np.char.mod("A%09d", np.arange(len(ids)))).take(pa.array(who)),
            "customer_id": ids.take(pa.array(who)),
            "posted_at": first + after.astype("timedelta64[us]"),
            "amount": chance.integers(-500_000, 500_000, rows),
            "kind": KINDS[chance.integers(0, len(KINDS), rows)],
            "channel": np.array(["app", "pos"])[chance.integers(0, 2, rows)],
            "merchant_category": CATEGORIES[chance.integers(0, len(CATEGORIES), rows)],
            "counterparty": merchants.take(pa.array(chance.integers(0, 20_000, rows))),
            "balance_after": chance.integers(0, 9_000_000, rows),
        }
    )


if __name__ == "__main__":
    main()
