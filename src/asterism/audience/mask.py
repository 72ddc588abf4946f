"""Sets of customers as packed bits, in a snapshot's dense customer order."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from asterism.audience import kernels

Words = NDArray[np.uint64]
WORD = 64


@dataclass(frozen=True, slots=True, eq=False)
class Mask:
    """A set of customers: bit i of the words stands for customer i.

    Bits beyond `size` are always zero. The words are never changed: caches share them.
    """

    words: Words
    #: How many customers there are, in and out.
    size: int

    def __post_init__(self) -> None:
        if self.words.shape != (word_count(self.size),):
            raise ValueError(f"{self.size} customers need {word_count(self.size)} words")
        self.words.flags.writeable = False

    @classmethod
    def all(cls, size: int) -> "Mask":
        """Return the mask of every customer."""
        words = np.full(word_count(size), ~np.uint64(0))
        return cls(_without_tail(words, size), size)

    @classmethod
    def none(cls, size: int) -> "Mask":
        """Return the mask of no customer."""
        return cls(np.zeros(word_count(size), np.uint64), size)

    @classmethod
    def from_bool(cls, values: NDArray[np.bool_]) -> "Mask":
        """Return the mask of the customers whose entry is true."""
        return cls(pack(values), len(values))

    @classmethod
    def from_indices(cls, indices: NDArray[np.integer], size: int) -> "Mask":
        """Return the mask of the customers at `indices`; outside 0 … size−1 is an error."""
        values = np.zeros(size, np.bool_)
        if len(indices) and int(indices.min()) < 0:
            raise IndexError("a customer's index is never negative")
        values[indices] = True
        return cls.from_bool(values)

    def count(self) -> int:
        """Return how many customers are in."""
        return int(kernels.count(self.words))

    def indices(self) -> NDArray[np.int64]:
        """Return the indices of the customers that are in, ascending."""
        out = np.empty(self.count(), np.int64)
        kernels.write_indices(self.words, out)
        return out

    def to_bool(self) -> NDArray[np.bool_]:
        """Return one bool per customer."""
        bits = np.unpackbits(self.words.view(np.uint8), count=self.size, bitorder="little")
        return bits.view(np.bool_)

    def __and__(self, other: "Mask") -> "Mask":
        return Mask(self.words & self._fitting(other), self.size)

    def __or__(self, other: "Mask") -> "Mask":
        return Mask(self.words | self._fitting(other), self.size)

    def __invert__(self) -> "Mask":
        return Mask(_without_tail(~self.words, self.size), self.size)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Mask):
            return NotImplemented
        return self.size == other.size and bool(np.array_equal(self.words, other.words))

    def __hash__(self) -> int:
        return hash((self.size, self.words.tobytes()))

    def _fitting(self, other: "Mask") -> Words:
        if self.size != other.size:
            raise ValueError(f"masks of {self.size} and {other.size} customers do not meet")
        return other.words


def overlap_matrix(masks: Sequence[Mask]) -> NDArray[np.int64]:
    """Return how many customers each two masks share; the diagonal holds the masks' own counts."""
    if not masks:
        return np.zeros((0, 0), np.int64)
    if len({mask.size for mask in masks}) > 1:
        raise ValueError("masks over different populations do not overlap")
    matrix = np.zeros((len(masks), len(masks)), np.int64)
    kernels.count_pairs(np.stack([mask.words for mask in masks]), matrix)
    return matrix + np.triu(matrix, 1).T


def word_count(size: int) -> int:
    """Return how many 64-bit words hold `size` bits."""
    return -(-size // WORD)


def pack(values: NDArray[np.bool_]) -> Words:
    """Return the packed words of an array of bools, tail bits zero."""
    packed = np.zeros(word_count(len(values)) * 8, np.uint8)
    bits = np.packbits(values, bitorder="little")
    packed[: len(bits)] = bits
    return packed.view(np.uint64)


def _without_tail(words: Words, size: int) -> Words:
    if size % WORD and len(words):
        words[-1] &= np.uint64((1 << (size % WORD)) - 1)
    return words
