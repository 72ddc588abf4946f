"""A draft: the next snapshot while it is being written. Nobody sees it until it is sealed."""

import os
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from types import TracebackType
from typing import Any, TypeAlias

import ibis
import ibis.expr.types as ir
import pyarrow as pa
import pyarrow.parquet as pq
from ibis.backends.duckdb import Backend

from asterism.kernel.errors import ConflictError
from asterism.kernel.files import sync_directory, sync_tree
from asterism.kernel.hashing import BUCKETS
from asterism.warehouse.canonical import TABLES, Layout
from asterism.warehouse.engine import PARQUET, bucket_expression, connect
from asterism.warehouse.manifest import Manifest
from asterism.warehouse.parts import Part, checksum
from asterism.warehouse.rooms import Rooms
from asterism.warehouse.snapshot import Snapshot

Tabular: TypeAlias = ir.Table | pa.Table | pa.RecordBatchReader


@dataclass(slots=True, kw_only=True)
class Draft:
    """What the next snapshot will hold: the parent's parts, and new ones in `directory`."""

    rooms: Rooms
    id: str
    as_of: date
    parent: Snapshot | None
    created_at: datetime
    #: The descriptor that holds the draft's lock: a draft whose process died is swept away.
    lock: int
    #: Parts by dataset, as the snapshot will have them.
    datasets: dict[str, tuple[Part, ...]] = field(default_factory=dict)
    #: What readers will find in `Snapshot.stats`; JSON values.
    stats: dict[str, Any] = field(default_factory=dict)
    _written: set[str] = field(default_factory=set)
    _open: bool = True

    @property
    def directory(self) -> Path:
        """The private directory for new files."""
        return self.rooms.partial(self.id)

    def file(self, part: Part) -> Path:
        """Return where a part's file is now, the draft's own included."""
        owner, *rest = Path(part.path).parts
        if owner == self.id:
            return self.directory.joinpath(*rest)
        return self.rooms.parts / part.path

    def part(
        self,
        path: Path,
        *,
        bucket: int | None = None,
        month: str | None = None,
        day: date | None = None,
        rows: int | None = None,
    ) -> Part:
        """Describe a finished file that lies below `directory`; `rows` where the caller knows."""
        relative = path.relative_to(self.directory)
        if rows is None:
            rows = pq.read_metadata(path).num_rows if path.suffix == ".parquet" else 0
        return Part(
            path=f"{self.id}/{relative.as_posix()}",
            rows=rows,
            sha256=checksum(path),
            bytes=path.stat().st_size,
            bucket=bucket,
            month=month,
            day=day,
        )

    def replace(self, dataset: str, parts: Sequence[Part]) -> None:
        """Let the dataset consist of `parts` alone."""
        self.datasets[dataset] = tuple(parts)
        self._written.add(dataset)

    def append(self, dataset: str, parts: Sequence[Part]) -> None:
        """Add `parts` to the dataset."""
        self.datasets[dataset] = (*self.datasets.get(dataset, ()), *parts)
        self._written.add(dataset)

    def drop(self, dataset: str) -> None:
        """Leave the dataset out of the snapshot."""
        self.datasets.pop(dataset, None)

    def add_directory(self, dataset: str) -> Path:
        """Let a dataset that is not a table be all files in `directory / dataset`; return that."""
        home = self.directory / dataset
        files = sorted(path for path in home.rglob("*") if path.is_file())
        self.replace(dataset, [self.part(path) for path in files])
        return home

    def write_table(  # noqa: PLR0913 - a part's place has this many coordinates
        self,
        dataset: str,
        data: Tabular,
        *,
        layout: Layout,
        month: str | None = None,
        bucket: int | None = None,
        day: date | None = None,
    ) -> tuple[Part, ...]:
        """Write a table as Parquet parts sorted by bucket and customer, and return them.

        `WHOLE` and `BUCKETS` replace what the parent had, `MONTHS` adds to it. `bucket` or `month`
        says that all rows are of that one (`BUCKETS` may then be called once for each bucket);
        without it the rows are divided here, for which they are computed once and kept aside.
        """
        place = {"bucket": bucket, "month": month, "day": day}
        divides = layout is not Layout.WHOLE and bucket is None and month is None
        with _as_table(data) as (given, connection):
            table = _with_bucket(given)
            if divides:
                parts = self._write_divided(connection, dataset, table, layout)
            else:
                parts = (self._write(connection, dataset, table, place),)
        more = bucket is not None and dataset in self._written
        (self.append if layout is Layout.MONTHS or more else self.replace)(dataset, parts)
        return parts

    def _write(
        self, connection: Backend, dataset: str, table: ir.Table, place: dict[str, Any]
    ) -> Part:
        directory = self.directory / dataset
        directory.mkdir(exist_ok=True)
        label = "-".join(str(value) for value in place.values() if value is not None) or "all"
        path = directory / f"{label}-{len(list(directory.iterdir())):03d}.parquet"
        order = [name for name in ("bucket", "customer_id") if name in table.columns]
        sorted_rows = table.order_by(order) if order else table
        connection.to_parquet(sorted_rows, path, **PARQUET)
        return self.part(path, **place)

    def _write_divided(
        self, connection: Backend, dataset: str, table: ir.Table, layout: Layout
    ) -> tuple[Part, ...]:
        """Compute the rows once, keep them aside, and write one part for each bucket or month."""
        aside = connection.create_table(f"draft_{dataset}", table, temp=True, overwrite=True)
        try:
            if layout is Layout.BUCKETS:
                return tuple(
                    self._write(
                        connection, dataset, aside.filter(aside["bucket"] == n), {"bucket": n}
                    )
                    for n in range(BUCKETS)
                )
            month = aside[TABLES[dataset].dated_by].strftime("%Y-%m")
            months = sorted(aside.select(month=month).distinct()["month"].to_pyarrow().to_pylist())
            return tuple(
                self._write(connection, dataset, aside.filter(month == name), {"month": name})
                for name in months
            )
        finally:
            connection.drop_table(f"draft_{dataset}")

    def seal(self) -> Snapshot:
        """Make the snapshot appear, whole: synced, renamed, and named by a manifest at last."""
        self._still_open()
        sync_tree(self.directory)
        self.directory.rename(self.rooms.parts / self.id)
        sync_directory(self.rooms.parts)
        manifest = Manifest(
            id=self.id,
            as_of=self.as_of,
            parent=self.parent.id if self.parent else None,
            created_at=self.created_at,
            datasets=dict(self.datasets),
            stats=dict(self.stats),
        )
        manifest.write(self.rooms.manifest(self.id))
        self._close()
        return Snapshot(self.rooms, manifest)

    def abandon(self) -> None:
        """Throw the draft away."""
        if self._open:
            shutil.rmtree(self.directory, ignore_errors=True)
            self._close()

    def __enter__(self) -> "Draft":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.abandon()

    def _close(self) -> None:
        self.rooms.lock(self.id).unlink(missing_ok=True)
        os.close(self.lock)
        self._open = False

    def _still_open(self) -> None:
        if not self._open:
            raise ConflictError(f"draft {self.id} is sealed or abandoned: begin another")


def _with_bucket(table: ir.Table) -> ir.Table:
    if "customer_id" not in table.columns or "bucket" in table.columns:
        return table
    return table.mutate(bucket=bucket_expression(table["customer_id"]))


@contextmanager
def _as_table(data: Tabular) -> Iterator[tuple[ir.Table, Backend]]:
    """Yield the rows as an Ibis table and the connection that can write them."""
    if isinstance(data, ir.Table):
        yield data, ibis.get_backend(data)
        return
    if isinstance(data, pa.RecordBatchReader):
        data = data.read_all()
    connection = connect()
    try:
        yield ibis.memtable(data), connection
    finally:
        connection.disconnect()
