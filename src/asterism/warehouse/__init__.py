"""The bank's analytical data: canonical tables, mapped import, quality, snapshots."""

from asterism.warehouse.canonical import TABLES
from asterism.warehouse.draft import Draft
from asterism.warehouse.engine import connect
from asterism.warehouse.intake.replay import replay
from asterism.warehouse.intake.report import LoadReport
from asterism.warehouse.intake.run import import_mapping
from asterism.warehouse.mapping import Mapping, load_mapping
from asterism.warehouse.parts import Part
from asterism.warehouse.quarantine import Entry, correct, find_entry, list_quarantine
from asterism.warehouse.snapshot import Snapshot
from asterism.warehouse.store import Warehouse

__all__ = [
    "TABLES",
    "Draft",
    "Entry",
    "LoadReport",
    "Mapping",
    "Part",
    "Snapshot",
    "Warehouse",
    "connect",
    "correct",
    "find_entry",
    "import_mapping",
    "list_quarantine",
    "load_mapping",
    "replay",
]
