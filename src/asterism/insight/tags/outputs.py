"""What a run leaves in the snapshot: tags, columns, statistics, profiles."""

from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from pathlib import Path

import numpy as np
import pyarrow as pa
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
#: Rows of a group: several of them even in a small bank, so that all cores read.
ROW_GROUP = 16_384


class Outputs:
    """Takes the customers bucket by bucket, in order, and fills the draft.

    Tags are one file by bucket, or one file where all buckets are taken together.
    """

    def __init__(self, draft: Draft, specs: Sequence[TagSpec], customers: int) -> None:
        self._draft = draft
        self._specs = tuple(specs)
        self._customers = customers
        self._parts: list[Part] = []
        self._home = draft.directory / TAGS
        self._home.mkdir()
        self._columns = ColumnsWriter(draft.directory / COLUMNS, self._specs, customers)
        self._observer = Observer(self._specs, customers)
        self._whole: _Taken | None = None

    def take(self, table: pa.Table, buckets: Sequence[int]) -> None:
        """Take all customers of `buckets`, by bucket and id, which follow those taken before."""
        with ThreadPoolExecutor(1) as beside:
            written = beside.submit(self._write_tags, table, buckets)
            taken = _Taken(table, self._specs)
            self._columns.append(taken.ids, taken.values)
            self._observer.observe(taken.values)
            written.result()
        if len(buckets) == BUCKETS:
            self._whole = taken

    def _write_tags(self, table: pa.Table, buckets: Sequence[int]) -> None:
        if len(buckets) == BUCKETS:
            self._write(table, None)
            return
        starts = np.searchsorted(table.column("bucket").to_numpy(), range(BUCKETS + 1))
        for bucket in buckets:
            start, stop = int(starts[bucket]), int(starts[bucket + 1])
            self._write(table.slice(start, stop - start), bucket)

    def _write(self, table: pa.Table, bucket: int | None) -> None:
        path = self._home / ("all.parquet" if bucket is None else f"{bucket:02d}.parquet")
        pq.write_table(table, path, compression="zstd", row_group_size=ROW_GROUP)
        self._parts.append(self._draft.part(path, bucket=bucket, rows=table.num_rows))

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
        for taken in self._again():
            writer.append(taken.buckets, taken.ids, taken.values)
        writer.close()

    def _again(self) -> Iterator["_Taken"]:
        """Yield all customers once more: from memory if they were taken in one go."""
        if self._whole is not None:
            yield self._whole
            return
        for part in self._parts:
            yield _Taken(pq.read_table(self._draft.file(part), memory_map=True), self._specs)


class _Taken:
    """Customers with their tags as the writers take them."""

    def __init__(self, table: pa.Table, specs: Sequence[TagSpec]) -> None:
        self.buckets = table.column("bucket").to_numpy()
        self.ids = table.column("customer_id").to_pylist()
        self.values = arrays(table, specs)
