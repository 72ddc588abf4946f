"""Delimited text becomes Parquet of texts; lines that do not fit are set aside, none is lost."""

import csv
import io
from collections import Counter
from pathlib import Path

import duckdb

from asterism.kernel.words import N_
from asterism.warehouse.engine import glob_literal
from asterism.warehouse.intake.files import SourceFile
from asterism.warehouse.intake.limits import LONGEST_LINE, MOST_COLUMNS
from asterism.warehouse.intake.mend import MOST_READINGS, Mended
from asterism.warehouse.intake.refusal import refuse
from asterism.warehouse.intake.sql import ALL, copy, select, text
from asterism.warehouse.intake.staged import BrokenLine, StagedFile
from asterism.warehouse.intake.text import CleanText, clean, first_lines
from asterism.warehouse.intake.unpack import open_members
from asterism.warehouse.intake.workshop import Workshop, count_rows
from asterism.warehouse.mapping.model import Files

_HEADER_LINES = 50
_TOO_LONG = "LINE SIZE OVER MAXIMUM"
_REFUSED, _SCANS = "refused_lines", "refused_scans"


def stage_csv(
    workshop: Workshop, files: Files, file: SourceFile, sha256: str, place: Path
) -> list[StagedFile]:
    """Stage every member of the file."""
    staged = []
    with open_members(file) as members:
        for number, (label, stream) in enumerate(members):
            cleaned = clean(stream, label, files.encoding, place / f"{number}.txt")
            names, skip = _columns(cleaned, files, label)
            target = place / f"{number}.parquet"
            broken = read_delimited(
                workshop, cleaned.path, target, names, skip=skip, files=files, label=label
            )
            cleaned.path.unlink()
            staged.append(
                StagedFile(
                    label=label,
                    sha256=sha256 if label == file.label else f"{sha256}/{number}",
                    bytes=file.bytes,
                    modified_ns=file.modified_ns,
                    path=target,
                    rows=count_rows([target]),
                    broken=tuple(broken),
                    has_undecodable=cleaned.has_undecodable,
                )
            )
    return staged


def _columns(cleaned: CleanText, files: Files, label: str) -> tuple[list[str], int]:
    """Return the columns' names and how many lines come before the first row."""
    if not files.header:
        return list(files.names), files.skip
    lines = first_lines(cleaned, files.skip + _HEADER_LINES)[files.skip :]
    reader = csv.reader(
        io.StringIO("".join(lines)), delimiter=files.delimiter, quotechar=files.quote or None
    )
    try:
        header = next(reader, [])
    except csv.Error as error:
        raise refuse(label, N_("the header cannot be read: {detail}"), detail=str(error)) from error
    names = [column.strip() or f"column{number}" for number, column in enumerate(header, 1)]
    check_header(names, label)
    if files.names:
        if len(files.names) != len(names):
            message = N_("the file has {count} columns, the mapping names {named}.")
            raise refuse(label, message, count=len(names), named=len(files.names))
        names = list(files.names)
    return names, files.skip + reader.line_num


def check_header(names: list[str], label: str) -> None:
    """Refuse a header that is absent, too wide, or has a name twice."""
    if not names:
        raise refuse(label, N_("the file has no header."))
    if len(names) > MOST_COLUMNS:
        message = N_("the file has {count} columns; {limit} are read at most.")
        raise refuse(label, message, count=len(names), limit=MOST_COLUMNS)
    counts = Counter(column.casefold() for column in names)
    twice = [column for column in names if counts[column.casefold()] > 1]
    if twice:
        message = N_("the header has a name twice: {names}.")
        hint = N_("Give all columns names in the mapping: names: [ … ].")
        raise refuse(label, message, hint, names=", ".join(twice))


def read_delimited(  # noqa: PLR0913 - the reader's own settings, and where everything goes
    workshop: Workshop,
    path: Path,
    target: Path,
    names: list[str],
    *,
    skip: int,
    files: Files,
    label: str,
) -> list[BrokenLine]:
    """Read clean text into Parquet, rows in order; return the lines that do not fit."""
    columns = ", ".join(f"{text(column)}: 'VARCHAR'" for column in names)
    options = {
        "auto_detect": "false",
        "delim": text(files.delimiter),
        "quote": text(files.quote),
        "escape": text(files.quote),
        "header": "false",
        "skip": str(skip),
        "columns": "{" + columns + "}",
        "new_line": text("\\n"),
        "max_line_size": str(LONGEST_LINE),
        "strict_mode": "true",
        "null_padding": "false",
        "store_rejects": "true",
        "rejects_table": text(_REFUSED),
        "rejects_scan": text(_SCANS),
        "rejects_limit": "0",
    }
    listed = ", ".join(f"{option} = {value}" for option, value in options.items())
    query = select({ALL: "*"}, f"read_csv({text(glob_literal(path))}, {listed})")
    mended = Mended(path, files.quote)
    for _ in range(MOST_READINGS):
        _read(workshop, query, target, label)
        swallowing = _swallowing(workshop) if files.quote else []
        if not swallowing:
            break
        mended.take_out(swallowing)
    return _broken(workshop, skip, mended)


def _read(workshop: Workshop, query: str, target: Path, label: str) -> None:
    for table in (_REFUSED, _SCANS):
        workshop.run(f"DROP TABLE IF EXISTS {table}")
    try:
        workshop.run(copy(query, target, compression="lz4"))
    except duckdb.Error as error:
        detail = str(error).splitlines()[0]
        raise refuse(label, N_("the text cannot be read: {detail}"), detail=detail) from error


def _swallowing(workshop: Workshop) -> list[int]:
    """Return where quotes stand that swallowed the lines after them."""
    position = {"position": "byte_position"}
    several = "contains(rtrim(csv_line, chr(10)), chr(10))"
    rows = workshop.ask(select(position, _REFUSED, where=f"{several} AND byte_position > 0"))
    return [int(position) for (position,) in rows]


def _broken(workshop: Workshop, skip: int, mended: Mended) -> list[BrokenLine]:
    listed = {
        "line": "line",
        "long": f"bool_or(error_type = {text(_TOO_LONG)})",
        "text": "any_value(csv_line)",
    }
    return [
        BrokenLine(
            row=line - skip,
            reason="too_long" if long else "structure",
            line=mended.original(content),
        )
        for line, long, content in workshop.ask(f"{select(listed, _REFUSED)} GROUP BY line")
    ]
