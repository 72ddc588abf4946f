"""Loads one canonical table: convert, settle, write, and account for every row."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from asterism.kernel.errors import Problem
from asterism.warehouse.canonical import TABLES, Layout, Table
from asterism.warehouse.draft import Draft
from asterism.warehouse.intake.compile import FILE, PLACE, ROW, Compiled
from asterism.warehouse.intake.report import LoadCounts, TableReport
from asterism.warehouse.intake.settle import REJECTED, Settling, begin_table
from asterism.warehouse.intake.source import Source
from asterism.warehouse.intake.sql import copy, name, parquet, select, text
from asterism.warehouse.intake.staged import Staged
from asterism.warehouse.intake.workshop import Workshop, count_rows
from asterism.warehouse.mapping.model import Load
from asterism.warehouse.parts import Part

_DIGITS = text("0123456789abcdef")
_MONTHS_IN_PLACE = 100


@dataclass(slots=True, kw_only=True)
class ReadyLoad:
    """A load whose source is staged and whose rules are compiled."""

    load: Load
    staged: Staged
    source: Source
    compiled: Compiled
    #: Number of its first file among all files of the table.
    first_file: int
    #: Where its converted rows lie, in one directory for each place.
    converted: Path
    counts: LoadCounts = field(init=False)

    def __post_init__(self) -> None:
        self.counts = LoadCounts(
            load=self.load.name,
            read=sum(file.read for file in self.staged.files),
            files=[file.label for file in self.staged.files],
            skipped=list(self.staged.skipped),
        )

    def places(self) -> dict[int, list[Path]]:
        """Return the converted files by place."""
        found: dict[int, list[Path]] = {}
        for path in sorted(self.converted.rglob("*.parquet")):
            found.setdefault(int(path.parent.name.partition("=")[2]), []).append(path)
        return found

    @property
    def file_condition(self) -> str:
        """The SQL condition that a file number is one of this load's."""
        return (
            f"{FILE} BETWEEN {self.first_file} AND {self.first_file + len(self.staged.files) - 1}"
        )


