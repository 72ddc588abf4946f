import numpy as np
import pytest
from tests.unit.strategy.allocation.problems import best, candidates, drawn, limit

from asterism.kernel.errors import InvalidInputError
from asterism.strategy.allocation import UNLIMITED, Candidates, LimitFamily, allocate, refusals
from asterism.strategy.allocation.problem import ALIKE, CHOSEN, NO_SLOT


def test_the_dearest_come_first_and_nobody_gets_more_than_their_slots() -> None:
    plan = allocate(candidates([(0, 0, 5), (0, 1, 9), (1, 0, 3)]), [])
    assert plan.chosen.tolist() == [False, True, True]
    assert (plan.value, plan.bound, plan.gap) == (12, 12, 0)


def test_a_full_limit_turns_the_rest_away_and_says_what_one_more_would_be_worth() -> None:
    rows = candidates([(0, 0, 5), (1, 0, 9), (2, 0, 3)])
    plan = allocate(rows, [limit("channel:call", [1], 1)])
    assert plan.chosen.tolist() == [False, True, False]
    (price,) = plan.prices
    assert (price.limit, price.used, price.limited_to) == ("channel:call", 1, 1)
    assert price.value_minor == pytest.approx(5)
    assert plan.bound >= plan.value
    assert plan.gap < 0.01


def test_a_limit_that_leaves_room_costs_nothing() -> None:
    rows = candidates([(0, 0, 5), (1, 0, 9)])
    assert allocate(rows, [limit("channel:call", [1], 3)]).prices == ()


def test_a_limit_that_lets_nothing_through_still_says_what_it_is_worth() -> None:
    rows = candidates([(0, 0, 5), (0, 1, 4), (1, 0, 9)])
    plan = allocate(rows, [limit("channel:call", [1, 0], 0)])
    assert plan.chosen.tolist() == [False, True, False]
    assert plan.prices[0].value_minor == pytest.approx(9)
    assert plan.gap == 0


def test_every_branch_has_its_own_room() -> None:
    rows = candidates([(0, 0, 5), (1, 0, 9), (2, 0, 3), (3, 0, 1)])
    plan = allocate(rows, [limit("branch", [1], [1, 1], [0, 0], key=[0, 0, 1, -1])])
    assert plan.chosen.tolist() == [False, True, True, True]


def test_alike_actions_exclude_one_another() -> None:
    rows = candidates([(0, 0, 5), (0, 1, 4), (0, 2, 3)], slots=(3,), alike=[[0, 0, 1]])
    assert allocate(rows, []).chosen.tolist() == [True, False, True]


def test_two_rows_by_one_channel_are_never_the_best_set() -> None:
    rows = candidates([(0, 0, 9), (0, 1, 8), (0, 2, 2)], slots=(2,), alike=[[0, 1, 2], [0, 0, 1]])
    for control in ((), {2}):
        held = candidates(
            [(0, 0, 9), (0, 1, 8), (0, 2, 2)],
            slots=(2,),
            alike=[[0, 1, 2], [0, 0, 1]],
            control=control,
        )
        assert allocate(held, []).chosen.tolist() == [True, False, True]
    assert allocate(rows, []).value == 11


def test_controls_take_their_customers_slot_but_no_capacity() -> None:
    rows = candidates([(0, 0, 9), (0, 1, 3), (1, 0, 5), (2, 0, 1)], control={0})
    plan = allocate(rows, [limit("channel:call", [1, 0], 1)])
    assert plan.chosen.tolist() == [True, False, True, False]
    assert plan.value == 5
    assert plan.bound == pytest.approx(5, rel=0.01)


def test_controls_too_are_refused_once_the_room_is_gone() -> None:
    rows = candidates([(0, 0, 9), (1, 0, 5), (2, 0, 1)], control={1})
    plan = allocate(rows, [limit("channel:call", [1], 1)])
    assert plan.chosen.tolist() == [True, False, False]


def test_equals_are_told_apart_by_their_turn() -> None:
    rows = candidates([(who, 0, 5) for who in range(9)], control={8})
    turned = Candidates(
        first=rows.first,
        action=rows.action,
        score=rows.score,
        slots=rows.slots,
        alike=rows.alike,
        control=rows.control,
        turn=np.array([8, 1, 7, 2, 6, 3, 5, 4, 0], np.uint32),
    )
    plan = allocate(turned, [limit("channel:call", [1], 2)])
    real = plan.chosen[:8]
    assert real.sum() == 2
    assert np.flatnonzero(real).tolist() == [1, 3]


def test_minima_are_filled_before_dearer_rows_and_told_when_out_of_reach() -> None:
    rows = candidates([(0, 0, 9), (0, 1, 1), (1, 0, 8), (1, 1, 2)])
    plan = allocate(rows, [limit("quota:fund", [0, 1], UNLIMITED, 1)])
    assert plan.chosen.tolist() == [True, False, False, True]
    assert plan.unmet == ()
    (unmet,) = allocate(rows, [limit("quota:fund", [0, 1], UNLIMITED, 5)]).unmet
    assert (unmet.used, unmet.wanted, unmet.attainable) == (2, 5, 2)


