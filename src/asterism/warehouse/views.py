"""Named rows: what an expression's unbound tables stand for, told to DuckDB in its own words.

Ibis would ask the engine for every file's schema and compile the same few conditions anew for
every table, every day. What is said here is closed: files, names and plain values.
"""

from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from pathlib import Path

import pyarrow as pa
from ibis.backends.duckdb import Backend
from ibis.backends.sql.datatypes import DuckDBType
from ibis.expr import datatypes as dt

from asterism.warehouse.engine import glob_literal


def name_rows(connection: Backend, name: str, text: str) -> None:
    """Let `name` stand for the rows that the text selects, until it is named again."""
    connection.raw_sql(f"CREATE OR REPLACE VIEW {quoted(name)} AS {text}")


def name_table(connection: Backend, name: str, table: pa.Table) -> None:
    """Let `name` stand for a table in memory, which is not copied."""
    connection.con.register(name, table)


def fetch(connection: Backend, text: str) -> pa.Table:
    """Return the rows that the text selects."""
    table: pa.Table = connection.raw_sql(text).to_arrow_table()
    return table


def fetch_all(connection: Backend, texts: Iterable[str]) -> Iterator[pa.Table]:
    """Yield the rows that each text selects, in order, two worked on at a time.

    Where one query begins, ends or waits for its longest part, the other keeps the cores busy.
    They see views, but no tables in memory.
    """
    with ThreadPoolExecutor(2) as both:
        yield from both.map(lambda text: _fetch_apart(connection, text), texts)


def _fetch_apart(connection: Backend, text: str) -> pa.Table:
    with connection.con.cursor() as cursor:
        table: pa.Table = cursor.execute(text).to_arrow_table()
        return table


def file_rows(files: Iterable[Path]) -> str:
    """Return the text for the rows of Parquet files, of which there is at least one."""
    paths = ", ".join(literal(glob_literal(path)) for path in files)
    return f"SELECT * FROM read_parquet([{paths}])"  # noqa: S608 - quoted


def no_rows(schema: Mapping[str, dt.DataType]) -> str:
    """Return the text for no rows of these columns."""
    columns = (
        f"CAST(NULL AS {DuckDBType.to_string(kind)}) AS {quoted(name)}"
        for name, kind in schema.items()
    )
    return f"SELECT {', '.join(columns)} WHERE FALSE"


def where(text: str, conditions: Iterable[str]) -> str:
    """Return the text with conditions that all of its rows fulfil."""
    joined = " AND ".join(conditions)
    return f"SELECT * FROM ({text}) WHERE {joined}" if joined else text  # noqa: S608 - our own


def literal(value: str | int | date) -> str:
    """Return a value as the engine's text.

    >>> literal("it's"), literal(7), literal(date(2026, 4, 30))
    ("'it''s'", '7', "DATE '2026-04-30'")
    """
    if isinstance(value, int):
        return str(value)
    if isinstance(value, date):
        return f"DATE '{value:%Y-%m-%d}'"
    escaped = value.replace("'", "''")
    return f"'{escaped}'"


def quoted(name: str) -> str:
    """Return a name as the engine's text.

    >>> quoted("day")
    '"day"'
    """
    escaped = name.replace('"', '""')
    return f'"{escaped}"'
