"""A mapping turns files into canonical tables, and every row is accounted for."""

import gzip
import sqlite3
import zipfile
from datetime import date, datetime
from typing import TYPE_CHECKING

import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from asterism.kernel.errors import InvalidInputError, NotFoundError
from asterism.warehouse.mapping import parse_mapping

if TYPE_CHECKING:
    from tests.unit.warehouse.conftest import Desk


def stored(moment: str) -> datetime:
    """Return a moment as it is stored: without a zone, meaning UTC."""
    return datetime.fromisoformat(moment)


CUSTOMERS = "  customers: {files: customers.csv, columns: {customer_id: id}}\n"


def test_chinese_exports_in_gb18030_are_read(desk: "Desk") -> None:
    text = "客户号;性别;生日;年收入\n001;1;1990年1月5日;1.234,50\n002;2;1985年12月31日;9.999,99\n"
    desk.write("c.csv", text.encode("gb18030"))
    report = desk.load(
        """
  customers:
    files: c.csv
    encoding: gb18030
    delimiter: ";"
    decimal: ","
    thousands: "."
    columns:
      customer_id: 客户号
      gender: {value: 性别, codes: {1: male, 2: female}}
      birth_date: {value: 生日, formats: "%Y年%-m月%-d日"}
      declared_income: 年收入
"""
    )
    assert report.tables["customers"].loaded == 2
    assert desk.rows("customers", "customer_id", "gender", "birth_date", "declared_income") == [
        ("001", "male", date(1990, 1, 5), 123450),
        ("002", "female", date(1985, 12, 31), 999999),
    ]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "gb18030"])
def test_every_encoding_reads_the_same(desk: "Desk", encoding: str) -> None:
    desk.write("c.csv", "id,name\nC1,王小明\n".encode(encoding))
    desk.load(
        f"  customers: {{files: c.csv, encoding: {encoding}, "
        "columns: {customer_id: id, name: name}}\n"
    )
    assert desk.rows("customers", "customer_id", "name") == [("C1", "王小明")]


@pytest.mark.parametrize("line_break", ["\n", "\r\n", "\r"])
def test_every_line_break_reads_the_same(desk: "Desk", line_break: str) -> None:
    text = 'id,name\nC1,"two\nlines"\nC2,x\n'.replace("\n", line_break)
    desk.write("c.csv", text)
    desk.load("  customers: {files: c.csv, columns: {customer_id: id, name: name}}\n")
    assert desk.rows("customers", "customer_id", "name") == [("C1", "two\nlines"), ("C2", "x")]


def test_packed_files_are_unpacked(desk: "Desk") -> None:
    (desk.folder / "a.csv.gz").write_bytes(gzip.compress(b"id\nC1\n"))
    with zipfile.ZipFile(desk.folder / "b.csv.zip", "w") as archive:
        archive.writestr("one.csv", "id\nC2\n")
        archive.writestr("folder/two.csv", "id\nC3\n")
    desk.load('  customers: {files: ["a.csv.gz", "b.csv.zip"], columns: {customer_id: id}}\n')
    assert desk.rows("customers", "customer_id") == [("C1",), ("C2",), ("C3",)]


def test_json_lines_are_read_by_path(desk: "Desk") -> None:
    desk.write(
        "t.jsonl",
        '{"id": "t1", "who": {"id": "C1"}, "at": 1700000000, "amount": -12.5}\n'
        "not json\n"
        "[1, 2]\n"
        '{"id": "t2", "who": {"id": "C1"}, "at": 1700000001, "amount": "7"}\n',
    )
    report = desk.load(
        """
  transactions:
    files: t.jsonl
    names: [id, who/id, at, amount]
    columns:
      transaction_id: id
      account_id: {constant: A1}
      customer_id: '"who/id"'
      posted_at: {value: at, formats: epoch_seconds}
      amount: amount
      kind: {constant: card}
"""
    )
    assert desk.rows("transactions", "transaction_id", "posted_at", "amount") == [
        ("t1", stored("2023-11-14 22:13:20"), -1250),
        ("t2", stored("2023-11-14 22:13:21"), 700),
    ]
    assert report.tables["transactions"].quarantined == 2
    assert report.tables["transactions"].reasons == {".structure": 2}


