"""A plan counted anew, by code that shares nothing with the choosing."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from asterism.strategy.allocation.problem import Breach, Candidates, LimitFamily

#: Rounding that sums of money in fractions may have.
_ROUNDING = 1e-9


def recount(
    candidates: Candidates, limits: Sequence[LimitFamily], chosen: NDArray[np.bool_]
) -> tuple[tuple[Breach, ...], tuple[Breach, ...]]:
    """Return the maxima that `chosen` exceeds, customers' slots too, and the minima it misses."""
    rows = np.flatnonzero(chosen)
    customers, actions = candidates.owners(rows), candidates.action[rows].astype(np.int64)
    over = _slot_breaches(candidates, customers, actions)
    short: list[Breach] = []
    if candidates.control is not None:
        real = ~candidates.control[rows]
        customers, actions = customers[real], actions[real]
    for family in limits:
        used = _used(family, customers, actions)
        beyond = np.flatnonzero(used > family.maximum + _ROUNDING * np.abs(used))
        over += [_breach(family, int(key), used, family.maximum) for key in beyond]
        missed = np.flatnonzero(used < family.least - _ROUNDING * np.abs(used))
        short += [_breach(family, int(key), used, family.least) for key in missed]
    return tuple(over), tuple(short)


def usage(
    candidates: Candidates, limits: Sequence[LimitFamily], chosen: NDArray[np.bool_]
) -> tuple[NDArray[np.float64], ...]:
    """Return what `chosen` uses of every limit, per family and key; controls use nothing."""
    real = chosen if candidates.control is None else chosen & ~candidates.control
    rows = np.flatnonzero(real)
    customers, actions = candidates.owners(rows), candidates.action[rows].astype(np.int64)
    return tuple(_used(family, customers, actions) for family in limits)


def _used(
    family: LimitFamily, customers: NDArray[np.int64], actions: NDArray[np.int64]
) -> NDArray[np.float64]:
    counts = np.bincount(actions, minlength=len(family.use))
    if family.key is None:
        return np.array([float(counts @ family.use)])
    rows = np.flatnonzero(family.use[actions])
    keys = family.key[customers[rows]].astype(np.int64)
    counted = keys >= 0
    used = np.bincount(
        keys[counted], weights=family.use[actions[rows[counted]]], minlength=len(family.maximum)
    )
    return used.astype(np.float64)


def _breach(
    family: LimitFamily, key: int, used: NDArray[np.float64], wanted: NDArray[np.float64]
) -> Breach:
    return Breach(
        limit=family.name,
        label=family.label(key),
        used=float(used[key]),
        wanted=float(wanted[key]),
    )


def _slot_breaches(
    candidates: Candidates, customers: NDArray[np.int64], actions: NDArray[np.int64]
) -> list[Breach]:
    """Return customers with more rows than slots, or with two rows that are alike."""
    counts = np.bincount(customers, minlength=candidates.customers)
    allowed = np.maximum(candidates.slots, 0)
    found = [
        Breach(limit="slots", label=str(who), used=float(counts[who]), wanted=float(allowed[who]))
        for who in np.flatnonzero(counts > allowed)
    ]
    for number, group in enumerate(candidates.alike):
        doubled = _doubled(customers, group[actions], int(counts.max(initial=0)))
        if doubled:
            found.append(Breach(limit="alike", label=str(number), used=float(doubled), wanted=0.0))
    return found


def _doubled(customers: NDArray[np.int64], groups: NDArray[np.int32], most: int) -> int:
    """Return how many rows are alike to an earlier one of the same customer; rows are ordered."""
    doubled = 0
    for ahead in range(1, most):
        same = (customers[ahead:] == customers[:-ahead]) & (groups[ahead:] == groups[:-ahead])
        doubled += int(np.count_nonzero(same))
    return doubled
