"""Every canonical column is declared completely, and the reference page says what is declared."""

from pathlib import Path

import pytest

from asterism.kernel.hashing import bucket_of
from asterism.kernel.privacy import Privacy
from asterism.warehouse import TABLES, connect
from asterism.warehouse.canonical import Column, ColumnType, Layout, Table
from asterism.warehouse.canonical.page import page
from asterism.warehouse.canonical.ranges import _OF_COLUMN, range_of
from asterism.warehouse.engine import bucket_expression
from asterism.warehouse.intake.convert import stored_type
from asterism.warehouse.snapshot import stored_types

COLUMNS = [(table, column) for table in TABLES.values() for column in table.columns]


def test_the_reference_page_is_up_to_date() -> None:
    written = Path(__file__).parents[3] / "docs" / "reference" / "canonical-tables.md"
    assert written.read_text(encoding="utf-8") == page(), (
        "run: python -m asterism.warehouse.canonical.page docs/reference/canonical-tables.md"
    )


@pytest.mark.parametrize(("table", "column"), COLUMNS, ids=lambda item: item.name)
def test_every_column_has_its_words_its_class_and_a_sound_reference(
    table: Table, column: Column
) -> None:
    assert column.privacy in {Privacy.C1, Privacy.C2}, "what authenticates is never stored"
    assert all((column.title.zh, column.title.en, column.title.es))
    if column.references:
        other, _, name = column.references.partition(".")
        assert TABLES[other].column(name).type is ColumnType.TEXT
    if column.codes and column.default is not None:
        assert column.default in column.codes
    assert stored_type(column)


@pytest.mark.parametrize("table", TABLES.values(), ids=lambda table: table.name)
def test_every_table_has_a_key_and_months_have_a_required_date(table: Table) -> None:
    assert all(table.column(name).required for name in table.key)
    assert table.title.zh
    if table.layout is Layout.MONTHS:
        assert table.column(table.dated_by).required
    assert ("bucket" in stored_types(table)) == ("customer_id" in table.names)


def test_ranges_are_declared_for_columns_that_exist() -> None:
    for name in _OF_COLUMN:
        table, _, column = name.partition(".")
        assert range_of(table, TABLES[table].column(column)) is _OF_COLUMN[name]


def test_the_engine_computes_the_same_bucket_as_the_kernel() -> None:
    import ibis
    import pyarrow as pa

    ids = [f"客户{number}" for number in range(500)]
    table = ibis.memtable(pa.table({"customer_id": ids}))
    buckets = connect().to_pyarrow(bucket_expression(table["customer_id"])).to_pylist()
    assert buckets == [bucket_of(i) for i in ids]
