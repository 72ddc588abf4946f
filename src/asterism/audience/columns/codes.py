"""How a numeric column is cut into at most 256 codes that keep its order.

A value that many customers share gets a code of its own, so that comparing with it needs no look
at the values; the rest is cut into parts of about equal population.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from asterism.audience.columns.layout import MAX_CODES

#: int64 or double.
Numbers = NDArray[Any]
#: Values looked at for the cuts; exactness does not depend on it, speed hardly does.
SAMPLE = 1 << 18
_GLANCE = 1 << 12


@dataclass(frozen=True, slots=True)
class Cuts:
    """The codes: code c holds the values from `bounds[c − 1]` up to, not with, `bounds[c]`."""

    bounds: Numbers

    @property
    def count(self) -> int:
        """How many codes there are."""
        return len(self.bounds) + 1


def cuts_of(chunks: Iterable[Numbers], dtype: type[np.int64] | type[np.float64]) -> Cuts:
    """Return the cuts for a column whose valid values the chunks hold."""
    distinct: Numbers | None = np.zeros(0, dtype)
    samples: list[Numbers] = [np.zeros(0, dtype)]
    for values in chunks:
        sample = values[:: max(1, len(values) // SAMPLE)]
        samples.append(sample)
        # most columns have too many values for codes of their own, which few rows show already
        for some in (sample[:_GLANCE], sample, values):
            if distinct is not None:
                distinct = _few(distinct, some)
    if distinct is not None:
        return Cuts(distinct[1:])
    return Cuts(_quantile_bounds(np.sort(np.concatenate(samples))))


def _few(known: Numbers, more: Numbers) -> Numbers | None:
    """Return the different values of both, ascending; None if they are too many."""
    ordered = np.sort(np.concatenate([known, more]))
    first = np.ones(len(ordered), np.bool_)
    np.not_equal(ordered[1:], ordered[:-1], out=first[1:])
    distinct: Numbers = ordered[first]
    return distinct if len(distinct) <= MAX_CODES else None


def _quantile_bounds(ordered: Numbers) -> Numbers:
    """Cut an ordered sample into parts of equal size.

    A value that fills a whole part appears as two cuts at least; the second of them is moved
    behind it, which leaves the value alone in its code.
    """
    places = np.linspace(0, len(ordered) - 1, MAX_CODES).astype(np.int64)[1:-1]
    cuts, times = np.unique(ordered[places], return_counts=True)
    return np.unique(np.concatenate([cuts, _after(cuts[times > 1])]))


def _after(values: Numbers) -> Numbers:
    """Return the next larger value of each."""
    if values.dtype == np.float64:
        return np.nextafter(values[values < np.finfo(np.float64).max], np.inf)
    return values[values < np.iinfo(np.int64).max] + 1
