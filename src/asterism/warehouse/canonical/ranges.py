"""What values are believable: what lies outside goes to quarantine unless a mapping says more."""

from dataclasses import dataclass

from asterism.warehouse.canonical.column import Column, ColumnType

#: Stands for the last day whose data is loaded.
AS_OF = "as_of"


@dataclass(frozen=True, slots=True)
class Range:
    """Least and greatest believable value, in the column's unit; None for no limit."""

    least: str | None
    most: str | None


#: By `table.column`.
_OF_COLUMN = {
    "customers.birth_date": Range("1900-01-01", AS_OF),
    "customers.youngest_child_birth_date": Range("1900-01-01", AS_OF),
    "customers.children": Range("0", "30"),
    "customers.declared_income": Range("0", "1000000000000000"),
    "employers.headcount": Range("0", "10000000"),
    "branches.latitude": Range("-90", "90"),
    "branches.longitude": Range("-180", "180"),
    "products.rate": Range("-1", "10"),
    "products.term_days": Range("0", "40000"),
    "accounts.rate": Range("-1", "10"),
    "balances.date": Range("1900-01-01", AS_OF),
    "balances.period_days": Range("1", "3660"),
    "transactions.posted_at": Range("1900-01-01", AS_OF),
    "events.occurred_at": Range("1900-01-01", AS_OF),
    "events.duration_seconds": Range("0", "604800"),
    "interactions.occurred_at": Range("1900-01-01", AS_OF),
    "interactions.score": Range("0", "10"),
}

#: By type, for every other column. Money: ten trillion in major units of two decimals.
_OF_TYPE = {
    ColumnType.DATE: Range("1900-01-01", "2200-12-31"),
    ColumnType.MOMENT: Range("1900-01-01", "2200-12-31"),
    ColumnType.MONEY: Range("-1000000000000000", "1000000000000000"),
}


def range_of(table: str, column: Column) -> Range:
    """Return the believable range of a canonical column; both ends None if any value may be."""
    by_type = _OF_TYPE.get(column.type, Range(None, None))
    return _OF_COLUMN.get(f"{table}.{column.name}", by_type)
