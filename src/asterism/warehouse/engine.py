"""Opens DuckDB the way a bank may: bounded memory, nothing downloaded, moments in UTC."""

import os
import tempfile
from pathlib import Path

import ibis
import ibis.expr.types as ir
from ibis.backends.duckdb import Backend

from asterism.kernel.hashing import BUCKETS

#: How Parquet is written, as DuckDB's options: row groups small enough that a sorted file is
#: skipped in useful pieces; version 2 encodings, which are smaller and twice as fast to sum; and
#: no large dictionary tried for columns whose values hardly repeat.
PARQUET = {
    "compression": "zstd",
    # Small enough to read one customer quickly, large enough to scan a month at full speed.
    "row_group_size": 16_384,
    "parquet_version": "v2",
    "dictionary_size_limit": 5_000,
}

_DIGITS = "0123456789abcdef"


def connect(
    memory_limit: str = "4GB",
    threads: int | None = None,
    temp_directory: Path | None = None,
) -> Backend:
    """Open an in-memory DuckDB through Ibis; close it with `.disconnect()`.

    `memory_limit` is DuckDB's, for example `4GB`; `threads` defaults to the machine's cores; what
    does not fit into memory spills to `temp_directory`, a private one by default.
    """
    spill = temp_directory or Path(tempfile.gettempdir()) / f"asterism-{os.getpid()}"
    backend = ibis.duckdb.connect(
        memory_limit=memory_limit,
        threads=threads or os.cpu_count() or 1,
        temp_directory=str(spill),
        autoinstall_known_extensions=False,
        autoload_known_extensions=False,
    )
    backend.raw_sql("SET enable_progress_bar = false")
    backend.raw_sql("SET lock_configuration = true")
    return backend


def bucket_expression(customer_id: ir.StringValue) -> ir.IntegerValue:
    """Return the customer's bucket (0 to 15, int8) as an expression; equals `bucket_of`."""
    first = customer_id.hexdigest("md5").substr(0, 1)
    return ibis.literal(_DIGITS[:BUCKETS]).find(first).cast("int8")


def glob_literal(path: Path) -> str:
    """Return `path` so that DuckDB, which reads every path as a pattern, finds that file only.

    >>> glob_literal(Path("/data/a[1].csv"))
    '/data/a[[]1].csv'
    """
    escaped = str(path).replace("[", "\0").replace("*", "[*]").replace("?", "[?]")
    return escaped.replace("\0", "[[]")
