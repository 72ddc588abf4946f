"""A small bank, made of the rows that a test gives."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import ibis
import pyarrow as pa
import pytest
from ibis.backends.duckdb import Backend

from asterism.kernel.hashing import bucket_of
from asterism.warehouse import TABLES, Snapshot, Warehouse, connect
from asterism.warehouse.snapshot import stored_types

MakeBank = Callable[..., Snapshot]


@pytest.fixture
def connection() -> Iterator[Backend]:
    backend = connect(memory_limit="1GB", threads=1)
    yield backend
    backend.disconnect()


@pytest.fixture
def make_bank(tmp_path: Path) -> MakeBank:
    def make(as_of: date, **tables: Sequence[Mapping[str, Any]]) -> Snapshot:
        warehouse = Warehouse(tmp_path / "warehouse")
        with warehouse.begin(None, as_of) as draft:
            for name, rows in tables.items():
                schema = ibis.schema(stored_types(TABLES[name])).to_pyarrow()
                full = [{**row, "bucket": bucket_of(row["customer_id"])} for row in rows]
                table = pa.Table.from_pylist(full, schema=schema)
                draft.write_table(name, table, layout=TABLES[name].layout)
            return draft.seal()

    return make
