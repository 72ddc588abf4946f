"""Parquet files that appear whole, one per table and month or day."""

from collections.abc import Iterable
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

_LEVEL = 1
_LARGE_DICTIONARY = 8 << 20


class Sheet:
    """A Parquet file that grows by row groups and appears when it is closed."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._partial = path.with_name(f".{path.name}.partial")
        self._writer: pq.ParquetWriter | None = None

    def write(self, table: pa.Table) -> None:
        """Add a table as one row group; its columns must be those of the first."""
        if self._writer is None:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            coded = [f.name for f in table.schema if pa.types.is_dictionary(f.type)]
            self._writer = pq.ParquetWriter(
                self._partial,
                table.schema,
                compression="zstd",
                compression_level=_LEVEL,
                store_schema=False,
                use_dictionary=coded,
                dictionary_pagesize_limit=_LARGE_DICTIONARY,
            )
        if table.num_rows:
            self._writer.write_table(table, row_group_size=max(table.num_rows, 1))

    def close(self) -> None:
        """Finish the file and put it into its place."""
        if self._writer is not None:
            self._writer.close()
            self._partial.replace(self.path)
            self._writer = None


def write_whole(path: Path, tables: Iterable[pa.Table]) -> None:
    """Write tables of the same columns as one file."""
    sheet = Sheet(path)
    for table in tables:
        sheet.write(table)
    sheet.close()


def keep_only(path: Path) -> None:
    """Remove the other files beside `path`, which holds everything they held."""
    for other in path.parent.glob("*.parquet"):
        if other != path:
            other.unlink()
