"""Rows that could not be loaded: see what is wrong with them, and say what is right.

Values are the source's, as text. A correction waits beside the snapshots until `replay` sends the
row through the mapping again.
"""

import json
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

import pyarrow.compute as pc
import pyarrow.parquet as pq

from asterism.kernel.errors import InvalidInputError, NotFoundError, Problem
from asterism.kernel.files import write_atomically
from asterism.kernel.words import N_
from asterism.warehouse.snapshot import Snapshot
from asterism.warehouse.store import Warehouse

#: The dataset of a snapshot that holds them.
DATASET = "quarantine"
#: The only "column" of a line that could not be divided into columns.
WHOLE_LINE = "(line)"

_ID = re.compile(r"[0-9a-f]{16}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One row in quarantine."""

    id: str
    table: str
    #: Name of the load in the mapping.
    load: str
    file: str
    #: Number of the row in the file, from 1; the header is not counted.
    row: int
    #: What is wrong: (canonical column, reason's code) each; the column is empty for a whole row.
    faults: tuple[tuple[str, str], ...]
    #: What the source said, as text, by its own columns.
    values: Mapping[str, str | None]
    #: The source's columns, which a correction may name.
    columns: tuple[str, ...]
    #: What a person says the source should have said; empty if nothing yet.
    corrected: Mapping[str, str | None] = field(default_factory=dict)


def list_quarantine(
    warehouse: Warehouse,
    snapshot: Snapshot,
    *,
    table: str | None = None,
    limit: int = 100,
    offset: int = 0,
) -> tuple[Entry, ...]:
    """Return entries of a snapshot's quarantine, of one table or all, in the order of the files."""
    corrected = corrections(warehouse)
    entries: list[Entry] = []
    for part in snapshot.datasets.get(DATASET, ()):
        rows = pq.read_table(snapshot.file(part))
        if table is not None:
            rows = rows.filter(pc.equal(rows["table"], table))
        chosen = rows.slice(offset, limit - len(entries)).to_pylist()
        entries += [_entry(row, corrected) for row in chosen]
        offset = max(offset - rows.num_rows, 0)
        if len(entries) >= limit:
            break
    return tuple(entries)


def find_entry(warehouse: Warehouse, snapshot: Snapshot, entry_id: str) -> Entry:
    """Return one entry; NotFoundError if the snapshot's quarantine has none of this id."""
    corrected = corrections(warehouse)
    for part in snapshot.datasets.get(DATASET, ()):
        rows = pq.read_table(snapshot.file(part), filters=[("id", "=", entry_id)])
        if rows.num_rows:
            return _entry(rows.to_pylist()[0], corrected)
    raise NotFoundError(
        N_("Snapshot {id} has no row {entry_id} in quarantine."), id=snapshot.id, entry_id=entry_id
    )


def correct(
    warehouse: Warehouse, snapshot: Snapshot, entry_id: str, values: Mapping[str, str | None]
) -> Entry:
    """Say what the source should have said in some of its columns; None for nothing.

    The correction replaces an earlier one and takes effect with `replay`. InvalidInputError for
    columns that the source does not have.
    """
    entry = find_entry(warehouse, snapshot, entry_id)
    unknown = [column for column in values if column not in entry.columns]
    if unknown:
        message = N_("the source has no column {column}; it has {known}.")
        listed = ", ".join(entry.columns)
        problems = [
            Problem(message=message, where=entry_id, values={"column": column, "known": listed})
            for column in unknown
        ]
        raise InvalidInputError(N_("The correction does not hold"), problems)
    content = json.dumps(dict(values), ensure_ascii=False).encode()
    write_atomically(warehouse.rooms.quarantine / f"{entry_id}.json", content)
    return find_entry(warehouse, snapshot, entry_id)


def corrections(warehouse: Warehouse) -> dict[str, Mapping[str, str | None]]:
    """Return the corrections that wait, by entry."""
    return {
        path.stem: json.loads(path.read_bytes())
        for path in sorted(warehouse.rooms.quarantine.glob("*.json"))
        if _ID.fullmatch(path.stem)
    }


def forget(warehouse: Warehouse, entry_ids: Collection[str], snapshot: Snapshot) -> None:
    """Remove the corrections of entries that are no longer in the snapshot's quarantine."""
    left: set[str] = set()
    for part in snapshot.datasets.get(DATASET, ()):
        left |= set(pq.read_table(snapshot.file(part), columns=["id"])["id"].to_pylist())
    for entry_id in entry_ids:
        if entry_id not in left:
            (warehouse.rooms.quarantine / f"{entry_id}.json").unlink(missing_ok=True)


def _entry(row: Mapping[str, Any], corrected: Mapping[str, Mapping[str, str | None]]) -> Entry:
    faults = json.loads(row["faults"])
    return Entry(
        id=row["id"],
        table=row["table"],
        load=row["load"],
        file=row["file"],
        row=row["row"],
        faults=tuple((fault["column"], fault["reason"]) for fault in faults),
        values=json.loads(row["source_values"]),
        columns=tuple(json.loads(row["source_types"])),
        corrected=corrected.get(row["id"], {}),
    )
