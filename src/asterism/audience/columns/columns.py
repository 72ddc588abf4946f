"""A snapshot's columns, memory-mapped: every customer's value of every tag, in dense order."""

from bisect import bisect_left, bisect_right
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from asterism.audience.catalogue import TagType
from asterism.audience.columns.cache import MaskCache
from asterism.audience.columns.ids import CustomerIds
from asterism.audience.columns.layout import ColumnLayout, Layout, open_array
from asterism.audience.mask import Mask, Words, word_count

CACHE_BYTES = 256 << 20
_STORED = {
    TagType.INTEGER: "i8",
    TagType.MONEY: "i8",
    TagType.NUMBER: "f8",
    TagType.DATE: "i8",
}


@dataclass(frozen=True)
class Column:
    """One tag's files, opened when they are first needed."""

    directory: Path
    layout: ColumnLayout
    #: How many customers there are.
    size: int

    @cached_property
    def stored(self) -> NDArray[np.generic]:
        """Values as they are stored: narrow numbers, days, or codes of texts."""
        return open_array(self._path("values"), self.layout.dtype, (self.size,))

    @cached_property
    def planes(self) -> Words:
        """Plane b holds bit b of every code."""
        shape = (self.layout.planes, word_count(self.size))
        return open_array(self._path("planes"), "u8", shape)  # type: ignore[return-value]

    @cached_property
    def bits(self) -> Words:
        """Where a flag is set."""
        return open_array(self._path("bits"), "u8", (word_count(self.size),))  # type: ignore[return-value]

    @cached_property
    def valid(self) -> Words | None:
        """Where there is a value; None if everywhere."""
        if not self.layout.has_nulls:
            return None
        return open_array(self._path("valid"), "u8", (word_count(self.size),))  # type: ignore[return-value]

    @cached_property
    def texts(self) -> tuple[str, ...]:
        """The dictionary of a text column, in code-point order."""
        entries = self.layout.entries
        offsets = open_array(self._path("offsets"), "u8", (entries + 1,)).tolist()
        blob = self._path("text").read_bytes()
        return tuple(
            blob[start:end].decode() for start, end in zip(offsets, offsets[1:], strict=False)
        )

    @cached_property
    def lows(self) -> NDArray[np.generic]:
        """The smallest value of each code."""
        return np.array(self.layout.lows, _STORED[self.layout.type])

    @cached_property
    def highs(self) -> NDArray[np.generic]:
        """The largest value of each code."""
        return np.array(self.layout.highs, _STORED[self.layout.type])

    def text_span(self, text: str) -> tuple[int, int]:
        """Return how many texts come before `text`, and how many before or at it."""
        return bisect_left(self.texts, text), bisect_right(self.texts, text)

    def _path(self, kind: str) -> Path:
        return self.layout.path(self.directory, kind)


class Columns:
    """All columns of a snapshot, read-only; share one object so that its cache helps."""

    def __init__(self, directory: Path, layout: Layout, cache_bytes: int = CACHE_BYTES) -> None:
        self._layout = layout
        self._columns = {
            column.name: Column(directory, column, layout.size) for column in layout.columns
        }
        self.customer_ids = CustomerIds(directory, layout)
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

    def _wide(self, name: str, indices: NDArray[np.integer] | None) -> NDArray[np.generic]:
        column = self._columns[name]
        kind = column.layout.type
        if kind is TagType.FLAG:
            if indices is not None:
                return bits_at(column.bits, indices)
            return Mask(column.bits, self.size).to_bool()
        stored = column.stored if indices is None else column.stored[indices]
        if kind is TagType.TEXT:
            return np.array([*column.texts, ""], np.object_)[stored]
        wide = stored.astype(_STORED[kind])
        return wide.astype("datetime64[D]") if kind is TagType.DATE else wide


def bits_at(words: Words, indices: NDArray[np.integer]) -> NDArray[np.bool_]:
    """Return the bits at `indices`."""
    places = indices.astype(np.uint64)
    found = words[places >> np.uint64(6)] >> (places & np.uint64(63))
    return (found & np.uint64(1)).astype(np.bool_)
