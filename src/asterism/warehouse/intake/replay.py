"""Sends rows from quarantine through the mapping again, corrected or with the mapping mended."""

import json
from collections.abc import Collection
from collections.abc import Mapping as Entries
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pyarrow as pa

from asterism.kernel.errors import InvalidInputError, NotFoundError
from asterism.kernel.words import N_
from asterism.warehouse.canonical import TABLES
from asterism.warehouse.draft import Draft
from asterism.warehouse.intake.compile import FILE, ROW, Compiler
from asterism.warehouse.intake.known import KnownValues
from asterism.warehouse.intake.load_table import ReadyLoad, TableLoading
from asterism.warehouse.intake.prepare import loading_order
from asterism.warehouse.intake.quarantining import FAULTS, count_reasons, list_faults
from asterism.warehouse.intake.report import LoadReport, TableReport
from asterism.warehouse.intake.source import Source
from asterism.warehouse.intake.sql import ALL, copy, name, parquet, select, text, texts
from asterism.warehouse.intake.staged import StagedFile
from asterism.warehouse.intake.workshop import Workshop, count_rows, open_workshop
from asterism.warehouse.mapping.model import Load, Mapping
from asterism.warehouse.quarantine import DATASET, WHOLE_LINE, corrections, forget
from asterism.warehouse.snapshot import Snapshot
from asterism.warehouse.store import Warehouse

#: All entries that are still to be dealt with; those of the group under way; those that stay.
_ENTRIES, _CHOSEN, _REMAINING = "entries", "chosen_entries", "remaining_entries"


def replay(  # noqa: PLR0913 - which rows, through what, onto what
    warehouse: Warehouse,
    parent: Snapshot,
    mapping: Mapping,
    *,
    ids: Collection[str] | None = None,
    as_of: date | None = None,
    memory_limit: str = "4GB",
) -> tuple[Snapshot, LoadReport]:
    """Load rows from `parent`'s quarantine, with their corrections, into a new snapshot.

    All of them, or those whose `ids` are given. What is loaded leaves the quarantine; what still
    has a fault stays, with the faults it has now. NotFoundError if the quarantine is empty.
    """
    if not parent.rows(DATASET):
        raise NotFoundError(N_("Snapshot {id} has nothing in quarantine."), id=parent.id)
    corrected = corrections(warehouse)
    with warehouse.begin(parent, as_of or parent.as_of) as draft:
        with open_workshop(draft.directory / ".scratch", memory_limit, None) as workshop:
            replaying = _Replaying(workshop, draft, mapping, LoadReport(mapping=mapping.name))
            replaying.open(corrected, ids)
            order = loading_order(mapping)
            for load in sorted(mapping.loads, key=lambda load: order.index(load.table)):
                replaying.load(load)
            replaying.close()
        report = replaying.report
        report.as_of, report.snapshot = draft.as_of.isoformat(), draft.id
        draft.stats["load_report"] = report.to_json()
        snapshot = draft.seal()
    forget(warehouse, corrected, snapshot)
    return snapshot, report


