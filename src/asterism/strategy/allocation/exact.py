"""Small problems solved exactly as a mixed-integer programme by HiGHS, through SciPy.

With few customers the whole numbers matter: the best plan may lie well below what prices suggest.
Minima are elastic at a price that no row is worth, so that there is always an answer. This module
is imported when it is needed: SciPy's optimisers take longer to load than most commands to run.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import coo_array, csr_array, hstack, vstack

from asterism.strategy.allocation.problem import Candidates, LimitFamily

#: Branch-and-bound nodes after which the best plan so far is taken: a count, not a time, so that
#: the same problem has the same answer everywhere.
_NODES = 200
_OPTIMAL = 0


@dataclass(frozen=True, slots=True)
class Exact:
    """HiGHS's answer."""

    chosen: NDArray[np.bool_]
    #: No plan is worth more; the plan's own value where it is proved to be the best.
    bound: float
    #: Whether some minimum was given up.
    gave_up: bool


def solve_exactly(candidates: Candidates, limits: Sequence[LimitFamily]) -> Exact | None:
    """Return the best plan; None if HiGHS finds none within its nodes. Controls are not known."""
    own = _own_rows(candidates)
    rows, low, high = _limit_rows(candidates, limits)
    wanted = np.flatnonzero(low > 0)
    slack = coo_array(
        (np.ones(len(wanted)), (wanted, np.arange(len(wanted)))), shape=(len(low), len(wanted))
    )
    score = candidates.score.astype(np.float64)
    penalty = 20.0 * max(float(np.abs(score).max(initial=0.0)), 1e-9)
    elastic = csr_array((own[0].shape[0], len(wanted)))
    matrix = vstack([hstack([own[0], elastic]), hstack([rows, slack])], format="csr")
    size = len(score)
    found = milp(
        np.concatenate([-score, np.full(len(wanted), penalty)]),
        integrality=np.concatenate([np.ones(size), np.zeros(len(wanted))]),
        bounds=Bounds(0, np.concatenate([np.ones(size), np.full(len(wanted), np.inf)])),
        constraints=LinearConstraint(
            matrix,
            np.concatenate([np.full(len(own[1]), -np.inf), low]),
            np.concatenate([own[1], high]),
        ),
        options={"node_limit": _NODES, "mip_rel_gap": 1e-7},
    )
    if found.x is None:
        return None
    chosen = found.x[:size] > 0.5  # noqa: PLR2004 - HiGHS's integers are nearly so
    gave_up = bool((found.x[size:] > 1e-6).any())  # noqa: PLR2004
    value = float(score[chosen].sum())
    bound = value if found.status == _OPTIMAL or gave_up else -float(found.mip_dual_bound)
    return Exact(chosen=chosen, bound=max(bound, value), gave_up=gave_up)


def constraints(
    candidates: Candidates, limits: Sequence[LimitFamily]
) -> tuple[csr_array, NDArray[np.float64], NDArray[np.float64]]:
    """Return matrix, lower and upper sides of all that a plan keeps: customers' rows and limits."""
    own, most = _own_rows(candidates)
    rows, low, high = _limit_rows(candidates, limits)
    return (
        vstack([own, rows], format="csr"),
        np.concatenate([np.full(len(most), -np.inf), low]),
        np.concatenate([most, high]),
    )


def _own_rows(candidates: Candidates) -> tuple[csr_array, NDArray[np.float64]]:
    """Return what every customer keeps: slots, and one of each alike group."""
    size = len(candidates)
    who = candidates.owners(np.arange(size))
    blocks, most = [_incidence(who)], [np.maximum(candidates.slots[np.unique(who)], 0)]
    for group in candidates.alike:
        pairs = who * (int(group.max(initial=0)) + 1) + group[candidates.action]
        blocks.append(_incidence(pairs))
        most.append(np.ones(blocks[-1].shape[0], np.int32))
    return vstack(blocks, format="csr"), np.concatenate(most).astype(np.float64)


def _incidence(keys: NDArray[np.int64]) -> csr_array:
    distinct, place = np.unique(keys, return_inverse=True)
    return csr_array(
        (np.ones(len(keys)), (place, np.arange(len(keys)))), shape=(len(distinct), len(keys))
    )


def _limit_rows(
    candidates: Candidates, limits: Sequence[LimitFamily]
) -> tuple[csr_array, NDArray[np.float64], NDArray[np.float64]]:
    """Return one row for every limit."""
    size = len(candidates)
    who = candidates.owners(np.arange(size))
    blocks = [csr_array((0, size))]
    for family in limits:
        key = np.zeros(size, np.int64) if family.key is None else family.key[who].astype(np.int64)
        use = np.where(key >= 0, family.use[candidates.action], 0.0)
        at = np.flatnonzero(use)
        blocks.append(csr_array((use[at], (key[at], at)), shape=(len(family.maximum), size)))
    none = np.zeros(0)
    low = np.concatenate([none, *(np.where(f.least > 0, f.least, -np.inf) for f in limits)])
    return vstack(blocks, format="csr"), low, np.concatenate([none, *(f.maximum for f in limits)])