def test_excel_is_read_with_its_dates_and_numbers(desk: "Desk") -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["id", "name", "opened"])
    sheet.append([12, "Main", stored("2001-02-03")])
    sheet.append([None, None, None])
    sheet.append([13.0, "Second", None])
    book.save(desk.folder / "b.xlsx")
    desk.load(
        "  branches: {files: b.xlsx, columns: {branch_id: id, name: name, opened_on: opened}}\n"
    )
    assert desk.rows("branches", "branch_id", "name", "opened_on") == [
        ("12", "Main", date(2001, 2, 3)),
        ("13", "Second", None),
    ]


def test_a_database_query_is_read_and_its_url_stays_secret(
    desk: "Desk", monkeypatch: pytest.MonkeyPatch
) -> None:
    database = desk.folder / "bank.db"
    with sqlite3.connect(database) as connection:
        connection.execute("create table staff (id, name)")
        connection.execute("insert into staff values (1, 'Ann'), (2, null)")
    connection.close()
    tables = (
        '  staff: {database: {url_from: BANK_DB, query: "select id, name from staff"}, '
        "columns: {staff_id: id, name: name}}\n"
    )
    monkeypatch.setenv("BANK_DB", f"sqlite:///{database}")
    desk.load(tables)
    assert desk.rows("staff", "staff_id", "name") == [("1", "Ann"), ("2", None)]
    monkeypatch.setenv("BANK_DB", "nonsense://user:secret@host")
    with pytest.raises(InvalidInputError) as caught:
        desk.load(tables)
    assert "secret" not in str(caught.value)


def test_rows_can_stand_in_the_mapping(desk: "Desk") -> None:
    desk.load(
        "  products: {rows: [{id: P1, name: Gold}], "
        "columns: {product_id: id, name: name, family: {constant: credit_card}}}\n"
    )
    assert desk.rows("products", "product_id", "family", "currency") == [
        ("P1", "credit_card", "CNY")
    ]


def test_parquet_of_canonical_columns_is_taken_as_it_is(desk: "Desk") -> None:
    rows = {"customer_id": ["C1"], "declared_income": [1234], "opened_on": [date(2020, 1, 1)]}
    pq.write_table(pa.table(rows), desk.folder / "c.parquet")
    desk.load("  customers: {files: c.parquet, columns: same}\n")
    assert desk.rows("customers", "customer_id", "declared_income", "opened_on", "blacklisted") == [
        ("C1", 1234, date(2020, 1, 1), False)
    ]


def test_ids_that_went_through_a_spreadsheet_stay_ids(desk: "Desk") -> None:
    rows = {"id": pa.array([1.0, 2.0]), "name": pa.array(["x", "y"])}
    pq.write_table(pa.table(rows), desk.folder / "b.parquet")
    desk.load("  branches: {files: b.parquet, columns: {branch_id: id, name: name}}\n")
    assert desk.rows("branches", "branch_id") == [("1",), ("2",)]


def test_moments_are_stored_in_utc_whatever_zone_they_come_in(desk: "Desk") -> None:
    desk.write("e.csv", "id,at\n1,2025-07-01 12:00:00\n2,2025-01-01 12:00:00\n")
    desk.load(
        "  events: {files: e.csv, time_zone: Europe/Madrid, columns: {event_id: id, "
        "customer_id: {constant: C1}, occurred_at: at, name: {constant: login}}}\n"
    )
    assert desk.rows("events", "event_id", "occurred_at") == [
        ("1", stored("2025-07-01 10:00:00")),
        ("2", stored("2025-01-01 11:00:00")),
    ]


