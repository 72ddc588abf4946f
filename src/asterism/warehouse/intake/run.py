"""Imports everything a mapping describes into the next snapshot."""

from datetime import date
from pathlib import Path
from typing import Any

from asterism.kernel.errors import NotFoundError
from asterism.kernel.progress import Progress, silent
from asterism.warehouse.canonical import TABLES, Layout
from asterism.warehouse.draft import Draft
from asterism.warehouse.intake.load_table import ReadyLoad, TableLoading
from asterism.warehouse.intake.outcome import check, count_dangling, last_day
from asterism.warehouse.intake.prepare import Preparation
from asterism.warehouse.intake.quarantining import clear_quarantine, write_quarantine
from asterism.warehouse.intake.report import LoadCounts, LoadReport, TableReport
from asterism.warehouse.intake.workshop import open_workshop
from asterism.warehouse.mapping.model import Mapping
from asterism.warehouse.snapshot import Snapshot
from asterism.warehouse.store import Warehouse

#: What a snapshot's `stats` remember of the files that were loaded, and of the last load.
FILES_KEY, REPORT_KEY = "loaded_files", "load_report"


def import_mapping(  # noqa: PLR0913 - what to load, onto what, from where, and how hard
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
        raise NotFoundError(f"there is no folder {source}")
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
            draft.as_of = as_of or last_day(workshop, draft)
        report.as_of, report.snapshot = draft.as_of.isoformat(), draft.id
        draft.stats[REPORT_KEY] = report.to_json()
        return draft.seal(), report


def _load_all(preparation: Preparation, draft: Draft, progress: Progress) -> LoadReport:
    """Load every table whose files changed; everything is prepared before the first is loaded."""
    preparation.choose()
    changed = [table for table in preparation.tables() if not preparation.is_unchanged(table)]
    ready = {table: preparation.ready(table) for table in changed}
    preparation.raise_problems()
    report = LoadReport(mapping=preparation.mapping.name)
    for table in preparation.tables():
        progress(table, len(report.tables) / len(preparation.tables()))
        report.tables[table] = (
            _load(preparation, draft, ready[table])
            if ready.get(table)
            else _skipped(preparation, table)
        )
        _remember(preparation, draft, table, ready.get(table, []))
    count_dangling(preparation.workshop, draft, report)
    check(preparation.workshop, draft, report, preparation.mapping)
    progress("seal", 1.0)
    return report


def _load(preparation: Preparation, draft: Draft, ready: list[ReadyLoad]) -> TableReport:
    table = TABLES[ready[0].load.table]
    loading = TableLoading(workshop=preparation.workshop, draft=draft, table=table, loads=ready)
    if table.layout is not Layout.MONTHS:
        clear_quarantine(draft, table.name)
    report = loading.run()
    for load in ready:
        write_quarantine(preparation.workshop, draft, load, report)
    return report


def _skipped(preparation: Preparation, table: str) -> TableReport:
    """Say which files were not read; of a table that is replaced, that is all of them."""
    loads = []
    for name, chosen in preparation.chosen[table].items():
        labels = [*chosen.skipped, *(file.label for file, _ in chosen.files)]
        loads.append(LoadCounts(load=name, skipped=sorted(labels)))
    return TableReport(table=table, loads=loads)


def _remember(preparation: Preparation, draft: Draft, table: str, ready: list[ReadyLoad]) -> None:
    """Note the files that were loaded; of a table that is replaced, the earlier ones are gone."""
    if not ready:
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
        for load in ready
        for file in load.staged.files
    ]
    known = dict(draft.stats.get(FILES_KEY, {}))
    if TABLES[table].layout is Layout.MONTHS:
        files = [*known.get(table, {}).get("files", []), *files]
    known[table] = {"mapping": preparation.mapping.digest, "files": files}
    draft.stats[FILES_KEY] = known
