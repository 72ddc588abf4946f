"""What others make of the same allocation problem; prints one JSON object.

`greedy` takes rows in the order of their net value, and customers in the order in which they come;
`highs` solves the mixed-integer programme, `pdlp` the linear one by OR-tools, which is optional:
`uv pip install ortools`, or the dependency group `rivals`. Each runs in a process of its own.
"""

import json
import sys
import time
from collections.abc import Callable, Sequence

import numpy as np
from numba import njit
from numpy.typing import NDArray
from scipy.optimize import Bounds, LinearConstraint, milp

from allocation_bank import limits_for, made_up
from asterism.strategy.allocation import Candidates, LimitFamily, recount
from asterism.strategy.allocation.exact import constraints
from asterism.strategy.allocation.market import Market, lay_out

Array = NDArray[np.float64]


@njit(cache=True)
def _take(order, owner, market, maximum, chosen):  # type: ignore[no-untyped-def]
    """Take rows in order, each if its customer, its offer and all maxima have room."""
    used, taken = np.zeros(len(maximum)), np.zeros(len(market.slots), np.int64)
    for row in order:
        who, what = owner[row], market.action[row]
        if market.score[row] <= 0 or taken[who] >= market.slots[who]:
            continue
        fits = True
        for other in range(market.first[who], market.first[who + 1]):
            if chosen[other] and market.group[market.action[other]] == market.group[what]:
                fits = False
        for use in range(market.use_first[what], market.use_first[what + 1]):
            limit = market.use_limit[use]
            fits = fits and used[limit] + market.use_amount[use] <= maximum[limit]
        for number in range(len(market.offsets)):
            amount = market.keyed_use[number, what]
            limit = market.offsets[number] + market.keys[number, who]
            fits = fits and (amount == 0 or used[limit] + amount <= maximum[limit])
        if not fits:
            continue
        chosen[row] = True
        taken[who] += 1
        for use in range(market.use_first[what], market.use_first[what + 1]):
            used[market.use_limit[use]] += market.use_amount[use]
        for number in range(len(market.offsets)):
            limit = market.offsets[number] + market.keys[number, who]
            used[limit] += market.keyed_use[number, what]


def greedy(candidates: Candidates, limits: Sequence[LimitFamily]) -> dict[str, object]:
    """Return what two greedy rules reach; both ignore minima, so they solve an easier problem."""
    market, bounds = lay_out(candidates, limits)
    owner = candidates.owners(np.arange(len(candidates)))
    figures: dict[str, object] = {}
    for name, order in (
        ("sorted", np.argsort(-candidates.score, kind="stable")),
        ("arrival", np.lexsort((-candidates.score, owner))),
    ):
        chosen = _greedy(market, bounds.maximum, owner, order)
        over, short = recount(candidates, limits, chosen)
        figures[f"{name}_value"] = float(candidates.score[chosen].sum(dtype=np.float64))
        figures[f"{name}_violations"] = len(over)
        figures[f"{name}_minima_missed"] = len(short)
    return {"value": figures["sorted_value"], **figures}


def _greedy(
    market: Market, maximum: Array, owner: NDArray[np.int64], order: NDArray[np.int64]
) -> NDArray[np.bool_]:
    chosen = np.zeros(len(owner), np.bool_)
    _take(order, owner, market, maximum, chosen)
    return chosen


def highs(candidates: Candidates, limits: Sequence[LimitFamily]) -> dict[str, object]:
    """Return HiGHS's plan, within 0.01 % of the best or ten minutes."""
    matrix, low, high = constraints(candidates, limits)
    found = milp(
        -candidates.score.astype(np.float64),
        integrality=np.ones(len(candidates)),
        bounds=Bounds(0, 1),
        constraints=LinearConstraint(matrix, low, high),
        options={"mip_rel_gap": 1e-4, "time_limit": 600},
    )
    value = None if found.fun is None else -float(found.fun)
    bound = None if found.mip_dual_bound is None else -float(found.mip_dual_bound)
    return {"value": value, "bound": bound, "status": str(found.message)}


def pdlp(candidates: Candidates, limits: Sequence[LimitFamily]) -> dict[str, object]:
    """Return the value of the linear relaxation by OR-tools PDLP, to a relative 1e-4."""
    from ortools.pdlp import solvers_pb2  # noqa: PLC0415 - optional
    from ortools.pdlp.python import pdlp as solver  # noqa: PLC0415

    matrix, low, high = constraints(candidates, limits)
    program = solver.QuadraticProgram()
    program.resize_and_initialize(len(candidates), len(low))
    program.objective_vector = -candidates.score.astype(np.float64)
    program.constraint_matrix = matrix.tocsc()
    program.constraint_lower_bounds, program.constraint_upper_bounds = low, high
    program.variable_lower_bounds = np.zeros(len(candidates))
    program.variable_upper_bounds = np.ones(len(candidates))
    settings = solvers_pb2.PrimalDualHybridGradientParams()
    settings.termination_criteria.simple_optimality_criteria.eps_optimal_relative = 1e-4
    settings.termination_criteria.simple_optimality_criteria.eps_optimal_absolute = 1e-4
    settings.termination_criteria.time_sec_limit = 900
    found = solver.primal_dual_hybrid_gradient(program, settings)
    x = np.asarray(found.primal_solution)
    used = matrix @ x
    return {
        "value": float(candidates.score.astype(np.float64) @ x),
        "iterations": int(found.solve_log.iteration_count),
        "fractional": int(np.count_nonzero((x > 1e-4) & (x < 1 - 1e-4))),
        "worst_violation": float(np.maximum(used - high, low - used).max()),
        "reason": int(found.solve_log.termination_reason),
    }


RIVALS: dict[str, Callable[[Candidates, Sequence[LimitFamily]], dict[str, object]]] = {
    "greedy": greedy,
    "highs": highs,
    "pdlp": pdlp,
}


def main() -> None:
    """Solve and print."""
    rival, customers, actions, tightness, seed = sys.argv[1:]
    size = (int(customers), int(actions))
    if rival == "greedy":
        greedy(made_up(2, size[1], 1), limits_for(2, size[1], 1.0, 1))
    candidates = made_up(*size, int(seed))
    limits = limits_for(*size, float(tightness), int(seed))
    wall, cpu = time.perf_counter(), time.process_time()
    try:
        figures = RIVALS[rival](candidates, limits)
    except ModuleNotFoundError as error:
        sys.exit(f"{rival} is not here ({error.name}): uv pip install ortools")
    figures["cpu_seconds"] = round(time.process_time() - cpu, 3)
    figures["wall_seconds"] = round(time.perf_counter() - wall, 3)
    sys.stdout.write(json.dumps(figures) + "\n")


if __name__ == "__main__":
    main()
