"""Sources of tags: a canonical table seen as rows that add up.

A source says which measures each row of a table contributes. Rows add up to rows: per day, per
month, per ring of days between the windows' edges. Every way of adding gives the same tags.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

import ibis
import ibis.expr.types as ir

from asterism.warehouse import TABLES


class Merge(StrEnum):
    """How two values of a measure become one."""

    SUM = "sum"
    MOST = "most"
    #: The value of the latest day; the source's keys must have at most one row a day.
    LATEST = "latest"


@dataclass(frozen=True, slots=True)
class Measure:
    """What one row of the table contributes."""

    merge: Merge
    #: The raw table → the row's value; None where rows are counted.
    value: Callable[[ir.Table], ir.Value] | None
    #: Which rows contribute; None for all.
    where: Callable[[ir.Table], ir.BooleanValue] | None = None


@dataclass(frozen=True, slots=True)
class Beside:
    """A column of another table that is looked up when rows are read, not when they are rolled."""

    #: The canonical table that has it, and the column there.
    table: str
    column: str
    #: The column that both tables share.
    key: str

    @property
    def name(self) -> str:
        """The name it has beside the rows: `table__column`."""
        return f"{self.table}__{self.column}"


@dataclass(frozen=True, kw_only=True, eq=False)
class Source:
    """A canonical table, the grain it is read at, and what its rows contribute."""

    name: str
    #: The canonical table.
    table: str
    #: Columns beside the customer that rows are kept apart by.
    keys: Mapping[str, Callable[[ir.Table], ir.Value]] = field(default_factory=dict)
    measures: Mapping[str, Measure] = field(default_factory=dict)
    #: Columns worked out once a row, for measures to read.
    helpers: Mapping[str, Callable[[ir.Table], ir.Value]] = field(default_factory=dict)
    #: Which rows matter at all; None for all.
    rows: Callable[[ir.Table], ir.BooleanValue] | None = None
    #: Days that windows may reach back, ascending; the last one is the horizon. Empty: not dated.
    windows: tuple[int, ...] = ()
    #: For sources with keys: aggregates per customer and key, over the dated rows.
    levels: Mapping[str, Callable[[ir.Table], ir.Value]] = field(default_factory=dict)
    beside: Beside | None = None

    @property
    def dated(self) -> bool:
        """Whether its rows belong to days, so that rollups are kept."""
        return bool(self.windows)

    @property
    def horizon(self) -> int:
        """How many days back it is read."""
        return self.windows[-1]

    def raw(self) -> ir.Table:
        """Return the canonical table, unbound, with `bucket`, `today` and `utc_offset` beside.

        `today` is the last day known, `utc_offset` the hours the bank's clock is ahead of UTC.
        """
        table = TABLES[self.table]
        types = {column.name: column.type.ibis for column in table.columns}
        types |= {"bucket": "int8", "today": "date", "utc_offset": "int64"}
        return ibis.table({**types, **self.beside_types}, name=f"raw_{self.name}")

    def rows_of(self, raw: ir.Table) -> ir.Table:
        """Return the raw rows that matter, with the helpers beside."""
        rows = raw if self.rows is None else raw.filter(self.rows(raw))
        helpers = {name: helper(rows) for name, helper in self.helpers.items()}
        return rows.mutate(**helpers) if helpers else rows

    @property
    def beside_types(self) -> dict[str, str]:
        """The type of the column that is looked up, by its name; empty if there is none."""
        if self.beside is None:
            return {}
        column = TABLES[self.beside.table].column(self.beside.column)
        return {self.beside.name: column.type.ibis}

    def day(self, raw: ir.Table) -> ir.DateValue:
        """Return the day a raw row belongs to (UTC)."""
        column = raw[TABLES[self.table].dated_by]
        return column if column.type().is_date() else column.date()


def total(
    value: Callable[[ir.Table], ir.Value],
    where: Callable[[ir.Table], ir.BooleanValue] | None = None,
) -> Measure:
    """Return a measure that adds up."""
    return Measure(Merge.SUM, value, where)


def count(where: Callable[[ir.Table], ir.BooleanValue] | None = None) -> Measure:
    """Return a measure that counts rows."""
    return Measure(Merge.SUM, None, where)


def most(
    value: Callable[[ir.Table], ir.Value],
    where: Callable[[ir.Table], ir.BooleanValue] | None = None,
) -> Measure:
    """Return a measure of which the greatest value stays."""
    return Measure(Merge.MOST, value, where)


def latest(value: Callable[[ir.Table], ir.Value]) -> Measure:
    """Return a measure of which the value of the latest day stays."""
    return Measure(Merge.LATEST, value)


def condition_of(measure: str) -> str:
    """Return the column that says which raw rows contribute to a measure; rollups have none."""
    return f"{measure}__where"


def recent(rows: ir.Table, name: str, days: int | None = None) -> ir.Value:
    """Return measure `name` in rows of the last `days` days (None: all), null in others.

    An engine sums this in half the time of a filtered aggregate, when there are many of them.
    """
    holds = None if days is None else rows["age"] < days
    if condition_of(name) in rows.columns:
        contributes = rows[condition_of(name)]
        holds = contributes if holds is None else contributes & holds
    return rows[name] if holds is None else ibis.cases((holds, rows[name]), else_=None)


def within(name: str, days: int | None = None) -> Callable[[ir.Table], ir.Value]:
    """Return the sum of measure `name` over the last `days` days; over the horizon for None."""
    return lambda rows: recent(rows, name, days).sum()


def most_within(name: str, days: int) -> Callable[[ir.Table], ir.Value]:
    """Return the greatest value of measure `name` over the last `days` days."""
    return lambda rows: recent(rows, name, days).max()


def last_of(name: str) -> Callable[[ir.Table], ir.Value]:
    """Return the greatest value of measure `name`, of a date the latest, over the horizon."""
    return lambda rows: recent(rows, name).max()
