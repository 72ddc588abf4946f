"""Whatever stands in a mapping or a file, expressions stay closed and rows stay counted."""

import csv
import io
import string
import tempfile
from datetime import date
from decimal import Decimal
from pathlib import Path

import duckdb
import sqlglot
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlglot import exp

from asterism.kernel.errors import AsterismError, InvalidInputError
from asterism.warehouse import Warehouse, connect, import_mapping
from asterism.warehouse.intake.sql import name, select, text
from asterism.warehouse.mapping import parse_mapping
from asterism.warehouse.mapping.expression import FUNCTIONS, parse_expression

SNIPPETS = (
    *FUNCTIONS,
    *(
        "a",
        "b",
        '"a b"',
        "'x'",
        "''",
        "1",
        "2.5",
        "NULL",
        "TRUE",
        "(",
        ")",
        ",",
        ".",
        "*",
        "=",
        "<>",
    ),
    *("||", "+", "-", "/", "%", "AND", "OR", "NOT", "IN", "IS", "BETWEEN", "LIKE", "CASE", "WHEN"),
    *("THEN", "ELSE", "END", "CAST", "AS", "VARCHAR", "::", ";", "--", "/*", "SELECT", "FROM"),
    *(
        "read_csv('x')",
        "getenv('HOME')",
        "(SELECT 1)",
        "t.a",
        "[1]",
        "{'a': 1}",
        "$1",
        "?",
        "->",
        "@",
    ),
)


@given(st.lists(st.sampled_from(SNIPPETS), max_size=12).map(" ".join) | st.text(max_size=40))
@settings(max_examples=400, deadline=None)
def test_an_expression_is_refused_or_reads_nothing_but_columns(written: str) -> None:
    expression, problems = parse_expression(written)
    assert (expression is None) == bool(problems)
    if expression is None:
        return
    sql = expression.sql(name, lambda inner: f"CAST({inner} AS DOUBLE)")
    tree = sqlglot.parse_one(select({"value": sql}, "t"), dialect="duckdb")
    assert isinstance(tree, exp.Select)
    assert len(list(tree.find_all(exp.Table))) == 1
    assert not list(tree.find_all(exp.Subquery, exp.Command, exp.Star, exp.Placeholder))
    assert {column.name for column in tree.find_all(exp.Column)} <= expression.columns


@given(st.text(max_size=30), st.text(max_size=30))
@settings(max_examples=200, deadline=None)
def test_names_and_texts_of_any_content_stay_names_and_texts(column: str, value: str) -> None:
    column = column.replace("\0", "") or "x"
    value = value.replace("\0", "")
    connection = duckdb.connect()
    result = connection.execute(select({column: text(value)}, "range(1)"))
    assert result.fetchone() == (value,)
    assert connection.description[0][0] == column
    connection.close()


@given(st.text(max_size=300))
@settings(max_examples=200, deadline=None)
def test_any_text_is_a_mapping_or_a_list_of_problems(written: str) -> None:
    try:
        parse_mapping(written)
    except InvalidInputError as error:
        found = [str(problem) for problem in error.problems]
    else:
        found = ["none"]
    assert found
    assert all(found)


CELLS = st.text(st.characters(codec="utf-8", exclude_characters="\0\x02"), max_size=8)


@given(
    rows=st.lists(st.lists(CELLS, min_size=1, max_size=4), max_size=12),
    damage=st.lists(st.tuples(st.integers(0, 400), st.sampled_from('",\n\r;x')), max_size=4),
)
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_every_row_of_a_damaged_file_is_loaded_put_aside_or_refused(
    rows: list[list[str]], damage: list[tuple[int, str]]
) -> None:
    file = io.StringIO()
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow(["id", "name", "born"])
    writer.writerows(rows)
    content = list(file.getvalue())
    for place, character in damage:
        content.insert(min(place + 13, len(content)), character)
    mapping = parse_mapping(
        "version: 1\ncurrency: CNY\ntime_zone: UTC\ntables:\n  customers: {files: c.csv, "
        "checks: {quarantined_share: 1, rows: {least: 0}}, "
        "columns: {customer_id: id, name: name, birth_date: born}}\n"
    )
    with tempfile.TemporaryDirectory() as directory:
        folder = Path(directory)
        (folder / "c.csv").write_text("".join(content), encoding="utf-8", newline="")
        try:
            snapshot, report = import_mapping(
                Warehouse(folder / "w"), None, mapping, folder, memory_limit="500MB", threads=1
            )
        except AsterismError:
            return
        counts = report.tables["customers"]
        assert counts.read == counts.loaded + counts.quarantined + counts.duplicates
        assert snapshot.rows("customers") == counts.loaded
        assert snapshot.rows("quarantine") == counts.quarantined


@given(
    st.lists(
        st.tuples(
            st.decimals(-(10**12), 10**12, places=2),
            st.dates(date(1900, 1, 1), date(2026, 1, 1)),
            st.text(string.ascii_letters + "客户 ", max_size=6).map(str.strip),
        ),
        min_size=1,
        max_size=20,
    )
)
@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_what_is_written_is_what_is_read(rows: list[tuple[Decimal, date, str]]) -> None:
    mapping = parse_mapping(
        "version: 1\ncurrency: CNY\ntime_zone: UTC\nmoney: major\ndecimal: ','\nthousands: '.'\n"
        "tables:\n  accounts: {files: a.csv, formats: '%d.%m.%Y', columns: {account_id: id, "
        "customer_id: who, family: {constant: wealth}, principal: amount, opened_on: opened}}\n"
    )
    with tempfile.TemporaryDirectory() as directory:
        folder = Path(directory)
        with (folder / "a.csv").open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(["id", "amount", "opened", "who"])
            for number, (amount, opened, who) in enumerate(rows):
                german = f"{amount:,.2f}".translate(str.maketrans(",.", ".,"))
                writer.writerow([number, german, f"{opened:%d.%m.}{opened.year:04d}", who or "x"])
        snapshot, _ = import_mapping(
            Warehouse(folder / "w"), None, mapping, folder, memory_limit="500MB", threads=1
        )
        connection = connect(memory_limit="500MB", threads=1)
        found = snapshot.table(connection, "accounts").to_pyarrow().to_pylist()
        connection.disconnect()
    expected = {
        str(number): (int(amount.scaleb(2)), opened, who or "x")
        for number, (amount, opened, who) in enumerate(rows)
    }
    assert {
        row["account_id"]: (row["principal"], row["opened_on"], row["customer_id"]) for row in found
    } == expected
