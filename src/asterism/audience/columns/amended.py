"""A snapshot's columns with some customers' flags as later facts have them.

A snapshot never changes; what was said since is few rows beside millions. They are laid over the
packed bits, so that every expression reads them without knowing.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from asterism.audience.columns.column import Column, bits_at
from asterism.audience.columns.columns import Columns
from asterism.audience.columns.layout import Layout
from asterism.audience.mask import Mask, Words


@dataclass(frozen=True, slots=True)
class FlagChange:
    """What one flag is for some customers."""

    #: Places in the dense order, each once.
    indices: NDArray[np.int64]
    values: NDArray[np.bool_]


class AmendedColumns(Columns):
    """Columns in which some flags are changed; masks are remembered apart from the original's."""

    def __init__(self, columns: Columns, changes: Mapping[str, FlagChange]) -> None:
        super().__init__(columns.directory, Layout.read(columns.directory))
        self._columns = {name: columns.column(name) for name in columns.names}
        self.customer_ids = columns.customer_ids
        for name, change in changes.items():
            self._columns[name] = _AmendedFlag.over(self._columns[name], change)


@dataclass(frozen=True)
class _AmendedFlag(Column):
    """A flag's column with other bits."""

    bits: Words
    valid: Words | None

    @classmethod
    def over(cls, column: Column, change: FlagChange) -> "_AmendedFlag":
        touched = Mask.from_indices(change.indices, column.size).words
        on = Mask.from_indices(change.indices[change.values], column.size).words
        valid = None if column.valid is None else column.valid | touched
        return cls(column.files, column.layout, column.size, column.bits & ~touched | on, valid)


def flags_at(
    columns: Columns, name: str, indices: NDArray[np.int64]
) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Return a flag's values at `indices`, and where it has one."""
    column = columns.column(name)
    known = np.ones(len(indices), np.bool_)
    if column.valid is not None:
        known = bits_at(column.valid, indices)
    return bits_at(column.bits, indices), known
