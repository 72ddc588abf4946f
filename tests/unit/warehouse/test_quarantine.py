"""Rows in quarantine can be seen, corrected and replayed; nothing is lost on the way."""

from datetime import date
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from asterism.kernel.errors import InvalidInputError, NotFoundError
from asterism.warehouse import Entry, LoadReport, correct, find_entry, list_quarantine, replay
from asterism.warehouse.mapping import parse_mapping

if TYPE_CHECKING:
    from tests.unit.warehouse.conftest import Desk

HEAD = "version: 1\ncurrency: CNY\ntime_zone: UTC\nmoney: major\ntables:\n"
LENIENT = "checks: {quarantined_share: 1, rows: {least: 0}}"
TABLES = f"""
  customers:
    files: c.csv
    {LENIENT}
    columns: {{customer_id: id, birth_date: born}}
  accounts:
    files: a.csv
    {LENIENT}
    columns: {{account_id: id, customer_id: who, family: {{constant: wealth}}, principal: amount}}
"""


def replayed(desk: "Desk", tables: str = TABLES, ids: list[str] | None = None) -> LoadReport:
    assert desk.snapshot is not None
    mapping = parse_mapping(HEAD + tables)
    desk.snapshot, report = replay(desk.warehouse, desk.snapshot, mapping, ids=ids)
    return report


def entries(desk: "Desk") -> tuple[Entry, ...]:
    assert desk.snapshot is not None
    return list_quarantine(desk.warehouse, desk.snapshot)


def fix(desk: "Desk", entry: Entry, **values: str | None) -> Entry:
    assert desk.snapshot is not None
    return correct(desk.warehouse, desk.snapshot, entry.id, values)


def test_an_entry_says_where_it_came_from_and_everything_wrong_with_it(desk: "Desk") -> None:
    desk.write("c.csv", "id,born\nC1,1990-01-01\n,1990-13-01\n")
    desk.write("a.csv", "id,who,amount\nA1,C1,5\n")
    desk.load(TABLES)
    (entry,) = entries(desk)
    assert (entry.table, entry.load, entry.file, entry.row) == ("customers", "1", "c.csv", 2)
    assert entry.faults == (("customer_id", "required"), ("birth_date", "type"))
    assert entry.values == {"id": None, "born": "1990-13-01"}
    assert entry.corrected == {}


def test_a_corrected_row_is_loaded_and_leaves_the_quarantine(desk: "Desk") -> None:
    desk.write("c.csv", "id,born\nC1,1990-01-01\nC2,1990-13-01\n")
    desk.write("a.csv", "id,who,amount\nA1,C2,5\nA2,C1,x\n")
    desk.load(TABLES)
    born, unknown, amount = entries(desk)
    assert fix(desk, born, born="1990-12-01").corrected == {"born": "1990-12-01"}
    fix(desk, amount, amount="7.50")
    report = replayed(desk)
    assert report.tables["accounts"].loaded == 2
    assert unknown.faults == (("customer_id", "reference"),), "it is right once C2 is there"
    assert entries(desk) == ()
    assert desk.rows("customers", "customer_id", "birth_date") == [
        ("C1", date(1990, 1, 1)),
        ("C2", date(1990, 12, 1)),
    ]
    assert desk.rows("accounts", "account_id", "principal") == [("A1", 500), ("A2", 750)]
    assert list(desk.warehouse.rooms.quarantine.iterdir()) == []


def test_what_is_still_wrong_stays_with_its_new_faults_and_its_number(desk: "Desk") -> None:
    desk.write("c.csv", "id,born\nC1,1990-01-01\nC2,1990-13-01\n")
    desk.write("a.csv", "id,who,amount\nA1,C1,5\n")
    desk.load(TABLES)
    (before,) = entries(desk)
    fix(desk, before, born="1790-01-01")
    report = replayed(desk)
    assert report.tables["customers"].quarantined == 1
    (after,) = entries(desk)
    assert after.faults == (("birth_date", "range"),)
    assert (after.id, after.file, after.row) == (before.id, before.file, before.row)
    assert after.values["born"] == "1790-01-01"


def test_a_mended_mapping_is_enough(desk: "Desk") -> None:
    desk.write("c.csv", "id,sex\nC1,M\nC2,W\n")
    tables = (
        f"  customers: {{files: c.csv, {LENIENT}, "
        "columns: {customer_id: id, gender: {value: sex, codes: {M: male}}}}\n"
    )
    desk.load(tables)
    replayed(desk, tables.replace("M: male", "M: male, W: female"))
    assert desk.rows("customers", "customer_id", "gender") == [("C1", "male"), ("C2", "female")]
    assert entries(desk) == ()


