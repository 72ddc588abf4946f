"""Who gets what: prices, a plan at these prices, and a proof of how good the plan is."""

import time
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from asterism.strategy.allocation.certificate import (
    bound,
    explained,
    marginal_worth,
    named_prices,
    without_controls,
)
from asterism.strategy.allocation.checks import check
from asterism.strategy.allocation.crowd import everyone
from asterism.strategy.allocation.market import (
    Bounds,
    Market,
    by_family,
    flat_prices,
    lay_out,
)
from asterism.strategy.allocation.problem import Candidates, LimitFamily, Plan
from asterism.strategy.allocation.recount import recount, usage
from asterism.strategy.allocation.repair import Repair, repaired
from asterism.strategy.allocation.solve import solve, typical_gain

if TYPE_CHECKING:
    from asterism.strategy.allocation.exact import Exact

#: Up to so many rows a problem is small.
EXACT_ROWS = 2_000
#: A plan from former prices with a larger gap is not good enough: the search starts afresh.
_STALE = 1e-3


def allocate(
    candidates: Candidates,
    limits: Sequence[LimitFamily],
    *,
    warm: Sequence[NDArray[np.float64]] | None = None,
) -> Plan:
    """Choose rows of `candidates` within `limits`, as valuable as can be.

    `warm` are a former plan's `duals`, in the order of `limits`: the search then starts from them.
    No maximum is ever exceeded; a minimum that cannot be reached is reported with what could be.
    Problems of up to `EXACT_ROWS` rows are solved exactly, unless there are controls: touched and
    controls must be chosen by one rule, or they could not be compared. InvalidInputError holds
    everything that is wrong with the input. Deterministic.
    """
    check(candidates, limits)
    market, bounds = lay_out(candidates, limits)
    if warm is None:
        return _plan(candidates, limits, market, bounds, None)
    plan = _plan(candidates, limits, market, bounds, flat_prices(bounds, warm))
    if plan.gap <= _STALE:
        return plan
    afresh = _plan(candidates, limits, market, bounds, None)
    return min(plan, afresh, key=lambda one: one.gap)


def _plan(
    candidates: Candidates,
    limits: Sequence[LimitFamily],
    market: Market,
    bounds: Bounds,
    start: NDArray[np.float64] | None,
) -> Plan:
    started = time.perf_counter()
    prices = solve(market, bounds, start)
    solved = time.perf_counter()
    chosen = _planned(candidates, market, bounds, prices)
    by_limit = usage(candidates, limits, chosen)
    used = flat_prices(bounds, by_limit)
    if (used < bounds.minimum).any():
        # What cannot be reached must not drive the prices of everything else.
        bounds = replace(bounds, minimum=np.minimum(bounds.minimum, used))
        prices = solve(market, bounds)
        chosen = _planned(candidates, market, bounds, prices)
        by_limit = usage(candidates, limits, chosen)
    exact = _exact(candidates, limits)
    if exact:
        chosen, by_limit = exact.chosen, usage(candidates, limits, exact.chosen)
    over, unmet = recount(candidates, limits, chosen)
    real = without_controls(candidates, market, chosen)
    certain = bound(real, bounds, prices, flat_prices(bounds, by_limit))
    worth = by_family(bounds, limits, marginal_worth(real, bounds, prices))
    return Plan(
        chosen=chosen,
        value=_value(candidates, chosen),
        bound=min(certain, exact.bound) if exact else certain,
        violations=over,
        unmet=explained(candidates, limits, unmet),
        prices=named_prices(limits, worth, by_limit),
        duals=by_family(bounds, limits, prices),
        usage=by_limit,
        solve_seconds=solved - started,
        repair_seconds=time.perf_counter() - solved,
    )


def _planned(
    candidates: Candidates, market: Market, bounds: Bounds, prices: NDArray[np.float64]
) -> NDArray[np.bool_]:
    crowd = everyone(market, bounds)
    return repaired(Repair(crowd, prices, typical_gain(crowd), candidates.turn))


def _exact(candidates: Candidates, limits: Sequence[LimitFamily]) -> "Exact | None":
    """Return the best plan of a small problem without controls, if HiGHS finds one."""
    if not 0 < len(candidates) <= EXACT_ROWS or candidates.control is not None:
        return None
    # SciPy's optimisers take longer to load than a night's decision for a small bank.
    from asterism.strategy.allocation.exact import solve_exactly  # noqa: PLC0415

    exact = solve_exactly(candidates, limits)
    return exact if exact and not recount(candidates, limits, exact.chosen)[0] else None


def _value(candidates: Candidates, chosen: NDArray[np.bool_]) -> float:
    real = chosen if candidates.control is None else chosen & ~candidates.control
    return float(candidates.score[real].sum(dtype=np.float64))
