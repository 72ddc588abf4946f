"""Whatever is in a file: a clear error or a row in quarantine, never a half-published snapshot."""

import gzip
import io
import resource
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING

import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from asterism.kernel.errors import InvalidInputError

if TYPE_CHECKING:
    from tests.unit.warehouse.conftest import Desk


def load(desk: "Desk", file: str, settings: str = "") -> None:
    desk.load(
        f"  customers: {{files: '{file}', {settings} checks: {{quarantined_share: 1, "
        "rows: {least: 0}}, columns: {customer_id: id, name: name}}\n"
    )


def refused(desk: "Desk", file: str, words: str, settings: str = "") -> None:
    """The file is refused with these words, and nothing was published or left behind."""
    with pytest.raises(InvalidInputError, match=words):
        load(desk, file, settings)
    assert desk.warehouse.list() == ()
    assert list(desk.warehouse.rooms.parts.iterdir()) == []


def faults(desk: "Desk") -> dict[str, int]:
    assert desk.snapshot is not None
    reasons: dict[str, int] = desk.snapshot.stats["load_report"]["tables"]["customers"]["reasons"]
    return reasons


def test_a_gzip_bomb_is_refused_before_it_fills_the_disk(desk: "Desk") -> None:
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with gzip.open(desk.folder / "bomb.csv.gz", "wb") as bomb:
        bomb.write(b"id,name\n")
        for _ in range(512):
            bomb.write(b"0" * (1 << 20))
    refused(desk, "bomb.csv.gz", "bomb")
    grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    assert grown < 512 * 1024


