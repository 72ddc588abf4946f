"""Parquet files are read where they lie, once their footers are seen to be sane."""

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from asterism.kernel.words import N_
from asterism.warehouse.intake.files import SourceFile
from asterism.warehouse.intake.limits import MOST_COLUMNS
from asterism.warehouse.intake.refusal import refuse
from asterism.warehouse.intake.staged import StagedFile
from asterism.warehouse.intake.workshop import Workshop
from asterism.warehouse.mapping.model import Files


def stage_parquet(
    workshop: Workshop,
    files: Files,
    file: SourceFile,
    sha256: str,
    place: Path,
) -> list[StagedFile]:
    """Check the footer; nothing is written."""
    try:
        footer = pq.read_metadata(file.path)
        columns = footer.num_columns
    except (pa.ArrowException, OSError) as error:
        message = N_("this is not a Parquet file: {detail}")
        detail = str(error).splitlines()[0]
        raise refuse(file.label, message, detail=detail) from error
    if columns > MOST_COLUMNS:
        message = N_("the file has {count} columns; {limit} are read at most.")
        raise refuse(file.label, message, count=columns, limit=MOST_COLUMNS)
    return [
        StagedFile(
            label=file.label,
            sha256=sha256,
            bytes=file.bytes,
            modified_ns=file.modified_ns,
            path=file.path,
            rows=footer.num_rows,
        )
    ]
