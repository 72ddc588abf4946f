"""The bank's analytical data: canonical tables, mapped import, quality, snapshots."""

from asterism.warehouse.canonical import TABLES
from asterism.warehouse.draft import Draft
from asterism.warehouse.engine import connect
from asterism.warehouse.intake.report import LoadReport
from asterism.warehouse.intake.run import import_mapping
from asterism.warehouse.mapping import Mapping, load_mapping
from asterism.warehouse.parts import Part
from asterism.warehouse.snapshot import Snapshot
from asterism.warehouse.store import Warehouse

__all__ = [
    "TABLES",
    "Draft",
    "LoadReport",
    "Mapping",
    "Part",
    "Snapshot",
    "Warehouse",
    "connect",
    "import_mapping",
    "load_mapping",
]
