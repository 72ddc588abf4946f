"""JSON lines: each line is one object, of which the named fields are read as texts."""

from dataclasses import replace
from pathlib import Path

from asterism.warehouse.intake.files import SourceFile
from asterism.warehouse.intake.sql import copy, parquet, select, text
from asterism.warehouse.intake.stage_csv import read_delimited
from asterism.warehouse.intake.staged import BrokenLine, StagedFile
from asterism.warehouse.intake.text import clean
from asterism.warehouse.intake.unpack import open_members
from asterism.warehouse.intake.workshop import Workshop, count_rows
from asterism.warehouse.mapping.model import Files

#: No line of JSON holds it unescaped, so that every line is one column.
_NEVER = "\x01"
_LINE = "line"


def stage_jsonl(
    workshop: Workshop, files: Files, file: SourceFile, sha256: str, place: Path
) -> list[StagedFile]:
    """Stage every member of the file; a line that is no object is set aside."""
    staged = []
    whole = replace(files, delimiter=_NEVER, quote="")
    with open_members(file) as members:
        for number, (label, stream) in enumerate(members):
            cleaned = clean(stream, label, files.encoding, place / f"{number}.txt")
            lines, target = place / f"{number}.lines.parquet", place / f"{number}.parquet"
            broken = read_delimited(
                workshop, cleaned.path, lines, [_LINE], skip=files.skip, files=whole, label=label
            )
            cleaned.path.unlink()
            broken += _no_objects(workshop, lines, {line.row for line in broken})
            _pick(workshop, files, lines, target)
            lines.unlink()
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


_IS_OBJECT = (
    f"coalesce(CASE WHEN json_valid({_LINE}) THEN json_type({_LINE}) = 'OBJECT' END, FALSE)"
)


def _no_objects(workshop: Workshop, lines: Path, before: set[int]) -> list[BrokenLine]:
    """Return the lines that hold no object, numbered as they stand in the file."""
    listed = {"row": "file_row_number + 1", "line": f"coalesce({_LINE}, '')"}
    found = workshop.ask(
        select(listed, parquet([lines]), where=f"NOT {_IS_OBJECT}", order=("row",))
    )
    broken = []
    for row, line in found:
        number = row
        for earlier in sorted(before):
            number += earlier <= number
        broken.append(BrokenLine(row=number, reason="structure", line=line))
    return broken


def _pick(workshop: Workshop, files: Files, lines: Path, target: Path) -> None:
    fields = {path: f"json_extract_string({_LINE}, {text('/' + path)})" for path in files.names}
    query = select(fields, parquet([lines]), where=_IS_OBJECT)
    workshop.run(copy(query, target, compression="lz4"))
