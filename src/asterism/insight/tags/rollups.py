"""Rollups: what each part of a dated table adds up to, kept so that no part is read twice.

Sums by customer and day are made once from every new part, a file for each month; sums by month
are made from those when a window's cover wants the month whole, and sums of neighbouring months
from these where no window divides them. What was made of which parts is kept in the snapshot's
`stats`, with a hash of the declaration: a changed measure is rolled up again from all parts.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict
from datetime import date, timedelta
from pathlib import Path

import pyarrow as pa
from ibis.backends.duckdb import Backend

from asterism.insight.tags.binding import bind_raw, with_beside
from asterism.insight.tags.cover import Cover, cover, day_ranges, stretches
from asterism.insight.tags.passes import daily, rolled_rows, rows_to_sum, summed
from asterism.insight.tags.rolls import Limits, Roll, RollFiles
from asterism.insight.tags.source import Source
from asterism.insight.tags.texts import text_of
from asterism.kernel.hashing import BUCKETS, digest
from asterism.warehouse import Draft, Part, Snapshot
from asterism.warehouse.views import fetch, file_rows, literal, name_rows, no_rows, quoted, where

#: The key in a snapshot's `stats`.
STATS = "rollups"


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
        self._first = today - timedelta(days=source.horizon - 1)
        kept = parent.stats.get(STATS, {}).get(source.name, {})
        same = kept.get("definition") == self._definition
        self._days = [Roll.from_json(one) for one in kept["days"]] if same else []
        self._months = [Roll.from_json(one) for one in kept["months"]] if same else []
        self._day_files = RollFiles(draft, f"rollup_{source.name}_day")
        self._month_files = RollFiles(draft, f"rollup_{source.name}_month")

    def refresh(self) -> None:
        """Roll up what is new, let go of what is old or gone, and enter all of it in the draft."""
        raw = self._raw()
        present = {p.sha256 for p in self._parent.datasets.get(self._source.table, ())}
        self._days = [
            roll
            for roll in self._days
            if present.issuperset(roll.of) and max(roll.months) >= f"{self._first:%Y-%m}"
        ]
        done = {sha for roll in self._days for sha in roll.of}
        for batch in self._batches([part for part in raw if part.sha256 not in done]):
            self._days += self._roll_up(batch)
        self._days = self._day_files.merge(self._days, self._limits)
        self._refresh_months(raw)
        self._enter()

    def bind(self, buckets: Sequence[int]) -> None:
        """Name the rows that cover the windows exactly, for the customers of `buckets`."""
        rolled = rolled_rows(self._source)
        looked_up = self._source.beside_types
        own = {
            name: kind
            for name, kind in rolled.schema().items()
            if name != "today" and name not in looked_up
        }
        names = ", ".join(map(quoted, own))
        texts = [f"SELECT {names} FROM ({rows})" for rows in self._covering()]  # noqa: S608
        inside = [_between("day", self._first, self._today)]
        if len(buckets) < BUCKETS:
            inside.append(_one_of("bucket", buckets))
        rows = where(" UNION ALL ".join(texts) or no_rows(own), inside)
        today = f"{literal(self._today)} AS today"
        text = with_beside(self._parent, self._source, rows, today, buckets)
        name_rows(self._connection, rolled.get_name(), text)

    def _covering(self) -> Iterator[str]:
        """Yield the texts for the rows by day and those by month."""
        chosen = self._cover()
        split, whole = set(chosen.split), set(chosen.whole)
        days = [roll for roll in self._days if split.intersection(roll.months)]
        if days:
            between = (_between("day", *ends) for ends in day_ranges(chosen.split))
            yield where(file_rows(self._day_files.paths(days)), [f"({' OR '.join(between)})"])
        sums = []
        for roll in sorted(self._months, key=lambda roll: len(roll.months), reverse=True):
            if whole.issuperset(roll.months):
                whole.difference_update(roll.months)
                sums.append(roll)
        if sums:
            yield file_rows(self._month_files.paths(sums))

    def _raw(self) -> list[Part]:
        """Return the raw parts that the horizon reaches, in the order of their months."""
        parts = self._parent.datasets.get(self._source.table, ())
        reached = (part for part in parts if (part.month or "9999") >= f"{self._first:%Y-%m}")
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

    def _roll_up(self, parts: list[Part]) -> list[Roll]:
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

        months = {part.month for part in parts}
        known = () if None in months else tuple(sorted(month for month in months if month))
        tables = self._tables(self._text, sum(part.rows for part in parts), bind)
        return self._day_files.write_months(tables, parts, known)

    def _cover(self) -> Cover:
        made = {month for roll in self._months for month in roll.months}
        chosen = cover(self._today, self._source.windows)
        return chosen.by_day(frozenset(set(chosen.whole) - made))

    def _refresh_months(self, raw: list[Part]) -> None:
        """Make the sums by month that the cover wants and keep those that still hold."""
        wanted = cover(self._today, self._source.windows).whole
        kept = []
        for month in wanted:
            of = {part.sha256 for part in raw if part.month == month}
            days = [roll for roll in self._days if month in roll.months]
            known = self._known((month,), of)
            if known is not None:
                kept.append(known)
            elif of and sum(roll.rows for roll in days) >= self._limits.month_rows:
                files = self._day_files.paths(days)
                kept.append(self._sum_up((month,), of, files, sum(roll.rows for roll in days)))
        self._months = kept + self._stretches(kept)

    def _stretches(self, months: list[Roll]) -> list[Roll]:
        """Add up months that are neighbours, which are then read as one."""
        of_month = {roll.months[0]: roll for roll in months}
        found = []
        for run in stretches(self._today, self._source.windows, of_month):
            if len(run) > 1:
                rolls = [of_month[month] for month in run]
                of = {sha for roll in rolls for sha in roll.of}
                files = self._month_files.paths(rolls)
                rows = sum(roll.rows for roll in rolls)
                found.append(self._known(run, of) or self._sum_up(run, of, files, rows))
        return found

    def _known(self, months: tuple[str, ...], of: set[str]) -> Roll | None:
        """Return the sums of these months, made of these parts, if the parent has them."""
        same = (roll for roll in self._months if roll.months == months and set(roll.of) == of)
        return next(same, None)

    def _sum_up(self, months: tuple[str, ...], of: set[str], files: list[Path], rows: int) -> Roll:
        source, unbound = self._source, rows_to_sum(self._source)
        text = text_of(("sum", source.name, id(source)), lambda: summed(source, unbound))
        (ends,) = day_ranges(months)
        every = file_rows(files)

        def bind(buckets: Sequence[int]) -> None:
            own = where(every, [_between("day", *ends), _one_of("bucket", buckets)])
            name_rows(self._connection, unbound.get_name(), own)

        return self._month_files.write(months, self._tables(text, rows, bind), of)

    def _tables(
        self, text: str, rows: int, bind: Callable[[Sequence[int]], None]
    ) -> Iterator[pa.Table]:
        """Yield what the text gives for some buckets after the others, as many as rows allow."""
        groups = 1
        while groups < BUCKETS and rows / groups > self._limits.rows_at_once:
            groups *= 2
        size = BUCKETS // groups
        for start in range(0, BUCKETS, size):
            bind(range(start, start + size))
            yield fetch(self._connection, text)

    def _enter(self) -> None:
        self._day_files.enter(self._days)
        self._month_files.enter(self._months)
        stats = {
            "definition": self._definition,
            "days": [asdict(roll) for roll in self._days],
            "months": [asdict(roll) for roll in self._months],
        }
        self._draft.stats[STATS] = {**self._draft.stats.get(STATS, {}), self._source.name: stats}


def _between(column: str, first: date, last: date) -> str:
    return f"{quoted(column)} BETWEEN {literal(first)} AND {literal(last)}"


def _one_of(column: str, numbers: Sequence[int]) -> str:
    return f"{quoted(column)} IN ({', '.join(map(literal, numbers))})"
