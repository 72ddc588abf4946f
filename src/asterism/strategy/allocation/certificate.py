"""How good a plan is for certain: a bound that no plan with the same controls exceeds.

Weak duality: for any prices, what customers would gain by choosing freely at these prices, plus
what the prices make of the limits, is at least the value of every plan that keeps the limits. So
the bound needs no trust in how the prices were found.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from asterism.strategy.allocation.crowd import everyone
from asterism.strategy.allocation.market import Bounds, Market, barred
from asterism.strategy.allocation.problem import Breach, Candidates, LimitFamily, Price
from asterism.strategy.allocation.second_best import add_worth

Array = NDArray[np.float64]

#: Customers who are asked what they would have taken.
_ASKED = 200_000


def without_controls(candidates: Candidates, market: Market, chosen: NDArray[np.bool_]) -> Market:
    """Return the market as real rows have it: chosen controls hold their slots, nothing else."""
    control = candidates.control
    if control is None or not control.any():
        return market
    slots = candidates.slots.copy()
    np.subtract.at(slots, candidates.owners(np.flatnonzero(chosen & control)), 1)
    score = np.where(control, -np.inf, candidates.score)
    none = np.zeros(0, np.bool_)
    return market._replace(slots=np.maximum(slots, 0), score=score, control=none)


def bound(market: Market, limits: Bounds, prices: Array, used: Array) -> float:
    """Return the dual value at `prices`, summed in float64.

    A minimum that the plan misses counts as what the plan reaches: the bound is then about plans
    that reach as much. `used` is the plan's use by limit number.
    """
    gain = everyone(market, limits).answers(prices).gain
    reached = np.minimum(limits.minimum, used)
    with np.errstate(invalid="ignore"):
        paid = np.where(prices > 0, prices * limits.maximum, prices * reached)
    return gain + float(np.where(prices == 0, 0.0, paid).sum())


def attainable(candidates: Candidates, family: LimitFamily, key: int) -> float:
    """Return the most that a limit's use could reach if nothing else limited it."""
    use = family.use[candidates.action]
    rows = np.flatnonzero(use > 0)
    if candidates.control is not None:
        rows = rows[~candidates.control[rows]]
    who = candidates.owners(rows)
    if family.key is not None:
        rows, who = rows[family.key[who] == key], who[family.key[who] == key]
    group = candidates.alike[0][candidates.action[rows]]
    order = np.lexsort((-use[rows], group, who))
    rows, who, group = rows[order], who[order], group[order]
    best = np.ones(len(rows), np.bool_)
    best[1:] = (np.diff(who) != 0) | (np.diff(group) != 0)
    rows, who = rows[best], who[best]
    order = np.lexsort((-use[rows], who))
    rows, who = rows[order], who[order]
    rank = np.arange(len(who)) - np.searchsorted(who, who)
    return float(use[rows[rank < candidates.slots[who]]].sum())


def explained(
    candidates: Candidates, limits: Sequence[LimitFamily], unmet: Sequence[Breach]
) -> tuple[Breach, ...]:
    """Return missed minima together with the most that each could have reached by itself."""
    found = []
    by_name = {family.name: family for family in limits}
    for breach in unmet:
        family = by_name[breach.limit]
        key = family.labels.index(breach.label) if family.labels else 0
        most = attainable(candidates, family, key)
        found.append(
            Breach(
                limit=breach.limit,
                label=breach.label,
                used=breach.used,
                wanted=breach.wanted,
                attainable=most,
            )
        )
    return tuple(found)


def marginal_worth(market: Market, bounds: Bounds, prices: Array) -> Array:
    """Return what one more unit of each maximum would bring: the best row that it turns away.

    Prices that clear a limit are seldom unique; this is the lowest of them, given the others. With
    many customers the two hardly differ: then only limits that let nothing through, whose prices
    are set to turn everybody away, are looked at, in a sample.
    """
    crowd = everyone(market, bounds)
    asked = crowd.sample(_ASKED)
    base = asked.base(prices)

    def part(people: NDArray[np.int64]) -> Array:
        worth = np.zeros(len(bounds))
        add_worth(market, base, prices, asked.desk(), people, worth)
        return worth

    looked_at = (prices > 0) & (np.isfinite(bounds.maximum))
    if asked is not crowd:
        looked_at &= barred(market, bounds)
    if not looked_at.any():
        return prices
    worth = np.max([*asked.in_parts(part), np.zeros(len(bounds))], axis=0)
    found: Array = np.where(looked_at, np.minimum(prices, worth), prices)
    return found


def named_prices(
    limits: Sequence[LimitFamily], worth: Sequence[Array], usage: Sequence[Array]
) -> tuple[Price, ...]:
    """Return the limits that cost something, dearest first."""
    found = [
        Price(
            limit=family.name,
            label=family.label(key),
            unit=family.unit,
            value_minor=float(each[key]),
            used=float(used[key]),
            limited_to=float((family.maximum if each[key] > 0 else family.least)[key]),
        )
        for family, each, used in zip(limits, worth, usage, strict=True)
        for key in np.flatnonzero(each).tolist()
    ]
    return tuple(
        sorted(found, key=lambda price: (-abs(price.value_minor), price.limit, price.label))
    )