def test_a_minimum_is_kept_even_where_every_row_loses() -> None:
    rows = candidates([(who, 0, -1 - who) for who in range(4)])
    plan = allocate(rows, [limit("quota:fund", [1], 4, 2)])
    assert plan.chosen.tolist() == [True, True, False, False]
    assert (plan.value, plan.unmet) == (-3, ())


def test_rows_that_lose_are_left_out() -> None:
    plan = allocate(candidates([(0, 0, -5), (1, 0, -1)]), [limit("budget:b", [1], 9)])
    assert not plan.chosen.any()
    assert (plan.value, plan.bound, plan.gap) == (0, 0, 0)


def test_a_minimum_beyond_another_limit_is_missed_and_the_maximum_kept() -> None:
    rows = candidates([(who, 0, 5.0) for who in range(5)])
    limits = [limit("quota:fund", [1], UNLIMITED, 4), limit("channel:call", [1], 2)]
    plan = allocate(rows, limits)
    assert plan.violations == ()
    (unmet,) = plan.unmet
    assert (unmet.used, unmet.wanted, unmet.attainable) == (2, 4, 5)


@pytest.mark.parametrize(
    ("maximum", "minimum", "use"),
    [(1, 2, 1), (-1, 0, 1), (1, -1, 1), (1, 0, -1), (float("nan"), 0, 1), (1, 0, float("inf"))],
)
def test_contradictory_limits_are_refused(maximum: float, minimum: float, use: float) -> None:
    with pytest.raises(InvalidInputError):
        allocate(candidates([(0, 0, 1)]), [limit("x", [use], maximum, minimum)])


@pytest.mark.parametrize("score", [float("nan"), float("inf"), -float("inf")])
def test_a_value_that_is_no_number_is_refused(score: float) -> None:
    with pytest.raises(InvalidInputError):
        allocate(candidates([(0, 0, score), (1, 0, 1)]), [])


def test_everything_wrong_is_told_at_once() -> None:
    limits: list[LimitFamily] = [
        limit("a", [1, 1], -1),
        limit("b", [-1], [1, 2], [0, 0], key=[0, 7]),
        limit("b", [1], 1, 2),
    ]
    with pytest.raises(InvalidInputError) as caught:
        allocate(candidates([(0, 0, float("nan")), (1, 0, 1)]), limits)
    assert len(caught.value.problems) == 7


def test_a_refusal_names_the_limit_that_stood_against_it() -> None:
    rows = candidates(
        [(0, 0, 9), (1, 0, 5), (2, 0, 4), (2, 1, 2), (3, 2, 1), (3, 3, 7)],
        alike=[[0, 1, 2, 3]],
    )
    limits = [limit("budget:bank", [1, 0, 0, 0], 9), limit("channel:call", [1, 0, 0, 0], 1)]
    plan = allocate(rows, limits)
    assert refusals(rows, limits, plan).tolist() == [CHOSEN, 1, 1, CHOSEN, NO_SLOT, CHOSEN]


def test_a_refusal_by_a_like_row_says_so() -> None:
    rows = candidates([(0, 0, 5), (0, 1, 4), (0, 2, 3)], slots=(3,), alike=[[0, 0, 1]])
    assert refusals(rows, [], allocate(rows, [])).tolist() == [CHOSEN, ALIKE, CHOSEN]


def test_no_rows_make_an_empty_plan() -> None:
    none = Candidates(
        first=np.zeros(4, np.int64),
        action=np.zeros(0, np.int32),
        score=np.zeros(0),
        slots=np.ones(3, np.int32),
        alike=np.zeros((2, 0), np.int32),
    )
    plan = allocate(none, [])
    assert (plan.value, plan.bound, plan.gap) == (0, 0, 0)


def test_prices_of_the_day_before_lead_to_the_same_plan() -> None:
    problem, limits = drawn(5, 400, 12, most_slots=3)
    cold = allocate(problem, limits)
    warm = allocate(problem, limits, warm=cold.duals)
    assert warm.violations == ()
    assert warm.value == pytest.approx(cold.value, rel=0.01)
    assert max(warm.gap, cold.gap) < 0.02


@pytest.mark.parametrize("groups", [1, 2])
def test_the_same_problem_has_the_same_plan(groups: int) -> None:
    problem, limits = drawn(6, 600, 12, most_slots=3, groups=groups)
    first, second = allocate(problem, limits), allocate(problem, limits)
    assert np.array_equal(first.chosen, second.chosen)
    assert [dual.tolist() for dual in first.duals] == [dual.tolist() for dual in second.duals]


@pytest.mark.parametrize("seed", range(6))
def test_small_problems_are_solved_exactly(seed: int) -> None:
    problem, limits = drawn(seed, 4, 3)
    optimum = best(problem, limits)
    plan = allocate(problem, limits)
    assert plan.violations == ()
    if optimum is not None:
        assert plan.value == pytest.approx(optimum)
        assert plan.unmet == ()
    else:
        assert plan.unmet
