"""What a run leaves in the snapshot: tags, columns, statistics, profiles."""

from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from asterism.audience import ColumnsWriter, TagSpec
from asterism.insight.profiles import ProfilesWriter, field_for
from asterism.insight.statistics import DATASET as STATISTICS
from asterism.insight.statistics import Observer, write_statistics
from asterism.insight.tags.batch import arrays
from asterism.kernel.hashing import BUCKETS
from asterism.warehouse import Draft, Part

TAGS = "tags"
COLUMNS = "columns"
PROFILES = "profiles"
ROW_GROUP = 122_880


class Outputs:
    """Takes the customers bucket by bucket, in order, and fills the draft."""

    def __init__(self, draft: Draft, specs: Sequence[TagSpec], customers: int) -> None:
        self._draft = draft
        self._specs = tuple(specs)
        self._customers = customers
        self._parts: list[Part] = []
        self._home = draft.directory / TAGS
        self._home.mkdir()
        self._columns = ColumnsWriter(draft.directory / COLUMNS, self._specs, customers)
        self._observer = Observer(self._specs, customers)

    def take(self, table: pa.Table, buckets: Sequence[int]) -> None:
        """Take all customers of `buckets`, ascending, which follow those taken before."""
        table = in_order(table)
        starts = np.searchsorted(table.column("bucket").to_numpy(), range(BUCKETS + 1))
        for bucket in buckets:
            start, stop = int(starts[bucket]), int(starts[bucket + 1])
            self._write(table.slice(start, stop - start), bucket)
        values = arrays(table, self._specs)
        self._columns.append(table.column("customer_id").to_pylist(), values)
        self._observer.observe(values)

    def _write(self, table: pa.Table, bucket: int) -> None:
        path = self._home / f"{bucket:02d}.parquet"
        pq.write_table(table, path, compression="zstd", row_group_size=ROW_GROUP)
        self._parts.append(self._draft.part(path, bucket=bucket))

    def close(self, newest: Mapping[str, date | None]) -> None:
        """Write what needs to have seen every customer, and enter all datasets in the draft."""
        with ThreadPoolExecutor(2) as both:
            columns = both.submit(self._columns.close)
            profiles = both.submit(self._write_profiles, self._draft.directory / PROFILES)
            columns.result()
            profiles.result()
        write_statistics(self._draft.directory / STATISTICS, self._observer.statistics(newest))
        self._draft.replace(TAGS, self._parts)
        for dataset in (COLUMNS, PROFILES, STATISTICS):
            self._draft.add_directory(dataset)

    def _write_profiles(self, directory: Path) -> None:
        fields = [
            field_for(spec, *self._observer.range_of(spec.name), self._observer.words_of(spec.name))
            for spec in self._specs
        ]
        writer = ProfilesWriter(directory, fields, self._customers)
        for part in self._parts:
            table = pq.read_table(self._draft.file(part), memory_map=True)
            ids = table.column("customer_id").to_pylist()
            writer.append(part.bucket or 0, ids, arrays(table, self._specs))
        writer.close()


def in_order(table: pa.Table) -> pa.Table:
    """Return the customers sorted by bucket and id; the engine mostly leaves them so."""
    keys = [("bucket", "ascending"), ("customer_id", "ascending")]
    order = pc.sort_indices(table, sort_keys=keys).to_numpy()
    if np.array_equal(order, np.arange(len(order))):
        return table
    return table.take(pa.array(order))