def test_only_the_chosen_rows_are_replayed(desk: "Desk") -> None:
    desk.write("c.csv", "id,born\nC1,x\nC2,y\n")
    desk.write("a.csv", "id,who,amount\n")
    desk.load(TABLES)
    first, second = entries(desk)
    fix(desk, first, born=None)
    fix(desk, second, born=None)
    replayed(desk, ids=[first.id])
    assert [entry.id for entry in entries(desk)] == [second.id]
    assert entries(desk)[0].corrected == {"born": None}, "its correction still waits"
    assert desk.rows("customers", "customer_id", "birth_date") == [("C1", None)]


def test_a_line_without_columns_is_replayed_once_it_has_some(desk: "Desk") -> None:
    desk.write("c.csv", "id,born\nC1,1990-01-01\nC2 1991-01-01\n")
    desk.write("a.csv", "id,who,amount\n")
    desk.load(TABLES)
    (line,) = entries(desk)
    assert line.values == {"(line)": "C2 1991-01-01"}
    replayed(desk)
    assert [entry.id for entry in entries(desk)] == [line.id]
    fix(desk, line, id="C2", born="1991-01-01")
    replayed(desk)
    assert entries(desk) == ()
    assert desk.rows("customers", "customer_id") == [("C1",), ("C2",)]


def test_typed_sources_keep_their_types(desk: "Desk") -> None:
    rows = {"id": ["P1", "P2"], "term": pa.array([1, -1], pa.int32())}
    pq.write_table(pa.table(rows), desk.folder / "p.parquet")
    tables = (
        "  products: {files: p.parquet, columns: {product_id: id, name: id, "
        "family: {constant: wealth}, term_days: term * 30}}\n"
    )
    desk.load(tables)
    (entry,) = entries(desk)
    fix(desk, entry, term="many")
    replayed(desk, tables)
    (entry,) = entries(desk)
    fix(desk, entry, term="2")
    replayed(desk, tables)
    assert desk.rows("products", "product_id", "term_days") == [("P1", 30), ("P2", 60)]


def test_a_table_that_is_replaced_forgets_its_old_quarantine(desk: "Desk") -> None:
    desk.write("c.csv", "id,born\nC1,1990-01-01\nC2,x\n")
    desk.write("a.csv", "id,who,amount\nA1,C1,x\nA2,C1,1\n")
    desk.load(TABLES)
    desk.write("c.csv", "id,born\nC1,1990-01-01\nC2,1990-01-01\n")
    desk.load(TABLES)
    assert {entry.table for entry in entries(desk)} == {"accounts"}


def test_corrections_name_columns_of_the_source(desk: "Desk") -> None:
    desk.write("c.csv", "id,born\nC1,1990-01-01\nC2,x\n")
    desk.write("a.csv", "id,who,amount\n")
    desk.load(TABLES)
    (entry,) = entries(desk)
    with pytest.raises(InvalidInputError, match="no column birth_date; it has id, born"):
        fix(desk, entry, birth_date="1990-01-01")
    assert desk.snapshot is not None
    with pytest.raises(NotFoundError):
        find_entry(desk.warehouse, desk.snapshot, "0" * 16)


def test_an_empty_quarantine_has_nothing_to_replay(desk: "Desk") -> None:
    desk.write("c.csv", "id,born\nC1,1990-01-01\n")
    desk.write("a.csv", "id,who,amount\n")
    desk.load(TABLES)
    with pytest.raises(NotFoundError):
        replayed(desk)


def test_long_lists_are_read_page_by_page(desk: "Desk") -> None:
    desk.write("c.csv", "id,born\n" + "".join(f"C{n},x\n" for n in range(25)))
    desk.write("a.csv", "id,who,amount\n" + "".join(f"A{n},C1,x\n" for n in range(25)))
    desk.load(TABLES)
    assert desk.snapshot is not None
    pages = [
        list_quarantine(desk.warehouse, desk.snapshot, limit=20, offset=offset)
        for offset in (0, 20, 40, 60)
    ]
    assert [len(page) for page in pages] == [20, 20, 10, 0]
    assert len({entry.id for page in pages for entry in page}) == 50
    accounts = list_quarantine(desk.warehouse, desk.snapshot, table="accounts", limit=99)
    assert len(accounts) == 25