@dataclass(slots=True)
class _Replaying:
    workshop: Workshop
    draft: Draft
    mapping: Mapping
    report: LoadReport

    def open(
        self, corrected: Entries[str, Entries[str, str | None]], ids: Collection[str] | None
    ) -> None:
        """Lay out all entries, with corrections, and say which are to be replayed."""
        patches = [json.dumps(dict(values)) for values in corrected.values()]
        columns = {
            "id": pa.array(list(corrected), pa.string()),
            "patch": pa.array(patches, pa.string()),
        }
        self.workshop.keep("patches", pa.table(columns))
        whole = f"json_exists(source_values, {text('$.' + json.dumps(WHOLE_LINE))})"
        patched = (
            f"CASE WHEN patch IS NULL THEN source_values WHEN {whole} THEN patch "
            "ELSE CAST(json_merge_patch(source_values, patch) AS VARCHAR) END"
        )
        wanted = "TRUE" if ids is None else f"id IN ({texts(ids) or 'NULL'})"
        entries = {
            ALL: "entries.* EXCLUDE (source_values, file_row_number)",
            "source_values": patched,
            "wanted": f"{wanted} AND (patch IS NOT NULL OR NOT {whole})",
        }
        parts = [self.draft.file(part) for part in self.draft.datasets[DATASET]]
        joined = f"{parquet(parts, by_name=True)} AS entries LEFT JOIN patches USING (id)"
        self.workshop.run(f"CREATE TEMP TABLE {_ENTRIES} AS {select(entries, joined)}")
        unwanted = select({ALL: "*"}, _ENTRIES, where="wanted IS NOT TRUE")
        self.workshop.run(f"CREATE TEMP TABLE {_REMAINING} AS {unwanted}")

    def load(self, load: Load) -> None:
        """Replay one load's entries; those whose columns had other types, group by group."""
        own = f"wanted AND {name('table')} = {text(load.table)} AND load = {text(load.name)}"
        types = self.workshop.ask(select({ALL: "DISTINCT source_types"}, _ENTRIES, where=own))
        for (listed,) in sorted(types):
            self._load_group(load, json.loads(listed), f"{own} AND source_types = {text(listed)}")
        self.workshop.run(f"DELETE FROM {_ENTRIES} WHERE {own}")  # noqa: S608 - values are quoted

    def close(self) -> None:
        """Write what stays in quarantine; entries of loads that the mapping lacks stay too."""
        left = select({ALL: "*"}, _ENTRIES, where="wanted")
        both = f"({select({ALL: '*'}, _REMAINING)} UNION ALL BY NAME {left})"
        parts = []
        for (table,) in self.workshop.ask(select({ALL: f"DISTINCT {name('table')}"}, both)):
            path = self.draft.directory / DATASET / f"{table}-000.parquet"
            path.parent.mkdir(exist_ok=True)
            own = f"{name('table')} = {text(table)}"
            kept = {ALL: "* EXCLUDE (wanted)"}
            self.workshop.run(copy(select(kept, both, where=own, order=("file", "row")), path))
            parts.append(self.draft.part(path))
        self.draft.replace(DATASET, sorted(parts, key=lambda part: part.path))

    def _load_group(self, load: Load, types: Entries[str, str], where: str) -> None:
        path = self._stage(load, types, where)
        if not count_rows([path]):
            return
        ready = self._compiled(load, types, path)
        TableLoading(
            workshop=self.workshop,
            draft=self.draft,
            table=TABLES[load.table],
            known=KnownValues(self.workshop, self.draft),
            loads=[ready],
            adds=True,
        ).run()
        report = self.report.tables.setdefault(load.table, TableReport(table=load.table))
        report.of_load(load.name).add(ready.counts)
        list_faults(self.workshop, ready)
        count_reasons(self.workshop, report)
        faulty = f"{_CHOSEN} JOIN {FAULTS} AS now ON now.{ROW} = {_CHOSEN}.{ROW}"
        still = {
            ALL: f"{_CHOSEN}.* EXCLUDE (faults, {ROW})",
            "faults": "CAST(to_json(now.faults) AS VARCHAR)",
        }
        self.workshop.run(f"INSERT INTO {_REMAINING} BY NAME {select(still, faulty)}")

    def _stage(self, load: Load, types: Entries[str, str], where: str) -> Path:
        """Write the entries as the source was; what cannot have its column's type stays behind."""
        values = {c: f"TRY_CAST({_value(c)} AS {kind})" for c, kind in types.items()}
        broken = " OR ".join(
            f"({_value(column)} IS NOT NULL AND {sql} IS NULL)" for column, sql in values.items()
        )
        stays = select({ALL: "*"}, _ENTRIES, where=f"{where} AND ({broken})")
        self.workshop.run(f"INSERT INTO {_REMAINING} BY NAME {stays}")
        numbered = {ALL: "*", ROW: "row_number() OVER (ORDER BY file, row) - 1"}
        chosen = select(numbered, _ENTRIES, where=f"{where} AND NOT ({broken})")
        self.workshop.run(f"CREATE OR REPLACE TEMP TABLE {_CHOSEN} AS {chosen}")
        path = self.workshop.directory("replay") / f"{load.table}-{load.name}.parquet"
        self.workshop.run(copy(select(values, _CHOSEN, order=(ROW,)), path))
        return path

    def _compiled(self, load: Load, types: Entries[str, str], path: Path) -> ReadyLoad:
        """Compile the load against the entries: what was joined then stands beside them now."""
        view = name(f"replayed {load.table} {load.name}")
        columns = {**{column: name(column) for column in types}, FILE: "0", ROW: "file_row_number"}
        rows = select(columns, parquet([path]))
        self.workshop.run(f"CREATE OR REPLACE TEMP VIEW {view} AS {rows}")
        compiled = Compiler(
            load=load,
            table=TABLES[load.table],
            types=types,
            type_of=lambda sql: self.workshop.type_of(sql, view),
            currency=self.mapping.currency,
            as_of=self.draft.as_of,
            refuse_undecodable=True,
            ordered=load.keep is not None,
        ).compile()
        if compiled.problems:
            raise InvalidInputError(self.mapping.name, compiled.problems)
        file = StagedFile(
            label="quarantine",
            sha256="",
            bytes=path.stat().st_size,
            modified_ns=0,
            path=path,
            rows=count_rows([path]),
        )
        return ReadyLoad(
            load=load, files=[file], first_file=0, source=Source(view, types), compiled=compiled
        )


def _value(column: str) -> str:
    """Return the SQL of an entry's text in a column; an empty text is none."""
    pointer = "/" + column.replace("~", "~0").replace("/", "~1")
    return f"nullif(json_extract_string(source_values, {text(pointer)}), '')"
