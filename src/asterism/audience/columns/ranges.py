"""Which customers have a value in a range or in a list: planes first, values where they decide.

Codes keep the order of values. A code whose smallest and largest value both lie inside is in as a
whole; one that straddles an end is looked at value by value, which concerns at most two codes of
a range, a hundredth of the customers.
"""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from asterism.audience import kernels
from asterism.audience.columns.column import Column
from asterism.audience.mask import WORD, Words, word_count
from asterism.audience.operations import Operator

Values = NDArray[Any]
_TESTS: dict[Operator, Callable[[Values, int | float], NDArray[np.bool_]]] = {
    Operator.EQ: np.equal,
    Operator.LT: np.less,
    Operator.LE: np.less_equal,
    Operator.GT: np.greater,
    Operator.GE: np.greater_equal,
}
_NO_WORDS = np.zeros(0, np.uint64)
_NO_RUNS = np.zeros((0, 2), np.uint64)
#: More runs of codes than this are quicker looked up value by value.
_MOST_RUNS = 24


@dataclass(frozen=True, slots=True)
class Ray:
    """All values v with `v operator bound`, or with `factor * v operator bound` in doubles."""

    operator: Operator
    bound: int | float
    factor: float | None = None

    def holds(self, values: Values) -> NDArray[np.bool_]:
        """Return for each stored value whether it lies on the ray."""
        return _TESTS[self.operator](self._scaled(values), self.bound)

    def straddles(self, lows: Values, highs: Values) -> NDArray[np.bool_]:
        """Return for each code whether some value between its ends may lie on the ray."""
        if self.operator is not Operator.EQ:
            return self.holds(lows) | self.holds(highs)
        one, other = self._scaled(lows), self._scaled(highs)
        smaller, larger = np.minimum(one, other), np.maximum(one, other)
        return (smaller <= self.bound) & (larger >= self.bound)

    def _scaled(self, values: Values) -> Values:
        if self.factor is None:
            return values
        with np.errstate(over="ignore"):
            return values.astype(np.float64) * self.factor


def rows_in(column: Column, rays: Sequence[Ray]) -> Words:
    """Return the customers whose value lies on all the rays."""
    lows, highs = column.lows, column.highs
    whole = np.ones(len(lows), np.bool_)
    partly = np.ones(len(lows), np.bool_)
    for ray in rays:
        whole &= ray.holds(lows) & ray.holds(highs)
        partly &= ray.straddles(lows, highs)

    def holds(values: Values) -> NDArray[np.bool_]:
        found = np.ones(len(values), np.bool_)
        for ray in rays:
            found &= ray.holds(values)
        return found

    return _combined(column, whole, partly & ~whole, holds)


def rows_one_of(column: Column, wanted: Collection[int | float]) -> Words:
    """Return the customers whose value is one of `wanted`."""
    lows, highs = column.lows, column.highs
    ordered = np.array(sorted(wanted), lows.dtype)
    first = np.searchsorted(ordered, lows, "left")
    last = np.searchsorted(ordered, highs, "right")
    partly = last > first
    whole = partly & (lows == highs)

    def holds(values: Values) -> NDArray[np.bool_]:
        wide = values.astype(ordered.dtype)
        places = np.minimum(np.searchsorted(ordered, wide), len(ordered) - 1)
        same: NDArray[np.bool_] = ordered[places] == wide
        return same

    return _combined(column, whole, partly & ~whole, holds)


def codes_in(column: Column, wanted: NDArray[np.bool_]) -> Words:
    """Return the customers whose text has a code for which `wanted` is true."""
    if len(_runs(wanted)) <= _MOST_RUNS:
        found: Words = _coded(column, wanted)[0].copy()
        return found
    out = np.zeros(word_count(column.size), np.uint64)
    kernels.look_up(column.stored, wanted, out)
    if column.valid is not None:
        out &= column.valid
    return out


def _combined(
    column: Column,
    whole: NDArray[np.bool_],
    partly: NDArray[np.bool_],
    holds: Callable[[Values], NDArray[np.bool_]],
) -> Words:
    both = _coded(column, whole, partly)
    out: Words = both[0].copy()  # no view, or the cache would keep both alive
    doubtful = both[1]
    if partly.any():
        indices = np.empty(int(kernels.count(doubtful)), np.int64)
        kernels.write_indices(doubtful, indices)
        kernels.set_bits(out, indices[holds(column.stored[indices])])
    return out


def _coded(
    column: Column, wanted: NDArray[np.bool_], others: NDArray[np.bool_] | None = None
) -> Words:
    """Return the customers with a value whose code is wanted, and those with one of the others."""
    out = np.empty((2, word_count(column.size)), np.uint64)
    valid = _NO_WORDS if column.valid is None else column.valid
    rest = _NO_RUNS if others is None else _runs(others)
    kernels.codes_within(column.planes, valid, _runs(wanted), rest, out)
    if column.size % WORD and column.size:
        out[:, -1] &= np.uint64((1 << (column.size % WORD)) - 1)
    return out


def _runs(wanted: NDArray[np.bool_]) -> Words:
    """Return the stretches of codes in a row that are wanted: first and last code of each."""
    edges = np.flatnonzero(np.diff(np.concatenate([[False], wanted, [False]]).astype(np.int8)))
    return edges.reshape(-1, 2).astype(np.uint64) - np.array([0, 1], np.uint64)
