"""Excel workbooks, read row by row; what would have to be held in memory is limited first."""

import zipfile
from collections.abc import Iterator
from datetime import date, datetime, time
from itertools import islice
from pathlib import Path
from typing import Any

import openpyxl
from defusedxml.common import DefusedXmlException
from openpyxl.utils.exceptions import InvalidFileException

from asterism.kernel.words import N_
from asterism.warehouse.intake.files import SourceFile
from asterism.warehouse.intake.limits import (
    GREATEST_RATIO,
    HARMLESS,
    MOST_COLUMNS,
    MOST_EXCEL,
    MOST_EXCEL_IN_MEMORY,
)
from asterism.warehouse.intake.refusal import refuse
from asterism.warehouse.intake.stage_csv import check_header
from asterism.warehouse.intake.staged import StagedFile
from asterism.warehouse.intake.workshop import Workshop
from asterism.warehouse.mapping.model import Files

_BATCH = 20_000
_UNREADABLE = (
    zipfile.BadZipFile,
    InvalidFileException,
    DefusedXmlException,
    KeyError,
    ValueError,
    TypeError,
    OSError,
    SyntaxError,
)


def stage_excel(
    workshop: Workshop, files: Files, file: SourceFile, sha256: str, place: Path
) -> list[StagedFile]:
    """Stage one sheet of the workbook."""
    target = place / "sheet.parquet"
    try:
        _check_size(file)
        book = openpyxl.load_workbook(file.path, read_only=True, data_only=True, keep_links=False)
        try:
            sheet = _sheet(book, files, file.label)
            names, rows = _rows(sheet, files, file.label)
            count = workshop.write_texts(target, names, _batches(rows))
        finally:
            book.close()
    except _UNREADABLE as error:
        detail = str(error).splitlines()[0] if str(error) else type(error).__name__
        raise refuse(
            file.label, N_("the workbook cannot be read: {detail}"), detail=detail
        ) from error
    return [
        StagedFile(
            label=file.label,
            sha256=sha256,
            bytes=file.bytes,
            modified_ns=file.modified_ns,
            path=target,
            rows=count,
        )
    ]


def _check_size(file: SourceFile) -> None:
    """Sheets are streamed; every other part is held in memory whole."""
    with zipfile.ZipFile(file.path) as archive:
        members = archive.infolist()
    total = sum(member.file_size for member in members)
    held = max(
        (m.file_size for m in members if not m.filename.startswith("xl/worksheets/sheet")),
        default=0,
    )
    is_bomb = total > max(HARMLESS, file.bytes * GREATEST_RATIO)
    if is_bomb or total > MOST_EXCEL or held > MOST_EXCEL_IN_MEMORY:
        message = N_("the file unpacks to far more than its size: it looks like a bomb.")
        raise refuse(file.label, message)


def _sheet(book: openpyxl.Workbook, files: Files, label: str) -> Any:
    if files.sheet and files.sheet not in book.sheetnames:
        message = N_("there is no sheet {sheet}; there are {known}.")
        raise refuse(label, message, sheet=files.sheet, known=", ".join(book.sheetnames))
    name = files.sheet or book.sheetnames[0]
    sheet: Any = book[name]
    sheet.reset_dimensions()  # what the file says of its own size is not to be trusted
    return sheet


def _rows(sheet: Any, files: Files, label: str) -> tuple[list[str], Iterator[list[str | None]]]:
    limit = MOST_COLUMNS + 1
    if files.header:
        first = next(sheet.iter_rows(min_row=files.skip + 1, max_col=limit, values_only=True), ())
        header = [_text(value) for value in first]
        while header and header[-1] is None:
            header.pop()
        names = [value or f"column{number}" for number, value in enumerate(header, 1)]
        check_header(names, label)
        start = files.skip + 2
    else:
        names, start = [], files.skip + 1
    names = list(files.names) or names
    width = len(names)
    rows = sheet.iter_rows(min_row=start, max_col=width, values_only=True)
    return names, (_padded([_text(value) for value in row], width) for row in rows)


def _padded(row: list[str | None], width: int) -> list[str | None]:
    return row + [None] * (width - len(row))


def _batches(rows: Iterator[list[str | None]]) -> Iterator[list[Any]]:
    filled = (row for row in rows if any(cell is not None for cell in row))
    while batch := list(islice(filled, _BATCH)):
        yield batch


def _text(value: object) -> str | None:
    """Write a cell's value as the import reads it."""
    if value is None:
        return None
    if isinstance(value, datetime):
        at_midnight = value.time() == time()
        return value.date().isoformat() if at_midnight else value.isoformat(sep=" ")
    if isinstance(value, date | time):
        return value.isoformat()
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() else repr(value)
    return str(value).strip() or None
