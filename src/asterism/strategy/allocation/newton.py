"""Prices by semismooth Newton steps on the dual problem.

The dual function of prices y is g(y) = Σ max·y⁺ − Σ min·y⁻ + Σ customers' best gain at y. It is
convex and piecewise linear, its slope is what the limits allow less what customers take, and it is
never below the optimum. Its curvature, seen from a distance, is how many customers would change
their mind within a window of the prices: customers are many, so the kinks add up to a curve, and a
Newton step on that curve is worth hundreds of gradient steps. The window narrows as steps succeed.

The Newton system is an arrow: shared limits touch everything, keyed ones (branches, managers) only
their own customers, so within a family they are diagonal, and one small dense matrix is left over.

Qi and Sun, "A nonsmooth version of Newton's method", Mathematical Programming 58 (1993), for the
method; Zhang et al., "Solving Billion-Scale Knapsack Problems", WWW 2020, for the problem's shape.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from asterism.strategy.allocation.crowd import Answers, Crowd, Swaps

Array = NDArray[np.float64]

#: Keyed families overlap one another (a manager works in a branch); this much is kept for each.
_OVERLAP = 0.85
#: Eigenvalues of the scaled dense block are kept above this, so that no step explodes.
_FLOOR = 1e-2
#: Windows, as a share of a typical gain: where a cold search begins and the narrowest ones.
WIDE = 0.3
NARROW = 0.06
_NARROWEST = 0.06
_REJECTIONS = 6
#: The search ends after so many steps that lower g by less than a share given by the caller.
_PATIENCE = 2


@dataclass(frozen=True, slots=True)
class Search:
    """What one search for prices is about.

    Money is in units of a typical gain, use in units of the limit's largest single use.
    """

    crowd: Crowd
    #: What a typical gain is, in the score's own units.
    scale: float
    minimum: Array
    maximum: Array
    #: Limits that nothing fits into: their price stays where it is.
    barred: NDArray[np.bool_]
    #: No price goes beyond this: minima that cannot be met would raise theirs for ever.
    dearest: Array

    def priced(self, y: Array) -> Array:
        """Return scaled prices as prices per unit of use."""
        prices: Array = y * self.scale / self.crowd.bounds.unit
        return prices


@dataclass(slots=True)
class _Point:
    y: Array
    answers: Answers
    #: Use and room in units of the largest use.
    used: Array
    minimum: Array
    maximum: Array

    def value(self, gain: float, y: Array) -> float:
        """Return g, in units of a typical gain; a price of an absent limit is 0 and costs 0."""
        up = np.where(y > 0, y, 0.0)
        down = np.where(y < 0, y, 0.0)
        paid = np.where(up > 0, self.maximum, 0.0) * up + np.where(down < 0, self.minimum, 0) * down
        return gain + float(paid.sum())


def descend(search: Search, y: Array, *, window: float, steps: int, settled: float) -> Array:
    """Return scaled prices that lower g, from `y` on, in at most `steps` steps.

    The search ends earlier once steps lower g by less than the share `settled`.

    Controls are treated as if they were real, with room of their own: what they would use is added
    to the limits, so that real rows alone fill what the bank allows.
    """
    point = _at(search, y)
    caution, rejected, still = 0.05, 0, 0
    for _ in range(steps):
        step = _step(search, point, window, caution)
        if not step.any():
            break
        trial = _moved(search, point.y, step, window)
        answers = search.crowd.answers(search.priced(trial))
        before = point.value(point.answers.gain / search.scale, point.y)
        after = point.value(answers.gain / search.scale, trial)
        if after < before:
            point = _from(search, trial, answers)
            still = still + 1 if before - after < settled * max(abs(before), 1e-12) else 0
            caution, window, rejected = max(caution / 3, 1e-3), max(window * 0.8, _NARROWEST), 0
        else:
            rejected += 1
            caution, window = 6 * caution + 0.05, max(window * 0.9, _NARROWEST)
        if rejected > _REJECTIONS or still >= _PATIENCE:
            break
    return point.y


def _at(search: Search, y: Array) -> _Point:
    return _from(search, y, search.crowd.answers(search.priced(y)))


def _from(search: Search, y: Array, answers: Answers) -> _Point:
    unit = search.crowd.bounds.unit
    ghost = answers.ghost / unit
    return _Point(
        y=y,
        answers=answers,
        used=answers.used / unit + ghost,
        minimum=search.minimum + ghost,
        maximum=search.maximum + ghost,
    )


def _slope(search: Search, point: _Point) -> tuple[Array, NDArray[np.bool_]]:
    """Return the slope of g, and which prices may move: the others rest at 0, at a kink."""
    over, short = point.used > point.maximum, point.used < point.minimum
    above, below = point.y > 0, point.y < 0
    up, down = above | (~below & over), below | (~above & short)
    free = (up | down) & ~search.barred
    slope = np.zeros(len(point.y))
    slope[up] = point.maximum[up] - point.used[up]
    slope[down] = point.minimum[down] - point.used[down]
    slope[~free] = 0.0
    return slope, free


def _step(search: Search, point: _Point, window: float, caution: float) -> Array:
    """Return the Newton step: zero where a price does not move."""
    slope, free = _slope(search, point)
    step = np.zeros(len(slope))
    if not free.any():
        return step
    swaps = search.crowd.swaps(search.priced(point.y), window * search.scale)
    shared = search.crowd.bounds.shared
    dense, cross, own = _curvature(search, swaps, window)
    at, keyed = np.flatnonzero(free[:shared]), np.flatnonzero(free[shared:])
    diagonal = _kept_off_zero(own[keyed], 0.1) * (1 + caution) / _OVERLAP
    link = cross[np.ix_(keyed, at)]
    block = dense[np.ix_(at, at)]
    curvature = _kept_off_zero(np.diag(block), 0.01)
    block = block + np.diag(curvature * (1 + caution) - np.diag(block))
    block -= 0.98 * _OVERLAP * link.T @ (link / diagonal[:, None])
    wanted = -slope[:shared][at] + link.T @ (slope[shared:][keyed] / diagonal)
    step[at] = _solved(block, curvature, wanted)
    step[shared + keyed] = (-slope[shared:][keyed] - link @ step[at]) / diagonal
    return step


def _kept_off_zero(curvature: Array, share: float) -> Array:
    """Raise what is hardly curved to a share of the median, so that its price moves in steps."""
    curved = curvature[curvature > 0]
    typical = float(np.median(curved)) if len(curved) else 1.0
    return np.maximum(curvature, share * typical)


def _curvature(search: Search, swaps: Swaps, window: float) -> tuple[Array, Array, Array]:
    """Return the Hessian's blocks: shared × shared, keyed × shared, and the keyed diagonal."""
    market, bounds = search.crowd.market, search.crowd.bounds
    unit = bounds.unit
    uses = np.vstack([market.shared_use.T, np.zeros(bounds.shared)]) / unit[: bounds.shared]
    dense = uses.T @ swaps.actions @ uses / window
    keyed = swaps.keyed / (unit[bounds.shared :, None] * window)
    family = (
        np.searchsorted(market.offsets, np.arange(bounds.shared, len(bounds)), side="right") - 1
    )
    own_use = np.hstack([market.keyed_use, np.zeros((len(market.keyed_use), 1))])
    own = np.einsum("ka,ka->k", keyed, own_use[family]) / unit[bounds.shared :]
    return dense, keyed @ uses, own


def _solved(block: Array, curvature: Array, wanted: Array) -> Array:
    """Solve the dense system, scaled by its diagonal, with eigenvalues kept off zero."""
    if not len(wanted):
        return wanted
    root = np.sqrt(curvature)
    values, vectors = np.linalg.eigh(block / root[:, None] / root[None, :])
    found: Array = vectors @ ((vectors.T @ (wanted / root)) / np.maximum(values, _FLOOR)) / root
    return found


def _moved(search: Search, y: Array, step: Array, window: float) -> Array:
    """Return the prices after a step of bounded length that stops where a price changes sign."""
    longest = 0.5 * max(2 * window, 0.02) + 0.5 * np.abs(y)
    moved = np.clip(y + np.clip(step, -longest, longest), -search.dearest, search.dearest)
    moved[(y > 0) & (moved < 0)] = 0.0
    moved[(y < 0) & (moved > 0)] = 0.0
    moved[(moved > 0) & ~np.isfinite(search.maximum) & ~search.barred] = 0.0
    moved[(moved < 0) & (search.minimum <= 0)] = 0.0
    return moved
