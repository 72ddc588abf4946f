"""The room an import works in: a DuckDB of its own and a scratch directory, gone afterwards."""

import os
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from asterism.kernel.errors import InvalidInputError, Problem
from asterism.kernel.words import N_
from asterism.warehouse.intake.compile import UnreadableExpressionError
from asterism.warehouse.intake.sql import ALL, parquet, select, text

#: Of fewer rows, cores that share the work spend more on waiting for each other than they save.
_ROWS_WORTH_SHARING = 250_000


@dataclass(slots=True)
class Workshop:
    """Runs SQL; everything it makes lies below `scratch`."""

    connection: duckdb.DuckDBPyConnection
    scratch: Path
    #: How many cores large work is shared among.
    cores: int = 1
    _threads: int = 1

    def expect(self, rows: int) -> None:
        """Set as many cores to work from now on as `rows` rows are worth."""
        threads = self.cores if rows >= _ROWS_WORTH_SHARING else 1
        if threads != self._threads:
            self.run(f"SET threads = {threads}")
            self._threads = threads

    def run(self, sql: str) -> None:
        """Run a statement for its effect."""
        self.connection.execute(sql).fetchall()

    def ask(self, sql: str) -> list[tuple[Any, ...]]:
        """Return a query's rows."""
        rows: list[tuple[Any, ...]] = self.connection.execute(sql).fetchall()
        return rows

    def number(self, sql: str) -> int:
        """Return a query's only value as a number, 0 for null."""
        return int(self.ask(sql)[0][0] or 0)

    def types(self, source: str) -> dict[str, str]:
        """Return DuckDB's type of every column of a source."""
        return {row[0]: row[1] for row in self.ask(f"DESCRIBE {select({ALL: '*'}, source)}")}

    def type_of(self, sql: str, source: str) -> str:
        """Return DuckDB's type of an expression; UnreadableExpressionError if it has none."""
        try:
            return str(self.ask(f"DESCRIBE {select({'value': sql}, source)}")[0][1])
        except duckdb.Error as error:
            raise UnreadableExpressionError(str(error).splitlines()[0]) from error

    def keep(self, table: str, rows: pa.Table) -> None:
        """Keep an Arrow table as a temporary table."""
        self.connection.register("incoming", rows)
        self.run(f"CREATE OR REPLACE TEMP TABLE {table} AS FROM incoming")
        self.connection.unregister("incoming")

    def directory(self, *names: str) -> Path:
        """Make a directory below the scratch directory."""
        path = self.scratch.joinpath(*names)
        path.mkdir(parents=True, exist_ok=True)
        return path

    def write_texts(self, path: Path, names: Sequence[str], batches: Iterator[list[Any]]) -> int:
        """Write batches of rows of texts as Parquet; return how many rows there were."""
        schema = pa.schema([(column, pa.string()) for column in names])
        count = 0
        with pq.ParquetWriter(path, schema, compression="lz4") as writer:
            for rows in batches:
                columns = list(zip(*rows, strict=True)) if rows else [()] * len(names)
                arrays = [pa.array(column, pa.string()) for column in columns]
                writer.write_table(pa.table(arrays, schema=schema))
                count += len(rows)
        return count


@contextmanager
def open_workshop(scratch: Path, memory_limit: str, threads: int | None) -> Iterator[Workshop]:
    """Open a workshop; DuckDB's failures come out as errors that a person can act on."""
    scratch.mkdir(parents=True)
    connection = duckdb.connect(
        ":memory:",
        config={
            "memory_limit": memory_limit,
            "threads": 1,
            "temp_directory": str(scratch / "spill"),
            "autoinstall_known_extensions": "false",
            "autoload_known_extensions": "false",
        },
    )
    try:
        for setting, value in (
            ("TimeZone", text("UTC")),
            ("enable_progress_bar", "false"),
        ):
            connection.execute(f"SET {setting} = {value}").fetchall()
        yield Workshop(connection, scratch, cores=threads or os.cpu_count() or 1)
    except duckdb.Error as error:
        message = N_("the data cannot be processed: {detail}")
        problem = Problem(message=message, values={"detail": str(error).splitlines()[0]})
        raise InvalidInputError(N_("The import stops"), [problem]) from error
    finally:
        connection.close()
        shutil.rmtree(scratch, ignore_errors=True)


def count_rows(paths: Sequence[Path]) -> int:
    """Return how many rows Parquet files have, from their footers."""
    return sum(pq.read_metadata(path).num_rows for path in paths)


def rows_in(directory: Path) -> str:
    """Return the SQL source of all Parquet files below a directory."""
    return parquet(sorted(directory.rglob("*.parquet")))
