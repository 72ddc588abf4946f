"""A snapshot: the bank's data as it was known on one day. It never changes."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from types import MappingProxyType
from typing import Any

import ibis
import ibis.expr.types as ir
import pyarrow.parquet as pq
from ibis.backends.duckdb import Backend

from asterism.kernel.errors import NotFoundError
from asterism.kernel.hashing import BUCKETS
from asterism.warehouse.canonical import TABLES, Layout, Table
from asterism.warehouse.engine import glob_literal
from asterism.warehouse.manifest import Manifest
from asterism.warehouse.parts import Part, checksum
from asterism.warehouse.rooms import Rooms
from asterism.warehouse.views import file_rows, literal, no_rows, quoted, where


@dataclass(frozen=True, slots=True)
class Snapshot:
    """One version of all datasets; readers keep the one they started with."""

    rooms: Rooms
    manifest: Manifest

    @property
    def id(self) -> str:
        """The snapshot's id; ids sort in the order in which snapshots were begun."""
        return self.manifest.id

    @property
    def as_of(self) -> date:
        """The last day whose data is in it."""
        return self.manifest.as_of

    @property
    def parent(self) -> str | None:
        """The id of the snapshot it was made from."""
        return self.manifest.parent

    @property
    def created_at(self) -> datetime:
        """When its draft was begun, UTC."""
        return self.manifest.created_at

    @property
    def datasets(self) -> Mapping[str, tuple[Part, ...]]:
        """Parts by dataset."""
        return MappingProxyType(dict(self.manifest.datasets))

    @property
    def stats(self) -> Mapping[str, Any]:
        """What the writers told readers; JSON values."""
        return MappingProxyType(dict(self.manifest.stats))

    def file(self, part: Part) -> Path:
        """Return where a part's file is."""
        return self.rooms.parts / part.path

    def path(self, dataset: str) -> Path:
        """Return the directory of a dataset that is not a table, such as `columns`."""
        parts = self.manifest.datasets.get(dataset)
        if not parts:
            raise NotFoundError(f"snapshot {self.id} has no {dataset}")
        return self.rooms.parts.joinpath(*Path(parts[0].path).parts[:2])

    def rows(self, dataset: str) -> int:
        """Return how many rows a table dataset has."""
        return sum(part.rows for part in self.manifest.datasets.get(dataset, ()))

    def added(self, dataset: str, earlier: "Snapshot | None") -> tuple[Part, ...]:
        """Return the dataset's parts that `earlier` does not have; all of them for None."""
        known = frozenset() if earlier is None else earlier.manifest.files
        return tuple(p for p in self.manifest.datasets.get(dataset, ()) if p.path not in known)

    def table(  # noqa: PLR0913 - each argument narrows the reading in its own way
        self,
        connection: Backend,
        dataset: str,
        *,
        buckets: Collection[int] | None = None,
        months: Collection[str] | None = None,
        columns: Sequence[str] | None = None,
        since: date | None = None,
        parts: Sequence[Part] | None = None,
    ) -> ir.Table:
        """Return a table dataset as an Ibis table.

        `buckets`, `months` (`YYYY-MM`, UTC) and `since` (rows dated on that UTC day or later, for
        tables that are dated) leave out whole files where they can and filter rows where they must.
        `parts` reads exactly those. A canonical table without data comes back empty.
        """
        chosen = self._chosen(dataset, parts, buckets=buckets, months=months, since=since)
        if not chosen:
            table = ibis.memtable([], schema=self._schema(dataset))
        else:
            table = connection.read_parquet([glob_literal(self.file(part)) for part in chosen])
        table = _filtered(table, dataset, buckets=buckets, since=since)
        return table.select(*columns) if columns else table

    def text(
        self,
        dataset: str,
        *,
        buckets: Collection[int] | None = None,
        since: date | None = None,
        parts: Sequence[Part] | None = None,
    ) -> str:
        """Return what `table` reads as DuckDB's text, for `name_rows`."""
        chosen = self._chosen(dataset, parts, buckets=buckets, months=None, since=since)
        if not chosen:
            return no_rows(self._schema(dataset))
        return where(
            file_rows(self.file(part) for part in chosen),
            _conditions(dataset, buckets=buckets, since=since),
        )

    def verify(self) -> tuple[str, ...]:
        """Return the paths of parts that are missing or not what was written; empty if sound."""
        return tuple(
            part.path
            for parts in self.manifest.datasets.values()
            for part in parts
            if not self.file(part).is_file() or checksum(self.file(part)) != part.sha256
        )

    def _chosen(
        self,
        dataset: str,
        parts: Sequence[Part] | None,
        *,
        buckets: Collection[int] | None,
        months: Collection[str] | None,
        since: date | None,
    ) -> list[Part]:
        """Return the parts that may hold what is asked for."""
        among = self.manifest.datasets.get(dataset, ()) if parts is None else parts
        return [part for part in among if _may_hold(part, buckets, months, since)]

    def _schema(self, dataset: str) -> ibis.Schema:
        parts = self.manifest.datasets.get(dataset)
        if parts:
            return ibis.Schema.from_pyarrow(pq.read_schema(self.file(parts[0])))
        if dataset in TABLES:
            return ibis.schema(stored_types(TABLES[dataset]))
        raise NotFoundError(f"snapshot {self.id} has no {dataset}")


def stored_types(table: Table) -> dict[str, str]:
    """Return the Ibis types of a canonical table's stored columns, `bucket` included."""
    types = {column.name: column.type.ibis for column in table.columns}
    return {**types, "bucket": "int8"} if "customer_id" in types else types


def _may_hold(
    part: Part,
    buckets: Collection[int] | None,
    months: Collection[str] | None,
    since: date | None,
) -> bool:
    if buckets is not None and part.bucket is not None and part.bucket not in buckets:
        return False
    if months is not None and part.month is not None and part.month not in months:
        return False
    if since is None:
        return True
    if part.day is not None:
        return part.day >= since
    return part.month is None or part.month >= f"{since:%Y-%m}"


def _conditions(
    dataset: str, *, buckets: Collection[int] | None, since: date | None
) -> Iterator[str]:
    """Yield what rows must fulfil where whole files cannot be left out."""
    canonical = TABLES.get(dataset)
    divided = canonical is None or "customer_id" in canonical.names
    if buckets is not None and divided and len(set(buckets)) < BUCKETS:
        yield f"bucket IN ({', '.join(map(literal, sorted(buckets)))})"
    if since is not None and canonical is not None and canonical.layout is Layout.MONTHS:
        yield f"{quoted(canonical.dated_by)} >= {literal(since)}"


def _filtered(
    table: ir.Table, dataset: str, *, buckets: Collection[int] | None, since: date | None
) -> ir.Table:
    if buckets is not None and "bucket" in table.columns:
        table = table.filter(table["bucket"].isin(sorted(buckets)))
    canonical = TABLES.get(dataset)
    if since is not None and canonical is not None and canonical.layout is Layout.MONTHS:
        table = table.filter(table[canonical.dated_by] >= ibis.literal(since))
    return table
