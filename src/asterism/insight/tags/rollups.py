"""Rollups: what each part of a dated table adds up to, kept so that no part is read twice.

Sums by customer and day are made once from every new part; sums by month are made from those when
a window's cover wants the month whole. What was made of which parts is kept in the snapshot's
`stats`, with a hash of the declaration: a changed measure is rolled up again from all parts.
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date, timedelta
from typing import Any

import ibis
import ibis.expr.types as ir
import pyarrow.parquet as pq
from ibis.backends.duckdb import Backend

from asterism.insight.tags.binding import bind_raw, with_beside
from asterism.insight.tags.cover import Cover, cover, day_ranges
from asterism.insight.tags.passes import daily, monthly, rolled_rows
from asterism.insight.tags.source import Source
from asterism.insight.tags.texts import text_of
from asterism.kernel.hashing import BUCKETS, digest
from asterism.warehouse import Draft, Part, Snapshot

#: The key in a snapshot's `stats`.
STATS = "rollups"
ROW_GROUP = 122_880


@dataclass(frozen=True, slots=True)
class Limits:
    """When work is divided and when it is not worth it."""

    #: Raw rows that are rolled up at once.
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


class Rollups:
    """The rollups of one source in one draft."""

    def __init__(  # noqa: PLR0913 - a rollup needs its bank, its day and its declaration
        self,
        connection: Backend,
        draft: Draft,
        parent: Snapshot,
        source: Source,
        *,
        today: date,
        utc_offset: int,
        limits: Limits | None = None,
    ) -> None:
        self._connection, self._draft, self._parent = connection, draft, parent
        self._source, self._today, self._utc_offset = source, today, utc_offset
        self._limits = limits or Limits()
        self._text = text_of(("day", source.name, id(source)), lambda: daily(source))
        self._definition = digest(f"{self._text}:{utc_offset}")
        kept = parent.stats.get(STATS, {}).get(source.name, {})
        same = kept.get("definition") == self._definition
        self._days = _rolls(kept, "days") if same else []
        self._months = _rolls(kept, "months") if same else []
        self._parts = {
            part.path: part
            for grain in ("day", "month")
            for part in parent.datasets.get(self._dataset(grain), ())
        }

    def refresh(self) -> None:
        """Roll up what is new, let go of what is old or gone, and enter all of it in the draft."""
        raw = self._raw()
        present = {p.sha256 for p in self._parent.datasets.get(self._source.table, ())}
        reached = {part.month or "" for part in raw}
        self._days = [
            roll
            for roll in self._days
            if present.issuperset(roll.of) and reached.intersection(roll.months)
        ]
        done = {sha for roll in self._days for sha in roll.of}
        for batch in self._batches([part for part in raw if part.sha256 not in done]):
            self._days.append(self._roll_up(batch))
        self._refresh_months(raw)
        self._enter()

    def bind(self, buckets: Sequence[int]) -> None:
        """Name the rows that cover the windows exactly, for the customers of `buckets`."""
        chosen = self._cover()
        split, whole = set(chosen.split), set(chosen.whole)
        tables = []
        days = [roll for roll in self._days if split.intersection(roll.months)]
        if days:
            rows = self._read(days)
            between = (rows["day"].between(*ends) for ends in day_ranges(chosen.split))
            tables.append(rows.filter(ibis.or_(*between)))
        months = [roll for roll in self._months if whole.intersection(roll.months)]
        if months:
            tables.append(self._read(months))
        unbound = rolled_rows(self._source)
        own = [name for name in unbound.columns if name not in self._source.beside_types]
        own.remove("today")
        if tables:
            table = ibis.union(*(rows.select(*own) for rows in tables))
        else:
            table = ibis.memtable([], schema=unbound.select(*own).schema())
        first = self._today - timedelta(days=self._source.horizon - 1)
        inside = table["day"].between(first, self._today)
        table = table.filter(table["bucket"].isin(list(buckets)), inside)
        table = table.mutate(today=ibis.literal(self._today))
        table = with_beside(self._connection, self._parent, self._source, table, buckets)
        self._connection.create_view(unbound.get_name(), table, overwrite=True)

    def _raw(self) -> list[Part]:
        """Return the raw parts that the horizon reaches, in the order of their months."""
        first = self._today - timedelta(days=self._source.horizon - 1)
        parts = self._parent.datasets.get(self._source.table, ())
        reached = (part for part in parts if (part.month or "9999") >= f"{first:%Y-%m}")
        return sorted(reached, key=lambda part: part.month or "")

    def _batches(self, parts: list[Part]) -> list[list[Part]]:
        """Return the parts together as far as the rows at once allow."""
        batches: list[list[Part]] = []
        rows = 0
        for part in parts:
            if not batches or rows + part.rows > self._limits.rows_at_once:
                batches.append([])
                rows = 0
            batches[-1].append(part)
            rows += part.rows
        return batches

    def _roll_up(self, parts: list[Part]) -> Roll:
        count = 1
        while count < BUCKETS and sum(p.rows for p in parts) / count > self._limits.rows_at_once:
            count *= 2

        def bind(buckets: Sequence[int]) -> None:
            bind_raw(
                self._connection,
                self._parent,
                self._source,
                today=self._today,
                utc_offset=self._utc_offset,
                buckets=buckets,
                parts=parts,
            )

        path = self._write("day", self._text, count, bind)
        months = tuple(sorted({part.month or "" for part in parts}))
        of = tuple(sorted({part.sha256 for part in parts}))
        return Roll(path, of, months, self._parts[path].rows)

    def _cover(self) -> Cover:
        made = {month for roll in self._months for month in roll.months}
        chosen = cover(self._today, self._source.windows)
        return chosen.by_day(frozenset(set(chosen.whole) - made))

    def _refresh_months(self, raw: list[Part]) -> None:
        """Make the sums by month that the cover wants and keep those that still hold."""
        wanted = cover(self._today, self._source.windows).whole
        kept = []
        for month in wanted:
            of = tuple(sorted({part.sha256 for part in raw if part.month == month}))
            known = [r for r in self._months if r.months == (month,) and r.of == of]
            days = [roll for roll in self._days if month in roll.months]
            if known:
                kept.append(known[0])
            elif of and sum(roll.rows for roll in days) >= self._limits.month_rows:
                kept.append(self._sum_up(month, of, days))
        self._months = kept

    def _sum_up(self, month: str, of: tuple[str, ...], days: list[Roll]) -> Roll:
        source = self._source
        schema = daily(source).schema()
        unbound = ibis.table(schema, name=f"days_{source.name}")
        text = text_of(("month", source.name, id(source)), lambda: monthly(source, unbound))
        count = 1
        while count < BUCKETS and sum(r.rows for r in days) / count > self._limits.rows_at_once:
            count *= 2

        def bind(buckets: Sequence[int]) -> None:
            rows = self._read(days)
            (ends,) = day_ranges((month,))
            rows = rows.filter(rows["day"].between(*ends), rows["bucket"].isin(list(buckets)))
            self._connection.create_view(unbound.get_name(), rows, overwrite=True)

        path = self._write("month", text, count, bind)
        return Roll(path, of, (month,), self._parts[path].rows)

    def _write(self, grain: str, text: str, groups: int, bind: Any) -> str:
        """Run the text for groups of buckets into one file, sorted; return the part's path."""
        home = self._draft.directory / self._dataset(grain)
        home.mkdir(exist_ok=True)
        path = home / f"{len(list(home.iterdir())):04d}.parquet"
        size = BUCKETS // groups
        writer = None
        for start in range(0, BUCKETS, size):
            bind(range(start, start + size))
            rows = self._connection.raw_sql(text).to_arrow_table()
            writer = writer or pq.ParquetWriter(path, rows.schema, compression="zstd")
            writer.write_table(rows, row_group_size=ROW_GROUP)
        if writer is not None:
            writer.close()
        part = self._draft.part(path)
        self._parts[part.path] = part
        return part.path

    def _read(self, rolls: list[Roll]) -> ir.Table:
        files = [self._draft.file(self._parts[roll.path]) for roll in rolls]
        return self._connection.read_parquet(files)

    def _dataset(self, grain: str) -> str:
        return f"rollup_{self._source.name}_{grain}"

    def _enter(self) -> None:
        for grain, rolls in (("day", self._days), ("month", self._months)):
            self._draft.replace(self._dataset(grain), [self._parts[roll.path] for roll in rolls])
        stats = {
            "definition": self._definition,
            "days": [asdict(roll) for roll in self._days],
            "months": [asdict(roll) for roll in self._months],
        }
        self._draft.stats[STATS] = {**self._draft.stats.get(STATS, {}), self._source.name: stats}


def _rolls(kept: dict[str, Any], grain: str) -> list[Roll]:
    return [
        Roll(one["path"], tuple(one["of"]), tuple(one["months"]), one["rows"])
        for one in kept.get(grain, ())
    ]
