"""Loads one canonical table: convert, settle, write, and account for every row."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from asterism.kernel.hashing import BUCKETS
from asterism.warehouse.canonical import Column, Layout, Table
from asterism.warehouse.draft import Draft
from asterism.warehouse.intake.compile import FAULTY, FILE, PLACE, Compiled
from asterism.warehouse.intake.known import KnownValues
from asterism.warehouse.intake.report import LoadCounts
from asterism.warehouse.intake.settle import CONVERTED, Settling
from asterism.warehouse.intake.source import Source
from asterism.warehouse.intake.sql import name, select
from asterism.warehouse.intake.staged import StagedFile
from asterism.warehouse.intake.workshop import Workshop
from asterism.warehouse.mapping.model import Load
from asterism.warehouse.parts import Part

#: A table of fewer rows is one file, sorted by bucket; sixteen small files only cost time.
_FEW_ROWS = 250_000
_MONTHS = 100
_CUSTOMERS = "customers.customer_id"


@dataclass(slots=True, kw_only=True)
class ReadyLoad:
    """Files of a load that are staged, with the load's rules compiled against them."""

    load: Load
    files: Sequence[StagedFile]
    #: Number of the first file among all files of the table.
    first_file: int
    source: Source
    compiled: Compiled
    counts: LoadCounts = field(init=False)

    def __post_init__(self) -> None:
        self.counts = LoadCounts(
            load=self.load.name,
            read=sum(file.read for file in self.files),
            files=[file.label for file in self.files],
        )

    @property
    def own_files(self) -> str:
        """The SQL condition that a file number is one of this load's."""
        return f"{FILE} BETWEEN {self.first_file} AND {self.first_file + len(self.files) - 1}"


@dataclass(frozen=True, slots=True)
class Place:
    """Some converted rows that lie in one place: a month, or all buckets."""

    rows: int
    first_day: date | None
    last_day: date | None

    def has(self, day: date) -> bool:
        """Tell whether rows may be dated on the day."""
        return not (self.first_day and self.last_day) or self.first_day <= day <= self.last_day


