"""Puts rows with a fault aside: what the source said, as text, and everything wrong with it."""

import json
from pathlib import PurePosixPath

import pyarrow as pa

from asterism.warehouse.draft import Draft
from asterism.warehouse.intake.compile import FAULTY, FILE, PLACE, ROW
from asterism.warehouse.intake.load_table import ReadyLoad
from asterism.warehouse.intake.report import TableReport
from asterism.warehouse.intake.settle import CONVERTED, REJECTED
from asterism.warehouse.intake.sql import ALL, copy, name, select, text
from asterism.warehouse.intake.workshop import Workshop
from asterism.warehouse.quarantine import DATASET, WHOLE_LINE

#: Faulty rows of the load under way: `__file`, `__row`, `faults`.
FAULTS = "bad_faults"
_BAD, _FILES, _BROKEN = "bad_rows", "bad_files", "bad_lines"
_ROW = f"{FILE}, {ROW}"


def clear_quarantine(draft: Draft, table: str) -> None:
    """Forget the earlier rows in quarantine of a table that is replaced whole."""
    parts = draft.datasets.get(DATASET, ())
    kept = [p for p in parts if not PurePosixPath(p.path).name.startswith(f"{table}-")]
    if parts:
        draft.replace(DATASET, kept)


def write_quarantine(
    workshop: Workshop, draft: Draft, ready: ReadyLoad, report: TableReport
) -> None:
    """Write a load's faulty rows into the draft's quarantine and count their reasons."""
    if not ready.counts.quarantined:
        return
    _list_files(workshop, ready)
    list_faults(workshop, ready)
    count_reasons(workshop, report)
    for file in ready.files:
        for line in file.broken:
            report.count(f".{line.reason}", 1)
    directory = draft.directory / DATASET
    directory.mkdir(exist_ok=True)
    number = len(list(directory.iterdir()))
    path = directory / f"{ready.load.table}-{number:03d}.parquet"
    workshop.run(copy(_entries(ready), path))
    draft.append(DATASET, [draft.part(path)])


def count_reasons(workshop: Workshop, report: TableReport) -> None:
    """Add the faults that were listed last to a table's report."""
    faults = select({"fault": "unnest(faults)"}, FAULTS)
    counted = select({"c": "fault.column", "r": "fault.reason", "n": "count(*)"}, f"({faults})")
    for column, reason, count in workshop.ask(f"{counted} GROUP BY ALL"):
        report.count(f"{column}.{reason}", count)


def list_faults(workshop: Workshop, ready: ReadyLoad) -> None:
    """List the load's faulty rows and everything wrong with each, in the table `FAULTS`."""
    _list_rows(workshop, ready)
    _list_faults(workshop, ready)


def _list_files(workshop: Workshop, ready: ReadyLoad) -> None:
    """List the load's files, and its broken lines with the number of good rows before each."""
    numbered = list(enumerate(ready.files, ready.first_file))
    files = pa.table(
        {
            FILE: pa.array([number for number, _ in numbered], pa.int32()),
            "label": pa.array([file.label for _, file in numbered], pa.string()),
            "sha256": pa.array([file.sha256 for _, file in numbered], pa.string()),
        }
    )
    broken = [
        (number, line.row, line.row - rank, line.reason, line.line)
        for number, file in numbered
        for rank, line in enumerate(sorted(file.broken, key=lambda line: line.row), 1)
    ]
    columns = list(zip(*broken, strict=True)) or [()] * 5
    kinds = (pa.int32(), pa.int64(), pa.int64(), pa.string(), pa.string())
    names = (FILE, "number", "good_before", "reason", "line")
    lines = pa.table({n: pa.array(c, k) for n, c, k in zip(names, columns, kinds, strict=True)})
    workshop.keep(_FILES, files)
    workshop.keep(_BROKEN, lines)


def _list_rows(workshop: Workshop, ready: ReadyLoad) -> None:
    place = {ALL: f"DISTINCT {_ROW}"}
    refused = select(place, REJECTED, where=f"{ready.own_files} AND reason IS NOT NULL")
    faulty = select(place, CONVERTED, where=f"{ready.own_files} AND {PLACE} = {FAULTY}")
    workshop.run(f"CREATE OR REPLACE TEMP TABLE {_BAD} AS {refused} UNION {faulty}")


def _list_faults(workshop: Workshop, ready: ReadyLoad) -> None:
    """Compute the faults of the bad rows again, one by one, and add what settling found."""
    converted = ready.compiled.converted(_bad_source(ready))
    found = select({ALL: _ROW, "faults": ready.compiled.reasons()}, converted)
    one = 'list_value(struct_pack("column" := "column", reason := reason))'
    condition = f"{ready.own_files} AND reason IS NOT NULL"
    settled = select({ALL: _ROW, "faults": one}, REJECTED, where=condition)
    both = select({ALL: _ROW, "faults": "flatten(list(faults))"}, f"({found} UNION ALL {settled})")
    workshop.run(f"CREATE OR REPLACE TEMP TABLE {FAULTS} AS {both} GROUP BY {_ROW}")


def _bad_source(ready: ReadyLoad) -> str:
    rows = f"{ready.source.view} AS source SEMI JOIN {_BAD} USING ({_ROW})"
    return f"({select({ALL: 'source.*'}, rows)})"


def _entries(ready: ReadyLoad) -> str:
    """Return the query of the entries: rows first, then lines that have no columns."""
    packed = ", ".join(
        f"{name(column)} := CAST({name(column)} AS VARCHAR)" for column in ready.source.types
    )
    values = {ALL: _ROW, "source_values": f"CAST(to_json(struct_pack({packed})) AS VARCHAR)"}
    rows = f"({select(values, _bad_source(ready))}) JOIN {FAULTS} USING ({_ROW})"
    before = select(
        {"n": "count(*)"},
        f"{_BROKEN} AS b",
        where=f"b.{FILE} = r.{FILE} AND b.good_before <= r.{ROW}",
    )
    listed = select(
        {
            FILE: FILE,
            "number": f"{ROW} + 1 + ({before})",
            "source_values": "source_values",
            "faults": "faults",
        },
        f"({select({ALL: '*'}, rows)}) AS r",
    )
    whole = f"CAST(json_object({text(WHOLE_LINE)}, line) AS VARCHAR)"
    fault = "list_value(struct_pack(\"column\" := '', reason := reason))"
    lines = select(
        {FILE: FILE, "number": "number", "source_values": whole, "faults": fault}, _BROKEN
    )
    table, load = text(ready.load.table), text(ready.load.name)
    columns = {
        "id": f"left(md5(concat_ws('|', {table}, {load}, sha256, number)), 16)",
        "table": table,
        "load": load,
        "file": "label",
        "file_sha256": "sha256",
        "row": "number",
        "faults": "CAST(to_json(faults) AS VARCHAR)",
        "source_values": "source_values",
        "source_types": text(json.dumps(dict(ready.source.types), ensure_ascii=False)),
    }
    entries = f"({listed} UNION ALL {lines}) JOIN {_FILES} USING ({FILE})"
    return select(columns, entries, order=("file", "row"))
