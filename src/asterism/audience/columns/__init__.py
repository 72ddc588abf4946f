"""A snapshot's tags as memory-mapped columns in dense customer order."""

from asterism.audience.columns.columns import Columns
from asterism.audience.columns.values import Coded
from asterism.audience.columns.writer import ColumnsWriter

__all__ = ["Coded", "Columns", "ColumnsWriter"]