@dataclass(slots=True, kw_only=True)
class TableLoading:
    """The loading of one table into a draft."""

    workshop: Workshop
    draft: Draft
    table: Table
    loads: Sequence[ReadyLoad]
    problems: list[Problem] = field(default_factory=list)
    report: TableReport = field(init=False)

    def run(self) -> TableReport:
        """Load the table and return what happened to every row."""
        self.report = TableReport(table=self.table.name, loads=[r.counts for r in self.loads])
        begin_table(self.workshop)
        for ready in self.loads:
            self._convert(ready)
        places = self._good_places()
        if self.table.layout is not Layout.MONTHS:
            self._settle([path for paths in places.values() for path in paths], None)
        parts = [part for place in sorted(places) for part in self._write(place, places[place])]
        if self.table.layout is Layout.MONTHS:
            self.draft.append(self.table.name, parts)
        else:
            self.draft.replace(self.table.name, parts)
        self._count(places, parts)
        return self.report

    def _convert(self, ready: ReadyLoad) -> None:
        query = ready.compiled.rows(ready.source.view, self._place())
        ready.converted.mkdir(parents=True)
        self.workshop.run(copy(query, ready.converted, compression="lz4", partition_by=PLACE))

    def _place(self) -> str:
        if self.table.layout is Layout.MONTHS:
            dated = name(self.table.dated_by)
            return f"year({dated}) * {_MONTHS_IN_PLACE} + month({dated})"
        return "bucket + 1" if self.table.layout is Layout.BUCKETS else "1"

    def _good_places(self) -> dict[int, list[Path]]:
        places: dict[int, list[Path]] = {}
        for ready in self.loads:
            for place, paths in ready.places().items():
                if place:
                    places.setdefault(place, []).extend(paths)
        return places

    def _settle(self, rows: Sequence[Path], month: str | None) -> Settling:
        settling = Settling(self.workshop, self.table, rows)
        if not rows:
            return settling
        for ready in self.loads:
            own = [path for path in rows if path.is_relative_to(ready.converted)]
            if ready.load.keep is not None and own:
                Settling(self.workshop, self.table, own).keep(ready.load.keep)
        settling.same_key()
        existing = [
            part for part in self.draft.datasets.get(self.table.name, ()) if part.month == month
        ]
        if month is not None and existing:
            settling.loaded_before([self.draft.file(part) for part in existing])
        for column, known in self._references():
            settling.refers(column, known)
        return settling

    def _references(self) -> list[tuple[str, str]]:
        """Return the columns whose values must exist elsewhere, with the query of those that do."""
        found = []
        policies = {
            key: value for ready in self.loads for key, value in ready.load.references.items()
        }
        for column in self.table.columns:
            default = "quarantine" if column.required else "warn"
            if column.references and policies.get(column.name, default) == "quarantine":
                known = known_values(self.draft, column.references)
                if known:
                    found.append((column.name, known))
        return found

    def _write(self, place: int, rows: Sequence[Path]) -> list[Part]:
        month = _month(place) if self.table.layout is Layout.MONTHS else None
        bucket = place - 1 if self.table.layout is Layout.BUCKETS else None
        settling = Settling(self.workshop, self.table, rows)
        if month is not None:
            settling = self._settle(rows, month)
        directory = self.draft.directory / self.table.name
        directory.mkdir(exist_ok=True)
        label = month or (f"bucket-{bucket:02d}" if bucket is not None else "all")
        path = directory / f"{label}.parquet"
        columns = list(self.table.names)
        if "customer_id" in columns:
            columns.append("bucket")
        settling.write(path, columns)
        part = self.draft.part(path, bucket=bucket, month=month, day=self._only_day(path))
        if part.rows or month is None:
            return [part]
        path.unlink()
        return []

    def _only_day(self, path: Path) -> date | None:
        if self.table.layout is not Layout.MONTHS:
            return None
        dated = f"CAST({name(self.table.dated_by)} AS DATE)"
        ends = select({"first": f"min({dated})", "last": f"max({dated})"}, parquet([path]))
        first, last = self.workshop.ask(ends)[0]
        return first if first == last else None

    def _count(self, places: dict[int, list[Path]], parts: Sequence[Part]) -> None:
        for ready in self.loads:
            counts = ready.counts
            by_place = ready.places()
            faulty = count_rows(by_place.get(0, []))
            good = sum(count_rows(paths) for place, paths in by_place.items() if place)
            refused = self._rejected(f"{ready.file_condition} AND reason IS NOT NULL")
            counts.duplicates = self._rejected(f"{ready.file_condition} AND reason IS NULL")
            broken = sum(len(file.broken) for file in ready.staged.files)
            counts.quarantined = faulty + refused + broken
            counts.loaded = good - refused - counts.duplicates
            counts.filtered = self._filtered(ready)
        written = sum(part.rows for part in parts)
        lost = [counts.load for counts in self.report.loads if not counts.is_complete]
        if lost or written != self.report.loaded:
            raise AssertionError(f"{self.table.name}: rows are unaccounted for: {self.report}")

    def _rejected(self, where: str) -> int:
        rows = f"({select({'*': f'DISTINCT {FILE}, {ROW}'}, REJECTED, where=where)})"
        return self.workshop.number(select({"n": "count(*)"}, rows))

    def _filtered(self, ready: ReadyLoad) -> int:
        """Count by the filter itself, so that the sum of all counts proves something."""
        if not ready.compiled.kept:
            return 0
        left_out = f"({ready.compiled.kept}) IS NOT TRUE"
        source = ready.compiled.converted(ready.source.view)
        return self.workshop.number(select({"n": "count(*)"}, source, where=left_out))


def known_values(draft: Draft, reference: str) -> str:
    """Return the query of the values a `table.column` has in the draft; empty if it has no rows."""
    table, _, column = reference.partition(".")
    parts = [part for part in draft.datasets.get(table, ()) if part.rows]
    if not parts or table not in TABLES:
        return ""
    files = parquet([draft.file(part) for part in parts])
    return select({"*": f"DISTINCT {name(column)}"}, files, where=f"{name(column)} IS NOT NULL")


def _month(place: int) -> str:
    return f"{place // _MONTHS_IN_PLACE:04d}-{place % _MONTHS_IN_PLACE:02d}"