def test_two_digit_years_mean_what_the_mapping_says(desk: "Desk") -> None:
    desk.write("c.csv", "id,born\nC1,060229\nC2,990101\nC3,040229\n")
    report = desk.load(
        "  customers: {files: c.csv, formats: '%y%m%d', two_digit_years_from: 1910, "
        "columns: {customer_id: id, birth_date: born}}\n"
    )
    assert desk.rows("customers", "customer_id", "birth_date") == [
        ("C2", date(1999, 1, 1)),
        ("C3", date(2004, 2, 29)),
    ]
    assert report.tables["customers"].reasons == {"birth_date.type": 1}


def test_money_finer_than_a_minor_unit_is_refused_unless_rounding_is_asked_for(
    desk: "Desk",
) -> None:
    desk.write("a.csv", "id,amount\nA1,7.125\nA2,7.12\n")
    columns = (
        "columns: {account_id: id, customer_id: {constant: C1}, "
        "family: {constant: wealth}, principal: amount}}\n"
    )
    report = desk.load(f"  accounts: {{files: a.csv, {columns}")
    assert report.tables["accounts"].reasons == {"principal.type": 1}
    desk.load(f"  accounts: {{files: a.csv, round_money: true, {columns}")
    assert desk.rows("accounts", "account_id", "principal") == [("A1", 713), ("A2", 712)]


def test_money_has_the_digits_of_its_currency(desk: "Desk") -> None:
    desk.write("a.csv", "id,amount,cur\nA1,700,JPY\nA2,7,CNY\nA3,7.001,KWD\n")
    desk.load(
        "  accounts: {files: a.csv, columns: {account_id: id, customer_id: {constant: C1}, "
        "family: {constant: wealth}, principal: amount, currency: cur}}\n"
    )
    assert desk.rows("accounts", "account_id", "principal") == [
        ("A1", 700),
        ("A2", 700),
        ("A3", 7001),
    ]


def test_joins_look_up_and_never_multiply(desk: "Desk") -> None:
    desk.write("a.csv", "acc\n1\n2\n")
    desk.write("d.csv", "acc,client,role\n1,C1,OWNER\n1,C2,OTHER\n2,C3,OWNER\n")
    joined = (
        "  accounts: {{files: a.csv, join: {{files: d.csv, as: d, on: {{acc: acc}}{where}}}, "
        "columns: {{account_id: acc, customer_id: d.client, family: {{constant: wealth}}}}}}\n"
    )
    with pytest.raises(InvalidInputError, match="more than once"):
        desk.load(joined.format(where=""))
    desk.load(joined.format(where=", where: \"role = 'OWNER'\""))
    assert desk.rows("accounts", "account_id", "customer_id") == [("1", "C1"), ("2", "C3")]


def test_filters_and_kept_rows_are_counted(desk: "Desk") -> None:
    desk.write(
        "b.csv", "acc,day,n,v\n1,2026-01-01,1,10\n1,2026-01-01,2,20\n1,2026-01-02,3,x\n9,,,\n"
    )
    report = desk.load(
        """
  balances:
    files: b.csv
    where: acc <> '9'
    keep: {last_by: number(n)}
    columns:
      account_id: acc
      customer_id: {constant: C1}
      date: day
      family: {constant: wealth}
      balance: v
"""
    )
    counts = report.tables["balances"]
    assert (counts.read, counts.filtered, counts.loaded) == (4, 1, 1)
    assert (counts.quarantined, counts.duplicates) == (1, 1)
    assert desk.rows("balances", "balance", "date") == [(2000, date(2026, 1, 1))]