@dataclass(slots=True, kw_only=True)
class TableLoading:
    """The loading of some files into one table of a draft."""

    workshop: Workshop
    draft: Draft
    table: Table
    known: KnownValues
    loads: Sequence[ReadyLoad]
    #: Whether the rows are added to what the table has, or take its place.
    adds: bool
    settling: Settling = field(init=False)

    def run(self) -> None:
        """Load the files; every load's counts are complete afterwards."""
        self.settling = Settling(self.workshop, self.table)
        self.workshop.expect(sum(file.rows for load in self.loads for file in load.files))
        place = self._place()
        refers = any(column.references == _CUSTOMERS for column in self.table.columns)
        buckets = self.known.buckets() if refers and "customer_id" in self.table.names else ""
        self.settling.begin(
            [load.compiled.rows(load.source.view, place, buckets) for load in self.loads]
        )
        places = self._places()
        places.pop(FAULTY, None)
        self._settle(places)
        parts = self._write(places)
        if self.adds:
            self.draft.append(self.table.name, parts)
        else:
            self.draft.replace(self.table.name, parts)
        self._count(parts)

    def _place(self) -> str:
        if self.table.layout is Layout.MONTHS:
            dated = name(self.table.dated_by)
            return f"year({dated}) * {_MONTHS} + month({dated})"
        return "1"

    def _places(self) -> dict[int, Place]:
        dated = name(self.table.dated_by) if self.table.dated_by else "NULL"
        day = f"CAST({dated} AS DATE)"
        listed = {"p": PLACE, "n": "count(*)", "first": f"min({day})", "last": f"max({day})"}
        rows = self.workshop.ask(f"{select(listed, CONVERTED)} GROUP BY {PLACE}")
        return {place: Place(*rest) for place, *rest in rows}

    def _settle(self, places: Mapping[int, Place]) -> None:
        for ready in self.loads:
            if ready.load.keep is not None:
                self.settling.keep(ready.load.keep, ready.own_files)
        self.settling.same_key()
        for number, place in places.items() if self.adds else ():
            existing = self._existing(number, place)
            if existing:
                self.settling.loaded_before(number, existing)
        for column in self._strict_references():
            known = self.known.of(column.references)
            if known:
                self.settling.refers(column.name, known)

    def _existing(self, number: int, place: Place) -> list[Path]:
        """Return the files that may already hold rows with a key of the place's."""
        parts = [part for part in self.draft.datasets.get(self.table.name, ()) if part.rows]
        if self.table.layout is Layout.MONTHS:
            parts = [part for part in parts if part.month == _month(number)]
        if self.table.dated_by in self.table.key:
            parts = [part for part in parts if part.day is None or place.has(part.day)]
        return [self.draft.file(part) for part in parts]

    def _strict_references(self) -> list[Column]:
        """Return the columns whose values must exist in the table they refer to."""
        stated = {key: value for load in self.loads for key, value in load.load.references.items()}
        return [
            column
            for column in self.table.columns
            if column.references
            and stated.get(column.name, "quarantine" if column.required else "warn") == "quarantine"
        ]

    def _write(self, places: Mapping[int, Place]) -> list[Part]:
        if self.table.layout is Layout.MONTHS:
            parts = [self._write_month(key, place) for key, place in sorted(places.items())]
            return [part for part in parts if part.rows]
        rows = sum(place.rows for place in places.values())
        if self.table.layout is Layout.BUCKETS and rows > _FEW_ROWS:
            return [
                self._write_part(f"bucket-{n:02d}", f"bucket = {n}", bucket=n)
                for n in range(BUCKETS)
            ]
        return [self._write_part("all", "")]

    def _write_month(self, key: int, place: Place) -> Part:
        day = place.first_day if place.first_day == place.last_day else None
        return self._write_part(_month(key), f"{PLACE} = {key}", month=_month(key), day=day)

    def _write_part(
        self,
        label: str,
        where: str,
        *,
        bucket: int | None = None,
        month: str | None = None,
        day: date | None = None,
    ) -> Part:
        directory = self.draft.directory / self.table.name
        directory.mkdir(exist_ok=True)
        path = directory / f"{label}.parquet"
        number = 0
        while path.exists():
            number += 1
            path = directory / f"{label}-{number}.parquet"
        self.settling.write(path, self._stored_columns(), where)
        part = self.draft.part(path, bucket=bucket, month=month, day=day)
        if not part.rows and month is not None:
            path.unlink()
        return part

    def _stored_columns(self) -> list[str]:
        names = list(self.table.names)
        return [*names, "bucket"] if "customer_id" in names else names

    def _count(self, parts: Sequence[Part]) -> None:
        for ready in self.loads:
            counts = ready.counts
            good, faulty = self.workshop.ask(
                select(
                    {
                        "good": f"count(*) FILTER ({PLACE} <> {FAULTY})",
                        "bad": f"count(*) FILTER ({PLACE} = {FAULTY})",
                    },
                    CONVERTED,
                    where=ready.own_files,
                )
            )[0]
            refused = self.settling.count_rejected(ready.own_files, refused=True)
            counts.duplicates = self.settling.count_rejected(ready.own_files, refused=False)
            broken = sum(len(file.broken) for file in ready.files)
            counts.quarantined = faulty + refused + broken
            counts.loaded = good - refused - counts.duplicates
            counts.filtered = self._filtered(ready)
        loaded = sum(ready.counts.loaded for ready in self.loads)
        lost = [ready.counts for ready in self.loads if not ready.counts.is_complete]
        if lost or sum(part.rows for part in parts) != loaded:
            raise AssertionError(f"{self.table.name}: rows are unaccounted for: {lost}")

    def _filtered(self, ready: ReadyLoad) -> int:
        """Count by the filter itself, so that the sum of all counts proves something."""
        if not ready.compiled.kept:
            return 0
        left_out = f"({ready.compiled.kept}) IS NOT TRUE"
        source = ready.compiled.converted(ready.source.view)
        return self.workshop.number(select({"n": "count(*)"}, source, where=left_out))


def _month(place: int) -> str:
    return f"{place // _MONTHS:04d}-{place % _MONTHS:02d}"
