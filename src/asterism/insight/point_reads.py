"""One customer's rows out of a snapshot's files, without reading anybody else's if possible.

Parts are sorted by bucket and customer, and Parquet says of every row group which it holds: only
the groups that can hold the customer are read, their ids first. Footers are kept in memory: parts
never change, so what was read once stays true.
"""

from collections.abc import Iterable, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from asterism.kernel.hashing import bucket_of
from asterism.warehouse import Part, Snapshot

#: Footers kept; a footer takes some ten to hundred kilobytes.
_FOOTERS = 4_096
_EVERYTHING = ("", "\U0010ffff")


class Group(NamedTuple):
    """What a row group holds at most."""

    lowest_bucket: int
    highest_bucket: int
    lowest_id: str
    highest_id: str


class Footer(NamedTuple):
    """What a file's footer says."""

    metadata: Any
    columns: tuple[str, ...]
    groups: tuple[Group, ...]


def rows_of(
    snapshot: Snapshot, parts: Iterable[Part], customer_id: str, columns: Sequence[str]
) -> list[dict[str, Any]]:
    """Return the customer's rows in `parts` as plain values, file by file; `columns` only.

    A column that a file lacks is None there.
    """
    rows: list[dict[str, Any]] = []
    bucket = bucket_of(customer_id)
    for part in parts:
        if part.rows and part.bucket in {None, bucket}:
            rows += _rows_in(snapshot.file(part), bucket, customer_id, columns)
    return rows


def _rows_in(
    path: Path, bucket: int, customer_id: str, columns: Sequence[str]
) -> list[dict[str, Any]]:
    footer = read_footer(path)
    wanted = [
        number
        for number, group in enumerate(footer.groups)
        if group.lowest_bucket <= bucket <= group.highest_bucket
        and group.lowest_id <= customer_id <= group.highest_id
    ]
    if not wanted:
        return []
    with pa.memory_map(str(path)) as source:
        file = pq.ParquetFile(source, metadata=footer.metadata, pre_buffer=False)
        present = [name for name in columns if name in footer.columns]
        rows: list[dict[str, Any]] = []
        for number in wanted:
            ids = file.read_row_group(number, columns=["customer_id"], use_threads=False)
            own = pc.equal(ids.column(0), customer_id)
            if pc.any(own).as_py():
                group = file.read_row_group(number, columns=present, use_threads=False)
                rows += group.filter(own).to_pylist()
    absent = dict.fromkeys(name for name in columns if name not in footer.columns)
    return [{**row, **absent} for row in rows] if absent else rows


@lru_cache(maxsize=_FOOTERS)
def read_footer(path: Path) -> Footer:
    """Return what a part's footer says; read once."""
    metadata = pq.read_metadata(path)
    columns = tuple(metadata.schema.names)
    buckets = columns.index("bucket") if "bucket" in columns else None
    ids = columns.index("customer_id")
    groups = []
    for number in range(metadata.num_row_groups):
        group = metadata.row_group(number)
        low, high = (0, 255) if buckets is None else _bounds(group, buckets, (0, 255))
        groups.append(Group(int(low), int(high), *_bounds(group, ids, _EVERYTHING)))
    return Footer(metadata, columns, tuple(groups))


def _bounds(group: Any, column: int, otherwise: tuple[Any, Any]) -> tuple[Any, Any]:
    """Return the least and the greatest value of a column chunk, `otherwise` if it does not say."""
    statistics = group.column(column).statistics
    if statistics is None or not statistics.has_min_max:
        return otherwise
    return statistics.min, statistics.max