def test_a_zip_bomb_is_refused(desk: "Desk") -> None:
    with zipfile.ZipFile(desk.folder / "b.csv.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("b.csv", b"id,name\n" + b"0" * (64 << 20))
    refused(desk, "b.csv.zip", "bomb")


def test_archives_inside_archives_are_refused(desk: "Desk") -> None:
    inner = io.BytesIO()
    with zipfile.ZipFile(inner, "w") as archive:
        archive.writestr("a.csv", "id,name\n")
    with zipfile.ZipFile(desk.folder / "b.csv.zip", "w") as archive:
        archive.writestr("inner.zip", inner.getvalue())
    refused(desk, "b.csv.zip", "archives inside archives")


@pytest.mark.parametrize(
    "name", ["../outside.csv", "/etc/outside.csv", "a/../../b.csv", "..\\b.csv"]
)
def test_archives_that_name_files_outside_are_refused(desk: "Desk", name: str) -> None:
    with zipfile.ZipFile(desk.folder / "b.csv.zip", "w") as archive:
        archive.writestr(name, "id,name\nC1,x\n")
    refused(desk, "b.csv.zip", "outside itself")


def test_archives_of_too_many_files_are_refused(desk: "Desk") -> None:
    with zipfile.ZipFile(desk.folder / "b.csv.zip", "w") as archive:
        for number in range(1_001):
            archive.writestr(f"{number}.csv", "")
    refused(desk, "b.csv.zip", "1001 files")


@pytest.mark.parametrize("suffix", ["csv.gz", "csv.zip", "xlsx", "parquet"])
def test_damaged_files_are_refused(desk: "Desk", suffix: str) -> None:
    desk.write(f"b.{suffix}", b"PK\x03\x04 this is nothing of the kind")
    refused(desk, f"b.{suffix}", "damaged|cannot be read|not a Parquet")


def test_a_gzip_cut_short_is_refused(desk: "Desk") -> None:
    packed = gzip.compress(b"id,name\n" + b"C1,x\n" * 1000)
    desk.write("b.csv.gz", packed[: len(packed) // 2])
    refused(desk, "b.csv.gz", "damaged")


def test_links_that_leave_the_folder_are_refused(desk: "Desk", tmp_path: Path) -> None:
    secret = tmp_path / "secret.csv"
    secret.write_text("id,name\nC1,x\n")
    (desk.folder / "link.csv").symlink_to(secret)
    refused(desk, "link.csv", "leaves the source folder")
    (desk.folder / "directory").symlink_to(tmp_path)
    refused(desk, "directory/secret.csv", "leaves the source folder")


def test_links_to_nowhere_are_refused(desk: "Desk") -> None:
    (desk.folder / "link.csv").symlink_to(desk.folder / "absent.csv")
    refused(desk, "link.csv", "no file matches|not a regular file")


def test_links_inside_the_folder_are_read(desk: "Desk") -> None:
    desk.write("real.csv", "id,name\nC1,x\n")
    (desk.folder / "link.csv").symlink_to(desk.folder / "real.csv")
    load(desk, "link.csv")
    assert desk.rows("customers", "customer_id") == [("C1",)]


@pytest.mark.parametrize(
    "pattern", ["../c.csv", "/etc/passwd", "~/c.csv", "a/../../c.csv", "**/c.csv"]
)
def test_patterns_that_leave_the_folder_are_refused(desk: "Desk", pattern: str) -> None:
    refused(desk, pattern, "source folder|not a pattern", "format: csv,")


def test_a_directory_is_not_a_file(desk: "Desk") -> None:
    (desk.folder / "c.csv").mkdir()
    refused(desk, "c.csv", "not a regular file")


def test_names_with_wildcards_in_them_are_only_names(desk: "Desk") -> None:
    desk.write("a[1].csv", "id,name\nC1,x\n")
    desk.write("a1.csv", "id,name\nC2,x\n")
    load(desk, "a[[]1].csv")
    assert desk.rows("customers", "customer_id") == [("C1",)]


@pytest.mark.parametrize("columns", [2_001, 16_000, 200_000])
def test_too_many_columns_are_refused(desk: "Desk", columns: int) -> None:
    desk.write("c.csv", ",".join(f"c{number}" for number in range(columns)) + "\n")
    refused(desk, "c.csv", "columns|header")


def test_too_many_parquet_columns_are_refused(desk: "Desk") -> None:
    rows = pa.table({f"c{number}": [1] for number in range(2_001)})
    pq.write_table(rows, desk.folder / "c.parquet")
    refused(desk, "c.parquet", "2001 columns")


@pytest.mark.parametrize("header", ["id,name,id", "id,name,ID", "id,name, id "])
def test_a_name_twice_in_the_header_is_refused(desk: "Desk", header: str) -> None:
    desk.write("c.csv", f"{header}\nC1,x,C2\n")
    refused(desk, "c.csv", "name twice")


@pytest.mark.parametrize(
    "odd", ["*", "a.b", 'say ""x""', "__file", "'; DROP TABLE x; --", "é 客 户"]
)
def test_columns_may_be_called_anything(desk: "Desk", odd: str) -> None:
    desk.write("c.csv", f'id,"{odd}",name\nC1,,x\n,wrong,y\n')
    if odd == "__file":
        refused(desk, "c.csv", "a name that the import needs")
        return
    load(desk, "c.csv")
    assert desk.rows("customers", "customer_id", "name") == [("C1", "x")]
    assert odd.replace('""', '\\"') in str(desk.rows("quarantine", "source_values")[0][0])


def test_columns_without_a_name_do_no_harm(desk: "Desk") -> None:
    desk.write("c.csv", "id,,name,\nC1,a,x,b\n")
    load(desk, "c.csv")
    assert desk.rows("customers", "customer_id", "name") == [("C1", "x")]


@pytest.mark.parametrize("content", [b"", b"\xef\xbb\xbf"])
def test_an_empty_file_is_refused(desk: "Desk", content: bytes) -> None:
    desk.write("c.csv", content)
    refused(desk, "c.csv", "empty")


def test_a_file_of_blank_lines_has_no_header(desk: "Desk") -> None:
    desk.write("c.csv", "\n\n\n")
    refused(desk, "c.csv", "no header")


def test_a_header_alone_leaves_no_table_empty_by_accident(desk: "Desk") -> None:
    desk.write("c.csv", "id,name\n")
    with pytest.raises(InvalidInputError, match="leave it empty"):
        desk.load("  customers: {files: c.csv, columns: {customer_id: id}}\n")
    load(desk, "c.csv")
    assert desk.rows("customers", "customer_id") == []


@pytest.mark.parametrize(
    ("content", "declared", "guess"),
    [
        ("id,name\n" + "C1,客户经理王小明\n" * 9, "utf-8", "gb18030"),
        ("id,name\n" + "C1,x\n" * 9, "utf-16", "utf-8"),
    ],
)
def test_the_wrong_encoding_is_refused_with_a_guess(
    desk: "Desk", content: str, declared: str, guess: str
) -> None:
    desk.write("c.csv", content.encode(guess))
    refused(desk, "c.csv", f"not written in {declared}", f"encoding: {declared},")


def test_one_undecodable_name_costs_one_row(desk: "Desk") -> None:
    good = "".join(f"C{number},王小明\n" for number in range(2_000))
    desk.write("c.csv", b"id,name\n" + good.encode() + b"X1,\xff\xfe\n")
    load(desk, "c.csv")
    assert faults(desk) == {".undecodable": 1}
    assert len(desk.rows("customers", "customer_id")) == 2_000


def test_a_nul_byte_costs_one_row(desk: "Desk") -> None:
    good = "".join(f"C{number},name of {number}\n" for number in range(2_000))
    desk.write("c.csv", "id,name\n" + good + "X1,a\0b\n")
    load(desk, "c.csv")
    assert faults(desk) == {".undecodable": 1}


def test_a_huge_cell_costs_one_row(desk: "Desk") -> None:
    desk.write("c.csv", "id,name\nC1,x\nC2," + "y" * (3 << 20) + "\nC3,z\n")
    load(desk, "c.csv")
    assert faults(desk) == {".too_long": 1}
    assert desk.rows("customers", "customer_id") == [("C1",), ("C3",)]


def test_an_endless_first_line_is_refused(desk: "Desk") -> None:
    desk.write("c.csv", "id,name" + "x" * (3 << 20))
    refused(desk, "c.csv", "no header|cannot be read|no column|header")


def test_a_quote_that_never_closes_loses_nothing_silently(desk: "Desk") -> None:
    rows = [f"C{number},name" for number in range(5_000)]
    rows[1_000] = 'C1000,"open'
    rows[3_000] = 'C3000,"again'
    desk.write("c.csv", "id,name\n" + "\n".join(rows) + "\n")
    load(desk, "c.csv")
    assert faults(desk) == {".structure": 2}
    assert len(desk.rows("customers", "customer_id")) == 4_998
    assert desk.rows("quarantine", "row", "source_values") == [
        (1_001, '{"(line)":"C1000,\\"open"}'),
        (3_001, '{"(line)":"C3000,\\"again"}'),
    ]


def test_rows_of_the_wrong_width_are_put_aside_with_their_number(desk: "Desk") -> None:
    desk.write("c.csv", "id,name\nC1,x\nC2\nC3,x,y,z\nC4,x\n")
    load(desk, "c.csv")
    assert desk.rows("quarantine", "row", "source_values") == [
        (2, '{"(line)":"C2"}'),
        (3, '{"(line)":"C3,x,y,z"}'),
    ]
    assert desk.rows("customers", "customer_id") == [("C1",), ("C4",)]


def workbook(desk: "Desk", member: str, content: str) -> None:
    """Write a sound workbook, then put something else in place of one member."""
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["id", "name"])
    sheet.append(["C1", "x"])
    sound = io.BytesIO()
    book.save(sound)
    with (
        zipfile.ZipFile(sound) as source,
        zipfile.ZipFile(desk.folder / "c.xlsx", "w", zipfile.ZIP_DEFLATED) as target,
    ):
        for name in source.namelist():
            target.writestr(name, content if name == member else source.read(name))


LAUGHS = "".join(
    f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' if n else '<!ENTITY l0 "lol">' for n in range(10)
)
SHEET = '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'


@pytest.mark.parametrize("member", ["xl/worksheets/sheet1.xml", "xl/workbook.xml"])
def test_a_billion_laughs_in_a_workbook_are_refused(desk: "Desk", member: str) -> None:
    cell = '<row r="1"><c r="A1" t="inlineStr"><is><t>&l9;</t></is></c></row>'
    bomb = f'<?xml version="1.0"?><!DOCTYPE x [{LAUGHS}]>{SHEET}{cell}</sheetData></worksheet>'
    workbook(desk, member, bomb)
    refused(desk, "c.xlsx", "cannot be read")


def test_external_entities_in_a_workbook_are_refused(desk: "Desk") -> None:
    entity = '<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>'
    cell = '<row r="1"><c r="A1" t="inlineStr"><is><t>&e;</t></is></c></row>'
    workbook(desk, "xl/worksheets/sheet1.xml", f"{entity}{SHEET}{cell}</sheetData></worksheet>")
    refused(desk, "c.xlsx", "cannot be read")


def test_a_workbook_bomb_is_refused(desk: "Desk") -> None:
    workbook(
        desk, "xl/worksheets/sheet1.xml", SHEET + " " * (64 << 20) + "</sheetData></worksheet>"
    )
    refused(desk, "c.xlsx", "bomb")


def test_a_workbook_that_lies_about_its_size_is_read_as_it_is(desk: "Desk") -> None:
    rows = (
        '<dimension ref="A1:XFD1048576"/><sheetData>'
        '<row r="1"><c r="A1" t="inlineStr"><is><t>id</t></is></c>'
        '<c r="B1" t="inlineStr"><is><t>name</t></is></c></row>'
        '<row r="1048576"><c r="A1048576" t="inlineStr"><is><t>C1</t></is></c>'
        '<c r="XFD1048576" t="inlineStr"><is><t>far</t></is></c></row>'
    )
    content = SHEET.replace("<sheetData>", "") + rows + "</sheetData></worksheet>"
    workbook(desk, "xl/worksheets/sheet1.xml", content)
    load(desk, "c.xlsx")
    assert desk.rows("customers", "customer_id", "name") == [("C1", None)]


def test_deep_json_costs_one_row(desk: "Desk") -> None:
    deep = '{"id":' + "[" * 100_000 + "]" * 100_000 + ',"name":"x"}'
    desk.write("c.jsonl", f'{{"id":"C1","name":"x"}}\n{deep}\n')
    load(desk, "c.jsonl", "names: [id, name],")
    assert desk.rows("customers", "customer_id")[:1] == [("C1",)]
