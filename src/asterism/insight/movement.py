"""How audiences overlap, and how customers move between them from one snapshot to another."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from asterism.audience import Audience, Columns, overlap_matrix

#: Customers who are in none of the audiences.
ELSEWHERE = "elsewhere"
#: Customers whom the snapshot does not have.
ABSENT = "absent"
_CHUNK = 1 << 18

Counts = NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class Overlap:
    """How many customers each pair of audiences shares; the diagonal holds their sizes."""

    names: tuple[str, ...]
    #: Shape (len(names), len(names)), symmetric.
    counts: Counts


@dataclass(frozen=True, slots=True, eq=False)
class Movement:
    """Customers by where they were before (rows) and where they are after (columns).

    A customer who is in several audiences counts in the first of them, so that rows, columns and
    the whole add up to customers. `ELSEWHERE` and `ABSENT` come last.
    """

    names: tuple[str, ...]
    #: Shape (len(names), len(names)).
    counts: Counts

    def count(self, before: str, after: str) -> int:
        """Return how many customers went from `before` to `after`."""
        return int(self.counts[self.names.index(before), self.names.index(after)])


def overlap(columns: Columns, audiences: Mapping[str, Audience]) -> Overlap:
    """Return how the named audiences overlap in a snapshot."""
    masks = [audience.mask(columns) for audience in audiences.values()]
    return Overlap(tuple(audiences), overlap_matrix(masks))


def movement(before: Columns, after: Columns, audiences: Mapping[str, Audience]) -> Movement:
    """Return how customers moved between the named audiences from one snapshot to the other."""
    names = (*audiences, ELSEWHERE, ABSENT)
    absent = len(names) - 1
    source, target = _places(before, audiences), _places(after, audiences)
    counts = np.zeros((len(names), len(names)), dtype=np.int64)
    known = np.zeros(after.size, dtype=np.bool_)
    for start, found in _matches(before, after):
        there = found >= 0
        known[found[there]] = True
        to = np.where(there, target[np.where(there, found, 0)] if after.size else absent, absent)
        counts += _table(source[start : start + len(found)], to, len(names))
    came = target[~known]
    counts += _table(np.full(len(came), absent), came, len(names))
    return Movement(names, counts)


def _places(columns: Columns, audiences: Mapping[str, Audience]) -> NDArray[np.int64]:
    """Return the index of the first audience each customer is in; `ELSEWHERE`'s if none."""
    places = np.full(columns.size, len(audiences), dtype=np.int64)
    for place, audience in reversed(list(enumerate(audiences.values()))):
        places[audience.mask(columns).to_bool()] = place
    return places


def _matches(before: Columns, after: Columns) -> Iterator[tuple[int, NDArray[np.int64]]]:
    """Yield pieces of the customers before, with each one's index after, −1 where gone."""
    for start in range(0, before.size, _CHUNK):
        end = min(start + _CHUNK, before.size)
        ids = before.customer_ids.take(np.arange(start, end))
        yield start, after.customer_ids.find(ids)


def _table(rows: NDArray[np.int64], columns: NDArray[np.int64], size: int) -> Counts:
    pairs = np.bincount(rows * size + columns, minlength=size * size)
    return pairs.reshape(size, size).astype(np.int64)
