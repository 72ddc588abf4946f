"""A snapshot's columns, memory-mapped: every customer's value of every tag, in dense order."""

from functools import cached_property
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from asterism.audience.catalogue import TagType
from asterism.audience.columns.cache import MaskCache
from asterism.audience.columns.column import WIDE, Column, bits_at
from asterism.audience.columns.ids import CustomerIds
from asterism.audience.columns.layout import Layout
from asterism.audience.columns.summary import Bar, histogram, value_counts
from asterism.audience.mask import Mask

CACHE_BYTES = 256 << 20


class Columns:
    """All columns of a snapshot, read-only; share one object so that its cache helps."""

    def __init__(self, directory: Path, layout: Layout, cache_bytes: int = CACHE_BYTES) -> None:
        self.directory = directory
        self._layout = layout
        files = layout.files(directory)
        self._columns = {
            column.name: Column(files, column, layout.size) for column in layout.columns
        }
        self.customer_ids = CustomerIds(files, layout)
        self.cache = MaskCache(cache_bytes)

    @classmethod
    def open(cls, directory: Path, cache_bytes: int = CACHE_BYTES) -> "Columns":
        """Return the columns that `ColumnsWriter` left in `directory`."""
        return cls(directory, Layout.read(directory), cache_bytes)

    @property
    def size(self) -> int:
        """How many customers there are."""
        return self._layout.size

    @property
    def names(self) -> tuple[str, ...]:
        """The tags, in the order in which they were declared."""
        return tuple(self._columns)

    def column(self, name: str) -> Column:
        """Return one tag's column; KeyError if there is none."""
        return self._columns[name]

    @cached_property
    def everyone(self) -> Mask:
        """The mask of all customers."""
        return Mask.all(self.size)

    def warm(self) -> None:
        """Open every column now, so that the first question about each is as quick as the next."""
        for column in self._columns.values():
            if column.layout.type is TagType.FLAG:
                _ = column.bits
            else:
                _ = column.planes, column.stored
            _ = column.valid

    def index_of(self, customer_id: str) -> int | None:
        """Return the customer's place in the dense order, or None if there is no such customer."""
        place = int(self.customer_ids.find((customer_id,))[0])
        return place if place >= 0 else None

    def type_of(self, name: str) -> TagType:
        """Return the type of a tag."""
        return self._columns[name].layout.type

    def validity(self, name: str) -> NDArray[np.bool_] | None:
        """Return where the tag has a value, one bool per customer; None if everywhere."""
        valid = self._columns[name].valid
        return None if valid is None else Mask(valid, self.size).to_bool()

    def values(self, name: str) -> tuple[NDArray[np.generic], NDArray[np.bool_] | None]:
        """Return every customer's value and where there is one (None: everywhere).

        Whole numbers and money come as int64, numbers as double, dates as datetime64[D], flags as
        bool, texts as object. Where there is no value the entry means nothing.
        """
        return self._wide(name, None), self.validity(name)

    def take(
        self, name: str, indices: NDArray[np.integer]
    ) -> tuple[NDArray[np.generic], NDArray[np.bool_] | None]:
        """Return the values of the customers at `indices`, as `values` does."""
        valid = self._columns[name].valid
        return self._wide(name, indices), None if valid is None else bits_at(valid, indices)

    def codes(self, name: str) -> tuple[NDArray[np.generic], tuple[str, ...]]:
        """Return a text tag's codes, one per customer, and the texts they stand for."""
        column = self._columns[name]
        if column.layout.type is not TagType.TEXT:
            raise TypeError(f"{name} is not a text")
        return column.stored, column.texts

    def value_counts(self, name: str, mask: Mask | None = None) -> dict[object, int]:
        """Return how many customers of the mask (None: all) have each value, most first.

        For texts and flags. Customers without a value are not counted.
        """
        return value_counts(self._columns[name], mask or self.everyone)

    def histogram(self, name: str, mask: Mask | None = None, bins: int = 20) -> tuple[Bar, ...]:
        """Return how the values of the mask's customers (None: all) are distributed.

        For numbers, money and dates: at most `bins` bars of about equal population over all
        customers, each with its exact smallest and largest value. Customers without a value are
        in no bar.
        """
        return histogram(self._columns[name], mask or self.everyone, self.everyone, bins)

    def _wide(self, name: str, indices: NDArray[np.integer] | None) -> NDArray[np.generic]:
        column = self._columns[name]
        kind = column.layout.type
        if kind is TagType.FLAG:
            if indices is not None:
                return bits_at(column.bits, indices)
            return Mask(column.bits, self.size).to_bool()
        stored = column.stored if indices is None else column.stored[indices]
        if kind is TagType.TEXT:
            texts: NDArray[np.generic] = np.array([*column.texts, ""], np.object_)
            found: NDArray[np.generic] = texts[stored]
            return found
        wide: NDArray[np.generic] = stored.astype(WIDE[kind])
        if kind is TagType.DATE:
            return wide.astype("datetime64[D]")
        return wide
