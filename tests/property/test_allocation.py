"""The plan against other readings of the same problem: all subsets, HiGHS, a separate count."""

from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from tests.unit.strategy.allocation.problems import best, drawn

from asterism.strategy.allocation import allocate, recount, usage
from asterism.strategy.allocation.allocating import EXACT_ROWS
from asterism.strategy.allocation.certificate import bound
from asterism.strategy.allocation.exact import solve_exactly
from asterism.strategy.allocation.market import lay_out

QUICK = settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))


@contextmanager
def without_the_exact_solver() -> Iterator[None]:
    """Let prices and repair do small problems too."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("asterism.strategy.allocation.allocating.EXACT_ROWS", 0)
        yield


@QUICK
@given(seed=st.integers(0, 10**6), groups=st.integers(1, 2))
def test_no_plan_is_worth_more_than_the_bound(seed: int, groups: int) -> None:
    problem, limits = drawn(seed, 4, 3, groups=groups)
    optimum = best(problem, limits)
    assume(optimum is not None)
    assert optimum is not None
    for exact in (True, False):
        if exact:
            plan = allocate(problem, limits)
        else:
            with without_the_exact_solver():
                plan = allocate(problem, limits)
        assert plan.violations == ()
        assert plan.value <= plan.bound + 1e-9
        if not plan.unmet:
            assert plan.value <= optimum + 1e-9
            assert optimum <= plan.bound + 1e-9
        if exact:
            assert plan.value == pytest.approx(optimum)


@QUICK
@given(seed=st.integers(0, 10**6), scale=st.floats(0.0, 3.0))
def test_any_prices_whatever_give_a_bound(seed: int, scale: float) -> None:
    problem, limits = drawn(seed, 4, 3)
    optimum = best(problem, limits)
    assume(optimum is not None)
    assert optimum is not None
    market, bounds = lay_out(problem, limits)
    generator = np.random.default_rng(seed)
    prices = np.where(
        np.isfinite(bounds.maximum), generator.exponential(scale, len(bounds)), 0.0
    ) * np.where((bounds.minimum > 0) & (generator.random(len(bounds)) < 0.5), -1, 1)
    assert bound(market, bounds, prices, bounds.minimum) >= optimum - 1e-9


@QUICK
@given(
    seed=st.integers(0, 10**6),
    customers=st.integers(1, 60),
    actions=st.integers(1, 9),
    groups=st.integers(1, 2),
)
def test_prices_and_repair_come_near_to_highs(
    seed: int, customers: int, actions: int, groups: int
) -> None:
    problem, limits = drawn(seed, customers, actions, most_slots=3, groups=groups)
    with without_the_exact_solver():
        plan = allocate(problem, limits)
    exact = solve_exactly(problem, limits)
    assert plan.violations == ()
    assert exact is not None
    if not exact.gave_up and not plan.unmet:
        best_value = float(problem.score[exact.chosen].sum())
        assert plan.value <= best_value + 1e-6
        assert plan.bound >= best_value - 1e-6
        assert plan.value >= best_value - 4 * np.abs(problem.score).max()


@QUICK
@given(seed=st.integers(0, 10**6), customers=st.sampled_from([63, 65, 201]))
def test_the_recount_sees_every_planted_violation(seed: int, customers: int) -> None:
    problem, limits = drawn(seed, customers, 8)
    plan = allocate(problem, limits)
    assert recount(problem, limits, plan.chosen)[0] == ()
    spare = {
        family.name: family.maximum - used
        for family, used in zip(limits, usage(problem, limits, plan.chosen), strict=True)
    }
    for row in np.flatnonzero(~plan.chosen)[:40]:
        planted = plan.chosen.copy()
        planted[row] = True
        who = int(problem.owners(np.array([row]))[0])
        rows = slice(problem.first[who], problem.first[who + 1])
        mine = problem.action[rows][planted[rows]]
        doubled = any(len(set(g[mine])) < len(mine) for g in problem.alike)
        too_many = len(mine) > problem.slots[who]
        broken = set()
        for family in limits:
            key = 0 if family.key is None else int(family.key[who])
            if key >= 0 and family.use[problem.action[row]] > spare[family.name][key] + 1e-9:
                broken.add(family.name)
        found = {breach.limit for breach in recount(problem, limits, planted)[0]}
        assert found == broken | ({"slots"} if too_many else set()) | (
            {"alike"} if doubled else set()
        )


def test_the_exact_solver_is_for_small_problems_only() -> None:
    problem, limits = drawn(1, 2_000, 10)
    assert len(problem) > EXACT_ROWS
    plan = allocate(problem, limits)
    assert plan.violations == ()
    assert plan.gap < 0.005
