"""How the values of chosen customers are distributed."""

from dataclasses import dataclass
from datetime import date
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from asterism.audience import kernels
from asterism.audience.catalogue import TagType
from asterism.audience.columns.column import Column
from asterism.audience.mask import Mask

_EPOCH = date(1970, 1, 1).toordinal()


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """One bar of a histogram: customers whose value lies from `low` to `high`, both included.

    Money is in minor units.
    """

    low: int | float | date
    high: int | float | date
    #: How many of the chosen customers.
    count: int
    #: How many of all customers.
    all: int


def value_counts(column: Column, mask: Mask) -> dict[object, int]:
    """Return how many customers of the mask have each text, or each value of a flag; most first."""
    if column.layout.type is TagType.FLAG:
        known = mask if column.valid is None else mask & Mask(column.valid, column.size)
        true = (known & Mask(column.bits, column.size)).count()
        counts: dict[object, int] = {True: true, False: known.count() - true}
    elif column.layout.type is TagType.TEXT:
        found = _count_codes(column, mask, max(len(column.texts), 1))
        counts = {text: int(found[code]) for code, text in enumerate(column.texts)}
    else:
        raise TypeError(f"{column.layout.name} has a histogram, not single values")
    present = {value: count for value, count in counts.items() if count}
    return dict(sorted(present.items(), key=lambda item: -item[1]))


def histogram(column: Column, mask: Mask, everyone: Mask, bins: int) -> tuple[Bar, ...]:
    """Return at most `bins` bars of about equal population over all customers."""
    if column.layout.type in (TagType.FLAG, TagType.TEXT):
        raise TypeError(f"{column.layout.name} has single values, not a histogram")
    if bins < 1:
        raise ValueError("a histogram has at least one bar")
    total = _count_codes(column, everyone, len(column.lows))
    chosen = _count_codes(column, mask, len(column.lows))
    bars = []
    for first, last in _groups(total, bins):
        codes = np.arange(first, last)[total[first:last] > 0]
        bar = Bar(
            low=_value(column, column.lows[codes[0]]),
            high=_value(column, column.highs[codes[-1]]),
            count=int(chosen[first:last].sum()),
            all=int(total[first:last].sum()),
        )
        bars.append(bar)
    return tuple(bars)


def _count_codes(column: Column, mask: Mask, codes: int) -> NDArray[np.int64]:
    known = mask.words if column.valid is None else mask.words & column.valid
    counts = np.zeros(max(codes, 1 << column.layout.planes), np.int64)
    kernels.count_codes(column.planes, known, counts)
    return counts[:codes]


def _groups(total: NDArray[np.int64], bins: int) -> list[tuple[int, int]]:
    """Return stretches of codes that together hold about the same number of customers."""
    before = np.cumsum(total) - total
    places = np.minimum(before * bins // max(int(total.sum()), 1), bins - 1)
    if int((total > 0).sum()) <= bins:
        places = np.cumsum(total > 0)
    starts = [0, *(np.flatnonzero(np.diff(places)) + 1).tolist(), len(total)]
    return [(first, last) for first, last in pairwise(starts) if total[first:last].any()]


def _value(column: Column, stored: int | float) -> int | float | date:
    if column.layout.type is TagType.DATE:
        return date.fromordinal(int(stored) + _EPOCH)
    return float(stored) if column.layout.type is TagType.NUMBER else int(stored)
