"""What a canonical table and its columns declare."""

from dataclasses import dataclass
from enum import StrEnum

from asterism.kernel.privacy import Privacy
from asterism.kernel.words import Text


class ColumnType(StrEnum):
    """The types of canonical columns; each maps to one Arrow and one Ibis type."""

    TEXT = "string"
    FLAG = "boolean"
    INTEGER = "int64"
    NUMBER = "float64"
    #: Whole minor units (分, cents) of the currency in the row's `currency` column.
    MONEY = "money"
    DATE = "date"
    #: A moment in UTC, to the microsecond.
    MOMENT = "timestamp"

    @property
    def ibis(self) -> str:
        """The Ibis type's name; moments are stored without a zone and mean UTC."""
        return {"money": "int64", "timestamp": "timestamp(6)"}.get(self.value, self.value)


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """One column of a canonical table."""

    name: str
    type: ColumnType
    privacy: Privacy
    title: Text
    #: Whether every row must have it.
    required: bool = False
    #: The only values allowed, for code columns; empty for any.
    codes: tuple[str, ...] = ()
    #: Unit of measure, for numbers: `day`, `second`, `ratio`, `point`, `person`, `degree`.
    unit: str = ""
    #: The canonical column it refers to, as `table.column`.
    references: str = ""
    #: The value a mapping that leaves it out gets, as JSON would write it; None for null.
    default: str | float | bool | None = None


class Layout(StrEnum):
    """How a table's files are arranged in a snapshot."""

    #: Replaced whole by every load, one file.
    WHOLE = "whole"
    #: Replaced whole by every load, 16 files by bucket of the customer.
    BUCKETS = "buckets"
    #: Added to by every load, files by month, sorted by bucket and customer.
    MONTHS = "months"


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """One canonical table."""

    name: str
    title: Text
    layout: Layout
    #: The columns that together identify a row.
    key: tuple[str, ...]
    columns: tuple[Column, ...]
    #: For `MONTHS`: the date or moment that says which month a row belongs to.
    dated_by: str = ""

    @property
    def names(self) -> tuple[str, ...]:
        """The columns' names, in order."""
        return tuple(column.name for column in self.columns)

    def column(self, name: str) -> Column:
        """Return the column called `name`; KeyError if there is none."""
        for column in self.columns:
            if column.name == name:
                return column
        raise KeyError(name)
