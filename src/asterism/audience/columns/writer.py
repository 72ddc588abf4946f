"""Writes the columns of a snapshot, batch by batch, in memory that does not grow with the bank."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from asterism.audience.catalogue import TagSpec
from asterism.audience.columns.column_writers import column_writer
from asterism.audience.columns.files import put_together
from asterism.audience.columns.ids import IdsWriter
from asterism.audience.columns.layout import Layout
from asterism.audience.columns.values import Batch


class ColumnsWriter:
    """Takes customers in batches, in any order, and leaves a directory for `Columns.open`.

    Nothing is forced to disk here: whoever publishes the directory does that.
    """

    def __init__(self, directory: Path, specs: Sequence[TagSpec], size: int) -> None:
        directory.mkdir(parents=True, exist_ok=True)
        self._directory = directory
        self._size = size
        self._rows = 0
        self._ids = IdsWriter(directory)
        self._columns = {
            spec.name: column_writer(directory, number, spec) for number, spec in enumerate(specs)
        }
        if len(self._columns) != len(specs):
            raise ValueError("two tags have the same name")

    def append(self, customer_ids: Sequence[str], values: Mapping[str, Batch]) -> None:
        """Append a batch: every column's values and where they are present (None: everywhere).

        Whole numbers and money are integers (money in minor units), numbers are doubles, dates
        datetime64 or days since 1970-01-01, texts an array of str or `Coded`, flags bools. NaN,
        NaT and None count as null. ValueError if a column is missing or does not fit.
        """
        if set(values) != set(self._columns):
            wrong = sorted(set(values) ^ set(self._columns))
            raise ValueError(f"columns given and columns declared differ: {', '.join(wrong)}")
        rows = len(customer_ids)
        for name, (column, valid) in values.items():
            if len(column) != rows or (valid is not None and len(valid) != rows):
                raise ValueError(f"{name} has another length than the {rows} customers")
        self._ids.append(customer_ids)
        for name, (column, valid) in values.items():
            self._columns[name].append(column, valid)
        self._rows += rows

    def close(self) -> None:
        """Write the indexes and the description; ValueError if customers are missing or double."""
        if self._rows != self._size:
            raise ValueError(f"{self._size} customers were announced and {self._rows} written")
        length, size, bits = self._ids.close()
        columns = tuple(column.close(self._rows) for column in self._columns.values())
        layout = Layout(
            size=self._rows,
            columns=columns,
            id_length=length,
            id_bytes=size,
            index_bits=bits,
            sections=put_together(self._directory),
        )
        layout.write(self._directory)
