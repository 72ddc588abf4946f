"""The search for prices from start to end: few customers first, then more, then all.

A limit that nothing fits into is barred: its price is set so high that nobody asks for it.
"""

import numpy as np
from numpy.typing import NDArray

from asterism.strategy.allocation.crowd import Crowd, everyone
from asterism.strategy.allocation.market import Bounds, Market, barred, least_use
from asterism.strategy.allocation.newton import NARROW, WIDE, Search, descend

Array = NDArray[np.float64]

#: The samples that are solved before everyone, as divisors of everyone; most steps of each level,
#: and when its prices are settled: a sample's need not be better than the sample is true.
_LEVELS = ((100, 60, 2e-4), (10, 25, 4e-5), (1, 40, 1e-5))
_COLD_STEPS = 90
#: So many customers and fewer are worth more steps: each costs little, and whole numbers count.
_MANY, _FINE = 300_000, 1e-6
#: A sample is worth a level of its own from this many customers on.
_SAMPLE = 20_000


def solve(market: Market, bounds: Bounds, start: Array | None = None) -> Array:
    """Return the price of every limit, by number.

    `start` are prices to begin with, such as those of the day before: then only everyone is asked,
    from nearby on.
    """
    crowd = everyone(market, bounds)
    if not len(bounds) or not len(crowd.people):
        return np.zeros(len(bounds))
    scale = typical_gain(crowd)
    least, shut = least_use(market, bounds), barred(market, bounds)
    highest = float(np.abs(market.score).max(initial=0.0)) / scale
    # A price that chokes any demand, and a subsidy that buys any supply.
    dearest = (4 * highest + 1) * bounds.unit / np.where(np.isfinite(least), least, bounds.unit)
    y = np.where(shut, dearest, 0.0)
    window = WIDE
    if start is not None:
        y = np.where(shut, y, start * bounds.unit / scale)
        window = NARROW
    levels = _LEVELS if start is None else _LEVELS[-1:]
    for divisor, steps, settled in levels:
        size = len(crowd.people) // divisor
        if divisor > 1 and size < _SAMPLE:
            continue
        here = crowd.sample(size)
        share = len(here.people) / len(crowd.people)
        search = Search(
            crowd=here,
            scale=scale,
            minimum=bounds.minimum / bounds.unit * share,
            maximum=bounds.maximum / bounds.unit * share,
            barred=shut,
            dearest=dearest,
        )
        most = steps if window < WIDE else _COLD_STEPS
        fine = _FINE if divisor == 1 and len(here.people) <= _MANY else settled
        y = descend(search, y, window=window, steps=most, settled=fine)
        window = NARROW
    prices: Array = y * scale / bounds.unit
    return prices


def typical_gain(crowd: Crowd) -> float:
    """Return what customers gain on average where nothing is limited; never 0."""
    if not len(crowd.people):
        return 1.0
    asked = crowd.sample(_SAMPLE)
    gain = asked.answers(np.zeros(len(crowd.bounds))).gain / len(asked.people)
    if gain > 0:
        return gain
    sizes = np.abs(crowd.market.score[:_SAMPLE]).astype(np.float64)
    return float(sizes.mean()) or 1.0
