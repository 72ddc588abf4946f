"""Rollup files: what each holds, how they are written, and how many small ones become one."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from asterism.insight.tags.batch import in_order
from asterism.warehouse import Draft, Part

ROW_GROUP = 122_880
#: More files of one month than this become one, if they are small.
MANY = 8


@dataclass(frozen=True, slots=True)
class Limits:
    """When work is divided and when it is not worth it."""

    #: Rows that are rolled up, or put together, at once.
    rows_at_once: int = 3_000_000
    #: Rows from which sums by month are worth a file.
    month_rows: int = 30_000


@dataclass(frozen=True, slots=True)
class Roll:
    """One rollup file."""

    path: str
    #: The checksums of the raw parts it was made of.
    of: tuple[str, ...]
    #: The months (`YYYY-MM`) it has rows of.
    months: tuple[str, ...]
    rows: int

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> "Roll":
        """Read a roll back from a snapshot's `stats`."""
        return cls(kept["path"], tuple(kept["of"]), tuple(kept["months"]), kept["rows"])


class RollFiles:
    """The rollup files of one dataset in one draft."""

    def __init__(self, draft: Draft, dataset: str) -> None:
        self._draft, self._dataset = draft, dataset
        parent = draft.parent.datasets if draft.parent else {}
        self._parts = {part.path: part for part in parent.get(dataset, ())}

    def write(self, months: tuple[str, ...], tables: Iterable[pa.Table], of: Iterable[str]) -> Roll:
        """Write sums of these months, which come sorted."""
        path = self._new_path()
        writer = None
        rows = 0
        for table in tables:
            writer = writer or pq.ParquetWriter(path, table.schema, compression="zstd")
            writer.write_table(table, row_group_size=ROW_GROUP)
            rows += table.num_rows
        if writer is not None:
            writer.close()
        return self._roll(path, months, of, rows)

    def write_months(
        self, tables: Iterable[pa.Table], parts: Sequence[Part], months: tuple[str, ...]
    ) -> list[Roll]:
        """Write rows by day, which come sorted, into a file for each month.

        There is one for each of `months` even if it has no rows; if one is given, all are of it.
        """
        writers: dict[str, pq.ParquetWriter] = {}
        rows: Counter[str] = Counter()
        for table in tables:
            pieces = {months[0]: table} if len(months) == 1 else _by_month(table)
            for month in sorted({*months, *pieces}):
                if month not in writers:
                    path = self._new_path()
                    writers[month] = pq.ParquetWriter(path, table.schema, compression="zstd")
                if month in pieces:
                    writers[month].write_table(pieces[month], row_group_size=ROW_GROUP)
                    rows[month] += pieces[month].num_rows
        rolls = []
        for month, writer in sorted(writers.items()):
            writer.close()
            of = {part.sha256 for part in parts if part.month in {month, None}}
            rolls.append(self._roll(Path(writer.where), (month,), of, rows[month]))
        return rolls

    def merge(self, rolls: Sequence[Roll], limits: Limits) -> list[Roll]:
        """Return the rolls, the many small ones of a month put together into one."""
        found: list[Roll] = []
        for months, same in groupby(sorted(rolls, key=_order), key=lambda roll: roll.months):
            of_month = list(same)
            few = len(of_month) <= MANY or len(months) != 1
            if few or sum(roll.rows for roll in of_month) > limits.rows_at_once:
                found += of_month
            else:
                found.append(self._joined(months, of_month))
        return found

    def _joined(self, months: tuple[str, ...], rolls: Sequence[Roll]) -> Roll:
        rows = in_order(pa.concat_tables(pq.read_table(path) for path in self.paths(rolls)))
        return self.write(months, [rows], {sha for roll in rolls for sha in roll.of})

    def paths(self, rolls: Iterable[Roll]) -> list[Path]:
        """Return where the files are."""
        return [self._draft.file(self._parts[roll.path]) for roll in rolls]

    def enter(self, rolls: Iterable[Roll]) -> None:
        """Let the draft's dataset be these."""
        self._draft.replace(self._dataset, [self._parts[roll.path] for roll in rolls])

    def _new_path(self) -> Path:
        home = self._draft.directory / self._dataset
        home.mkdir(exist_ok=True)
        return home / f"{len(list(home.iterdir())):04d}.parquet"

    def _roll(self, path: Path, months: tuple[str, ...], of: Iterable[str], rows: int) -> Roll:
        month = months[0] if len(months) == 1 else None
        part = self._draft.part(path, month=month, rows=rows)
        self._parts[part.path] = part
        return Roll(part.path, tuple(sorted(of)), months, rows)


def _order(roll: Roll) -> tuple[tuple[str, ...], str]:
    return roll.months, roll.path


def _by_month(table: pa.Table) -> dict[str, pa.Table]:
    """Return the rows of each month, in their order."""
    months = table.column("day").to_numpy().astype("datetime64[M]")
    return {str(month): table.filter(pa.array(months == month)) for month in np.unique(months)}