def test_the_same_file_is_not_loaded_twice_even_under_another_name(desk: "Desk") -> None:
    desk.write("e1.csv", "id,at\n1,2026-01-01\n")
    tables = (
        "  events: {files: 'e*.csv', columns: {event_id: id, customer_id: {constant: C1}, "
        "occurred_at: at, name: {constant: login}}}\n"
    )
    desk.load(tables)
    desk.write("e2.csv", "id,at\n1,2026-01-01\n")
    desk.write("e3.csv", "id,at\n2,2026-01-02\n")
    report = desk.load(tables)
    assert report.tables["events"].skipped == ["e1.csv", "e2.csv"]
    assert report.tables["events"].read == 1
    assert desk.rows("events", "event_id") == [("1",), ("2",)]
    assert desk.load(tables).tables["events"].read == 0


def test_rows_that_come_again_are_duplicates_and_changed_ones_are_conflicts(desk: "Desk") -> None:
    tables = (
        "  events: {files: 'e*.csv', checks: {quarantined_share: 1}, columns: {event_id: id, "
        "customer_id: {constant: C1}, occurred_at: at, name: what}}\n"
    )
    desk.write("e1.csv", "id,at,what\n1,2026-01-01,a\n2,2026-01-01,b\n")
    desk.load(tables)
    desk.write("e2.csv", "id,at,what\n1,2026-01-01,a\n2,2026-01-01,changed\n3,2026-01-02,c\n")
    counts = desk.load(tables).tables["events"]
    assert (counts.loaded, counts.duplicates, counts.quarantined) == (1, 1, 1)
    assert counts.reasons == {"event_id.conflict": 1}


def test_a_table_that_is_replaced_is_what_its_files_say_now(desk: "Desk") -> None:
    desk.write("customers.csv", "id\nC1\nC2\n")
    desk.load(CUSTOMERS)
    desk.write("customers.csv", "id\nC2\nC3\n")
    desk.load(CUSTOMERS)
    assert desk.rows("customers", "customer_id") == [("C2",), ("C3",)]


def test_only_the_latest_full_copy_is_read_when_asked(desk: "Desk") -> None:
    desk.write("c-9.csv", "id\nold\n")
    desk.write("c-10.csv", "id\nnew\n")
    desk.load("  customers: {files: 'c-*.csv', take: latest, columns: {customer_id: id}}\n")
    assert desk.rows("customers", "customer_id") == [("new",)]


def test_references_that_must_hold_quarantine_and_others_are_counted(desk: "Desk") -> None:
    desk.write("customers.csv", "id\nC1\n")
    desk.write("a.csv", "id,who,branch\nA1,C1,B9\nA2,C9,\n")
    report = desk.load(
        CUSTOMERS
        + "  branches: {rows: [{id: B1, n: x}], columns: {branch_id: id, name: n}}\n"
        + "  accounts: {files: a.csv, columns: {account_id: id, customer_id: who, "
        "branch_id: branch, family: {constant: wealth}}}\n"
    )
    counts = report.tables["accounts"]
    assert counts.reasons == {"customer_id.reference": 1}
    assert counts.dangling == {"branch_id": 1}
    assert desk.rows("accounts", "account_id") == [("A1",)]


def test_a_failed_check_stops_the_load_and_nothing_is_published(desk: "Desk") -> None:
    desk.write("customers.csv", "id,born\nC1,x\nC2,y\nC3,1990-01-01\n")
    with pytest.raises(InvalidInputError, match="birth_date\\.type: 2"):
        desk.load(
            "  customers: {files: customers.csv, checks: {quarantined_share: 0.1}, "
            "columns: {customer_id: id, birth_date: born}}\n"
        )
    assert desk.warehouse.list() == ()
    report = desk.load(
        "  customers: {files: customers.csv, checks: {rows: {least: 5}, on_failure: warn, "
        "null_shares: {city: 0.5}}, columns: {customer_id: id}}\n"
    )
    failed = [check.name for check in report.tables["customers"].checks if not check.passed]
    assert failed == ["rows.least", "null_shares.city"]


