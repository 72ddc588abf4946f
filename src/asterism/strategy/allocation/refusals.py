"""Why a row was not chosen: a better row of the same customer, or the limit against it."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from asterism.strategy.allocation.problem import (
    ALIKE,
    CHOSEN,
    NO_SLOT,
    Candidates,
    LimitFamily,
    Plan,
)
from asterism.strategy.allocation.recount import usage


def refusals(
    candidates: Candidates, limits: Sequence[LimitFamily], plan: Plan
) -> NDArray[np.int32]:
    """Return per row `CHOSEN`, `NO_SLOT`, `ALIKE`, or the number of the family that refused it.

    A limit refused a row if the customer would have had the row but for its price, or but for the
    room; of several limits the one that charges most is named, for it is the one to widen.
    """
    rows = np.arange(len(candidates))
    who = candidates.owners(rows)
    charge, limit = _dearest(candidates, limits, plan, who)
    taken = np.bincount(who[plan.chosen], minlength=candidates.customers)
    worst = np.full(candidates.customers, np.inf)
    np.minimum.at(worst, who[plan.chosen], candidates.score[plan.chosen])
    full = (taken >= candidates.slots)[who]
    beaten = full & ~((candidates.score > worst[who]) & (charge > 0))
    found = np.where(beaten | (limit < 0), NO_SLOT, limit).astype(np.int32)
    found[~full & _alike(candidates, plan, who)] = ALIKE
    found[plan.chosen] = CHOSEN
    return found


def _dearest(
    candidates: Candidates, limits: Sequence[LimitFamily], plan: Plan, who: NDArray[np.int64]
) -> tuple[NDArray[np.float64], NDArray[np.int32]]:
    """Return what the dearest limit of each row charges, and its family; a full one at least."""
    most = np.zeros(len(candidates))
    limit = np.full(len(candidates), -1, np.int32)
    used = usage(candidates, limits, plan.chosen)
    for number, (family, dual, taken) in enumerate(zip(limits, plan.duals, used, strict=True)):
        use = family.use[candidates.action]
        key = np.zeros(len(who), np.int64) if family.key is None else family.key[who]
        counted = (use > 0) & (key >= 0)
        price = np.where(counted, dual[key] * use, 0.0)
        is_full = counted & (taken[key] + use > family.maximum[key])
        better = (price > most) | (is_full & (limit < 0) & (price >= 0))
        most = np.where(better, np.maximum(price, 0.0), most)
        limit[better] = number
    return most, limit


def _alike(candidates: Candidates, plan: Plan, who: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Tell which rows are alike to a chosen one of the same customer."""
    found = np.zeros(len(candidates), np.bool_)
    for group in candidates.alike:
        pairs = who * (int(group.max(initial=0)) + 1) + group[candidates.action]
        found |= np.isin(pairs, pairs[plan.chosen])
    return found
