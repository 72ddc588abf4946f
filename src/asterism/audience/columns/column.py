"""One tag's arrays, opened when they are first needed."""

from bisect import bisect_left, bisect_right
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from asterism.audience.catalogue import TagType
from asterism.audience.columns.files import Files
from asterism.audience.columns.layout import ColumnLayout
from asterism.audience.mask import Words, word_count

#: What values are handed out as.
WIDE = {
    TagType.INTEGER: "i8",
    TagType.MONEY: "i8",
    TagType.NUMBER: "f8",
    TagType.DATE: "i8",
}


@dataclass(frozen=True)
class Column:
    """One tag's arrays, opened when they are first needed."""

    files: Files
    layout: ColumnLayout
    #: How many customers there are.
    size: int

    @cached_property
    def stored(self) -> NDArray[Any]:
        """Values as they are stored: narrow numbers, days, or codes of texts."""
        return self.files.array(self.layout.array("values"), self.layout.dtype, (self.size,))

    @cached_property
    def planes(self) -> Words:
        """Plane b holds bit b of every code."""
        shape = (self.layout.planes, word_count(self.size))
        return self.files.array(self.layout.array("planes"), "u8", shape)

    @cached_property
    def bits(self) -> Words:
        """Where a flag is set."""
        return self.files.array(self.layout.array("bits"), "u8", (word_count(self.size),))

    @cached_property
    def valid(self) -> Words | None:
        """Where there is a value; None if everywhere."""
        if not self.layout.has_nulls:
            return None
        return self.files.array(self.layout.array("valid"), "u8", (word_count(self.size),))

    @cached_property
    def texts(self) -> tuple[str, ...]:
        """The dictionary of a text column, in code-point order."""
        entries = self.layout.entries
        offsets = self.files.array(self.layout.array("offsets"), "u8", (entries + 1,)).tolist()
        blob = self.files.content(self.layout.array("text"))
        return tuple(blob[start:end].decode() for start, end in pairwise(offsets))

    @cached_property
    def lows(self) -> NDArray[np.generic]:
        """The smallest value of each code."""
        return np.array(self.layout.lows, WIDE[self.layout.type])

    @cached_property
    def highs(self) -> NDArray[np.generic]:
        """The largest value of each code."""
        return np.array(self.layout.highs, WIDE[self.layout.type])

    def text_span(self, text: str) -> tuple[int, int]:
        """Return how many texts come before `text`, and how many before or at it."""
        return bisect_left(self.texts, text), bisect_right(self.texts, text)


def bits_at(words: Words, indices: NDArray[np.integer]) -> NDArray[np.bool_]:
    """Return the bits at `indices`."""
    places = indices.astype(np.uint64)
    found: Words = words[places >> np.uint64(6)] >> (places & np.uint64(63))
    return (found & np.uint64(1)).astype(np.bool_)
