"""The bank's analytical data: canonical tables, mapped import, quality, snapshots."""

from asterism.warehouse.canonical import TABLES
from asterism.warehouse.draft import Draft
from asterism.warehouse.engine import connect
from asterism.warehouse.parts import Part
from asterism.warehouse.snapshot import Snapshot
from asterism.warehouse.store import Warehouse

__all__ = ["TABLES", "Draft", "Part", "Snapshot", "Warehouse", "connect"]
