"""A bank's folder to write files into, and one call that imports it."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pytest

from asterism.warehouse import LoadReport, Snapshot, Warehouse, connect, import_mapping
from asterism.warehouse.mapping import parse_mapping

HEAD = "version: 1\ncurrency: CNY\ntime_zone: UTC\nmoney: major\ntables:\n"


@dataclass
class Desk:
    """What a test works with."""

    warehouse: Warehouse
    folder: Path
    snapshot: Snapshot | None = None

    def write(self, name: str, content: str | bytes) -> Path:
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    def load(self, tables: str, as_of: date | None = None, head: str = HEAD) -> LoadReport:
        """Import the tables of a mapping written below `tables:`; the snapshot is kept."""
        mapping = parse_mapping(head + tables)
        self.snapshot, report = import_mapping(
            self.warehouse,
            self.snapshot,
            mapping,
            self.folder,
            as_of,
            memory_limit="1GB",
            threads=2,
        )
        return report

    def rows(self, table: str, *columns: str) -> list[tuple[object, ...]]:
        """Return a table's rows, sorted."""
        assert self.snapshot is not None
        connection = connect(memory_limit="1GB", threads=1)
        found = self.snapshot.table(connection, table, columns=columns).to_pyarrow().to_pylist()
        connection.disconnect()
        return sorted(tuple(row[column] for column in columns) for row in found)


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    folder = tmp_path / "source"
    folder.mkdir()
    return Desk(Warehouse(tmp_path / "warehouse"), folder)


@pytest.fixture
def people() -> Callable[[int], str]:
    """Write a CSV of customers C1 … Cn."""
    return lambda count: "id\n" + "".join(f"C{number}\n" for number in range(1, count + 1))
