"""Makes a load's source ready to be read as a table, whatever it is written in."""

import hashlib
from collections.abc import Callable
from pathlib import Path

from asterism.kernel.errors import InvalidInputError, Problem
from asterism.kernel.words import N_
from asterism.warehouse.intake.choice import Chosen
from asterism.warehouse.intake.compile import FILE, ROW
from asterism.warehouse.intake.files import SourceFile
from asterism.warehouse.intake.refusal import refuse
from asterism.warehouse.intake.sql import parquet
from asterism.warehouse.intake.stage_csv import stage_csv
from asterism.warehouse.intake.stage_excel import stage_excel
from asterism.warehouse.intake.stage_jsonl import stage_jsonl
from asterism.warehouse.intake.stage_parquet import stage_parquet
from asterism.warehouse.intake.staged import Staged, StagedFile
from asterism.warehouse.intake.workshop import Workshop
from asterism.warehouse.mapping.model import Files, Format, Rows
from asterism.warehouse.parts import checksum

_Stage = Callable[[Workshop, Files, SourceFile, str, Path], list[StagedFile]]
_BY_FORMAT: dict[Format, _Stage] = {
    Format.CSV: stage_csv,
    Format.EXCEL: stage_excel,
    Format.JSONL: stage_jsonl,
    Format.PARQUET: stage_parquet,
}


def stage_files(workshop: Workshop, files: Files, chosen: Chosen, room: Path) -> Staged:
    """Stage the chosen files of a load; `room` is an empty directory for what must be written.

    InvalidInputError for a file that cannot be read at all, or whose columns differ in type from
    the others'.
    """
    stage = _BY_FORMAT[files.format]
    staged: list[StagedFile] = []
    for number, (file, sha256) in enumerate(chosen.files):
        place = room / f"{number:05d}"
        place.mkdir(parents=True)
        staged += stage(workshop, files, file, sha256, place)
    return Staged(
        files=tuple(staged),
        types=_common_types(workshop, staged),
        is_text=files.format is not Format.PARQUET,
    )


def stage_rows(workshop: Workshop, rows: Rows, room: Path) -> Staged:
    """Stage rows that the mapping itself holds."""
    room.mkdir(parents=True)
    path = room / "rows.parquet"
    count = workshop.write_texts(path, rows.names, iter([list(rows.rows)]))
    digest = hashlib.sha256(repr(rows).encode()).hexdigest()
    return Staged(
        files=(staged_result("rows", path, count, digest),), types=_texts(rows.names), is_text=True
    )


def staged_result(label: str, path: Path, rows: int, sha256: str = "") -> StagedFile:
    """Describe rows that came from no file."""
    return StagedFile(
        label=label,
        sha256=sha256 or checksum(path),
        bytes=path.stat().st_size,
        modified_ns=0,
        path=path,
        rows=rows,
    )


def _texts(names: tuple[str, ...]) -> dict[str, str]:
    return dict.fromkeys(names, "VARCHAR")


def _common_types(workshop: Workshop, files: list[StagedFile]) -> dict[str, str]:
    """Return the columns that all files have; one that changes its type among them is refused."""
    common: dict[str, str] = {}
    for number, file in enumerate(files):
        types = workshop.types(parquet([file.path]))
        types.pop("file_row_number", None)
        for column in types.keys() & {FILE, ROW}:
            message = N_("column {column} has a name that the import needs: rename it.")
            raise refuse(file.label, message, column=column)
        if number == 0:
            common = types
            continue
        for column in common.keys() & types.keys():
            if types[column] != common[column]:
                raise _changed(file, column, types[column], common[column])
        common = {column: kind for column, kind in common.items() if column in types}
    return common


def _changed(file: StagedFile, column: str, kind: str, before: str) -> InvalidInputError:
    message = N_("column {column} is {kind} here and {before} in the files before.")
    values = {"column": column, "kind": kind, "before": before}
    return InvalidInputError(
        N_("The import stops"), [Problem(message=message, where=file.label, values=values)]
    )
