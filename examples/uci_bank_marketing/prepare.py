# ruff: noqa: INP001
"""Gives the published contacts what they lack: an id for each, and a day.

The file is ordered by time and names month and weekday only. Years follow from the order (a month
that comes before the one above it begins a new year); the day is the first such weekday of the
month, which is as near as one can know.

    python prepare.py bank_additional_full.parquet SOURCE
"""

import sys
from datetime import date, datetime, timedelta
from itertools import groupby
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

FIRST_YEAR = 2008
MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri")
CALL_HOUR = 11


def prepare(published: Path, source: Path) -> Path:
    """Write `source`/contacts.parquet from the published file and return its path."""
    table = pq.read_table(published)
    days = call_days(table.column("month").to_pylist(), table.column("day_of_week").to_pylist())
    table = table.rename_columns([name.replace(".", "_") for name in table.column_names])
    ids = [f"PT{number:06d}" for number in range(1, table.num_rows + 1)]
    moments = [datetime(day.year, day.month, day.day, CALL_HOUR) for day in days]  # noqa: DTZ001
    table = table.append_column("customer_id", pa.array(ids))
    table = table.append_column("called_on", pa.array(days, pa.date32()))
    table = table.append_column("called_at", pa.array(moments, pa.timestamp("us")))
    source.mkdir(parents=True, exist_ok=True)
    pq.write_table(table, source / "contacts.parquet")
    return source / "contacts.parquet"


def call_days(months: list[str], weekdays: list[str]) -> list[date]:
    """Return the day of each contact, in the file's order."""
    firsts: list[date] = []
    year, last = FIRST_YEAR, 0
    for name, run in groupby(months):
        month = MONTHS.index(name) + 1
        year, last = (year + 1 if month < last else year), month
        firsts += [date(year, month, 1) for _ in run]
    return [
        first + timedelta(days=(WEEKDAYS.index(weekday) - first.weekday()) % 7)
        for first, weekday in zip(firsts, weekdays, strict=True)
    ]


if __name__ == "__main__":
    prepare(Path(sys.argv[1]), Path(sys.argv[2]))