def test_believable_ranges_can_be_widened(desk: "Desk") -> None:
    desk.write("c.csv", "id,born\nC1,1890-01-01\nC2,2027-01-01\n")
    columns = "columns: {customer_id: id, birth_date: born}}\n"
    strict = "checks: {quarantined_share: 1, rows: {least: 0}}"
    report = desk.load(f"  customers: {{files: c.csv, {strict}, {columns}", date(2026, 1, 1))
    assert report.tables["customers"].reasons == {"birth_date.range": 2}
    widened = "ranges: {birth_date: {least: 1850-01-01}}"
    report = desk.load(
        f"  customers: {{files: c.csv, {strict}, {widened}, {columns}", date(2026, 1, 1)
    )
    assert report.tables["customers"].reasons == {"birth_date.range": 1}


def test_a_column_that_went_missing_is_named_with_a_suggestion(desk: "Desk") -> None:
    desk.write("customers.csv", "ident,birthday\nC1,1990-01-01\n")
    with pytest.raises(InvalidInputError) as caught:
        desk.load(
            "  customers: {files: customers.csv, columns: {customer_id: id, birth_date: birthdy}}\n"
        )
    message = str(caught.value)
    assert "no column birthdy. Did you mean birthday?" in message
    assert "no column id" in message


def test_a_column_that_changes_its_type_between_files_is_refused(desk: "Desk") -> None:
    pq.write_table(pa.table({"id": ["C1"]}), desk.folder / "a.parquet")
    pq.write_table(pa.table({"id": [1]}), desk.folder / "b.parquet")
    with pytest.raises(InvalidInputError, match="BIGINT here and VARCHAR"):
        desk.load("  customers: {files: '*.parquet', columns: {customer_id: id}}\n")


def test_an_expression_that_fails_on_a_row_puts_that_row_aside(desk: "Desk") -> None:
    desk.write("p.csv", "id,term\nP1,3\nP2,three\nP3,\n")
    report = desk.load(
        "  products: {files: p.csv, columns: {product_id: id, name: id, "
        "family: {constant: wealth}, term_days: number(term) * 30}}\n"
    )
    assert report.tables["products"].reasons == {"term_days.failed": 1}
    assert desk.rows("products", "product_id", "term_days") == [("P1", 90), ("P3", None)]


def test_a_missing_folder_is_not_found(desk: "Desk") -> None:
    desk.folder = desk.folder / "absent"
    with pytest.raises(NotFoundError):
        desk.load(CUSTOMERS)


def test_the_last_day_is_found_in_the_banks_own_zone(desk: "Desk") -> None:
    desk.write("e.csv", "id,at\n1,2026-01-31 01:00:00\n")
    desk.load(
        "  events: {files: e.csv, columns: {event_id: id, customer_id: {constant: C1}, "
        "occurred_at: at, name: {constant: login}}}\n",
        head="version: 1\ncurrency: CNY\ntime_zone: Asia/Shanghai\ntables:\n",
    )
    assert desk.snapshot is not None
    assert desk.snapshot.as_of == date(2026, 1, 31)
    assert desk.rows("events", "occurred_at") == [(stored("2026-01-30 17:00:00"),)]


def test_the_report_reads_as_a_person_would_say_it(desk: "Desk") -> None:
    desk.write("customers.csv", "id,sex\nC1,1\nC2,3\n")
    report = desk.load(
        "  customers: {files: customers.csv, "
        "columns: {customer_id: id, gender: {value: sex, codes: {1: male}}}}\n"
    )
    text = report.in_locale("en")
    assert "customers: 2 rows read, 1 loaded, 1 in quarantine" in text
    assert "gender: not one of the codes (1)" in text
    assert report.to_json()["tables"]["customers"]["reasons"] == {"gender.code": 1}


def test_mappings_without_problems_remember_what_they_are_called() -> None:
    mapping = parse_mapping(
        "version: 1\ncurrency: CNY\ntime_zone: UTC\ntables:\n"
        "  customers: {files: c.parquet, columns: same}\n",
        "bank.yaml",
    )
    assert (mapping.name, mapping.currency, len(mapping.loads)) == ("bank.yaml", "CNY", 1)
