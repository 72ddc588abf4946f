"""Writes SQL for DuckDB. Names and values go in through `name` and `text`, quoted, always."""

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from asterism.warehouse.engine import PARQUET, glob_literal

#: Stands for no name, such as `*` needs: a name that no column can have.
ALL = "\0"


def name(identifier: str) -> str:
    """Quote an identifier."""
    escaped = identifier.replace('"', '""')
    return f'"{escaped}"'


def text(value: str) -> str:
    """Quote a text value."""
    escaped = value.replace("'", "''")
    return f"'{escaped}'"


def texts(values: Iterable[str]) -> str:
    """Quote several text values, comma-separated."""
    return ", ".join(text(value) for value in values)


def select(
    columns: Mapping[str, str], source: str, *, where: str = "", order: Sequence[str] = ()
) -> str:
    """Select expressions by the names they get; the one under `ALL` stands without a name."""
    listed = ", ".join(
        expression if alias == ALL else f"{expression} AS {name(alias)}"
        for alias, expression in columns.items()
    )
    clauses = ["SELECT", listed, "FROM", source]
    if where:
        clauses += ["WHERE", where]
    if order:
        clauses += ["ORDER BY", ", ".join(order)]
    return " ".join(clauses)


def parquet(paths: Sequence[Path], *, by_name: bool = False) -> str:
    """Read Parquet files; `file_index` and `file_row_number` can be selected too."""
    listed = texts(glob_literal(path) for path in paths)
    options = "hive_partitioning=false, file_row_number=true"
    union = ", union_by_name=true" if by_name else ""
    return f"read_parquet([{listed}], {options}{union})"


def copy(query: str, path: Path, *, compression: str = "zstd") -> str:
    """Write a query's rows as a Parquet file."""
    settings = {**PARQUET, "compression": compression, "format": "parquet"}
    options = ", ".join(f"{option} {value}" for option, value in settings.items())
    return f"COPY ({query}) TO {text(str(path))} ({options})"
