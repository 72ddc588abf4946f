"""Imports everything a mapping describes into the next snapshot."""

from datetime import date
from pathlib import Path
from typing import Any

from asterism.kernel.errors import NotFoundError
from asterism.kernel.progress import Progress, silent
from asterism.kernel.words import N_
from asterism.warehouse.canonical import TABLES, Layout
from asterism.warehouse.draft import Draft
from asterism.warehouse.intake.known import KnownValues
from asterism.warehouse.intake.load_table import ReadyLoad, TableLoading
from asterism.warehouse.intake.outcome import check, count_dangling, last_day
from asterism.warehouse.intake.prepare import Preparation
from asterism.warehouse.intake.quarantining import clear_quarantine, write_quarantine
from asterism.warehouse.intake.report import LoadReport, TableReport
from asterism.warehouse.intake.workshop import Workshop, open_workshop
from asterism.warehouse.mapping.model import Mapping
from asterism.warehouse.snapshot import Snapshot
from asterism.warehouse.store import Warehouse

#: What a snapshot's `stats` remember of the files that were loaded, and of the last load.
FILES_KEY, REPORT_KEY = "loaded_files", "load_report"


def import_mapping(  # noqa: PLR0913, PLR0917 - what to load, onto what, from where, and how hard
    warehouse: Warehouse,
    parent: Snapshot | None,
    mapping: Mapping,
    source: Path,
    as_of: date | None = None,
    progress: Progress = silent,
    *,
    memory_limit: str = "4GB",
    threads: int | None = None,
) -> tuple[Snapshot, LoadReport]:
    """Load a mapping's files from the folder `source` into a snapshot made from `parent`.

    Files whose content was loaded before are skipped. Rows with a fault go to the snapshot's
    quarantine. `as_of` is the last day the data is about; without it, the last day found.
    InvalidInputError, and no snapshot, if files or columns are missing, a file is hostile, or a
    check of the load as a whole fails.
    """
    if not source.is_dir():
        raise NotFoundError(N_("There is no folder {source}."), source=source)
    with warehouse.begin(parent, as_of or (parent.as_of if parent else date.min)) as draft:
        with open_workshop(draft.directory / ".scratch", memory_limit, threads) as workshop:
            preparation = Preparation(
                mapping=mapping,
                folder=source,
                workshop=workshop,
                as_of=as_of,
                known=dict(draft.stats.get(FILES_KEY, {})),
            )
            report = _load_all(preparation, draft, progress)
            draft.as_of = as_of or last_day(workshop, draft, mapping.time_zone)
        report.as_of, report.snapshot = draft.as_of.isoformat(), draft.id
        draft.stats[REPORT_KEY] = report.to_json()
        return draft.seal(), report


def _load_all(preparation: Preparation, draft: Draft, progress: Progress) -> LoadReport:
    """Load every table whose files changed; everything is prepared before the first is loaded."""
    preparation.choose()
    tables = preparation.tables()
    ready = {
        table: [] if preparation.is_unchanged(table) else preparation.ready(table)
        for table in tables
    }
    preparation.raise_problems()
    report = LoadReport(mapping=preparation.mapping.name)
    known = KnownValues(preparation.workshop, draft)
    for number, table in enumerate(tables):
        progress(table, number / len(tables))
        report.tables[table] = _skipped(preparation, table, unchanged=not ready[table])
        _load(preparation.workshop, draft, known, ready[table], report.tables[table])
        _remember(preparation, draft, table, ready[table])
    count_dangling(preparation.workshop, draft, known, report)
    check(preparation.workshop, draft, report, preparation.mapping)
    progress("seal", 1.0)
    return report


def _load(
    workshop: Workshop,
    draft: Draft,
    known: KnownValues,
    batches: list[list[ReadyLoad]],
    report: TableReport,
) -> None:
    """Load a table's batches and add what happened to the report."""
    table = TABLES[report.table]
    if batches and table.layout is not Layout.MONTHS:
        clear_quarantine(draft, table.name)
    for batch in batches:
        TableLoading(
            workshop=workshop,
            draft=draft,
            table=table,
            known=known,
            loads=batch,
            adds=table.layout is Layout.MONTHS,
        ).run()
        for ready in batch:
            write_quarantine(workshop, draft, ready, report)
            report.of_load(ready.load.name).add(ready.counts)


def _skipped(preparation: Preparation, table: str, *, unchanged: bool) -> TableReport:
    """Begin a table's report with the files that are not read; all of them if nothing changed."""
    report = TableReport(table=table)
    for load, chosen in preparation.chosen[table].items():
        left = [file.label for file, _ in chosen.files] if unchanged else []
        report.of_load(load).skipped = sorted([*chosen.skipped, *left])
    return report


def _remember(
    preparation: Preparation, draft: Draft, table: str, batches: list[list[ReadyLoad]]
) -> None:
    """Note the files that were loaded; of a table that is replaced, the earlier ones are gone."""
    if not batches:
        return
    files: list[dict[str, Any]] = [
        {
            "load": load.load.name,
            "file": file.label,
            "sha256": file.sha256,
            "bytes": file.bytes,
            "modified_ns": file.modified_ns,
            "rows": file.read,
        }
        for batch in batches
        for load in batch
        for file in load.files
    ]
    known = dict(draft.stats.get(FILES_KEY, {}))
    if TABLES[table].layout is Layout.MONTHS:
        files = [*known.get(table, {}).get("files", []), *files]
    known[table] = {"mapping": preparation.mapping.digest, "files": files}
    draft.stats[FILES_KEY] = known
