from collections.abc import Collection, Sequence
from itertools import product

import numpy as np
import pytest
from numpy.typing import ArrayLike

from asterism.kernel.errors import InvalidInputError
from asterism.strategy.allocate import allocate, recount
from asterism.strategy.candidates import UNLIMITED, Candidates, LimitFamily

Numbers = ArrayLike


def candidates(
    rows: Sequence[tuple[int, int, float]],
    *,
    slots: Sequence[int] = (1,),
    alike: Sequence[Sequence[int]] | None = None,
    control: Collection[int] = (),
) -> Candidates:
    """Rows of (customer, action, value)."""
    customer, action, value = (np.array(column) for column in zip(*rows, strict=True))
    actions = int(action.max()) + 1
    return Candidates(
        customer=customer.astype(np.int64),
        action=action.astype(np.int32),
        value=value.astype(np.float64),
        score=value.astype(np.float64),
        turn=np.zeros(len(rows), np.uint32),
        control=np.array([row in control for row in range(len(rows))]),
        slots=np.broadcast_to(np.array(slots, np.int32), int(customer.max()) + 1).copy(),
        alike=np.array([range(actions)] if alike is None else alike, np.int32),
    )


def limit(
    name: str, use: Numbers, maximum: Numbers, minimum: Numbers = 0.0, key: Numbers | None = None
) -> LimitFamily:
    return LimitFamily(
        name=name,
        use=np.array(use, float),
        maximum=np.atleast_1d(np.array(maximum, float)),
        minimum=np.atleast_1d(np.array(minimum, float)),
        key=None if key is None else np.array(key, np.int32),
    )


def test_the_dearest_come_first_and_nobody_gets_more_than_their_slots() -> None:
    plan = allocate(candidates([(0, 0, 5), (0, 1, 9), (1, 0, 3)]), [])
    assert plan.chosen.tolist() == [False, True, True]
    assert (plan.value, plan.bound, plan.gap) == (12, 12, 0)


def test_a_full_limit_turns_the_rest_away_and_says_what_one_more_would_be_worth() -> None:
    rows = candidates([(0, 0, 5), (1, 0, 9), (2, 0, 3)])
    plan = allocate(rows, [limit("channel:call", [1], 1)])
    assert plan.chosen.tolist() == [False, True, False]
    assert [(price.limit, price.value_minor) for price in plan.prices] == [("channel:call", 5)]
    assert plan.bound >= plan.value
    assert plan.gap < 0.01


def test_every_branch_has_its_own_room() -> None:
    rows = candidates([(0, 0, 5), (1, 0, 9), (2, 0, 3), (3, 0, 1)])
    plan = allocate(rows, [limit("branch", [1], [1, 1], [0, 0], key=[0, 0, 1, -1])])
    assert plan.chosen.tolist() == [False, True, True, True]


def test_alike_actions_exclude_one_another() -> None:
    rows = candidates([(0, 0, 5), (0, 1, 4), (0, 2, 3)], slots=(3,), alike=[[0, 0, 1]])
    assert allocate(rows, []).chosen.tolist() == [True, False, True]


def test_controls_take_their_customers_slot_but_no_capacity() -> None:
    rows = candidates([(0, 0, 9), (0, 1, 8), (1, 0, 5), (2, 0, 1)], control={0})
    plan = allocate(rows, [limit("channel:call", [1, 0], 1)])
    assert plan.chosen.tolist() == [True, False, True, False]
    assert plan.value == 5
    assert plan.bound == pytest.approx(5, rel=0.01)


def test_controls_too_are_refused_once_the_room_is_gone() -> None:
    rows = candidates([(0, 0, 9), (1, 0, 5), (2, 0, 1)], control={1})
    plan = allocate(rows, [limit("channel:call", [1], 1)])
    assert plan.chosen.tolist() == [True, False, False]


def test_minima_are_filled_before_dearer_rows_and_told_when_out_of_reach() -> None:
    rows = candidates([(0, 0, 9), (0, 1, 1), (1, 0, 8), (1, 1, 2)])
    plan = allocate(rows, [limit("quota:fund", [0, 1], UNLIMITED, 1)])
    assert plan.chosen.tolist() == [True, False, False, True]
    assert plan.unmet == ()
    (unmet,) = allocate(rows, [limit("quota:fund", [0, 1], UNLIMITED, 5)]).unmet
    assert (unmet.used, unmet.wanted) == (2, 5)


@pytest.mark.parametrize(
    ("maximum", "minimum", "use"), [(1, 2, 1), (-1, 0, 1), (1, 0, -1), (float("nan"), 0, 1)]
)
def test_contradictory_limits_are_refused(maximum: float, minimum: float, use: float) -> None:
    with pytest.raises(InvalidInputError):
        allocate(candidates([(0, 0, 1)]), [limit("x", [use], maximum, minimum)])


def test_a_value_that_is_no_number_is_refused() -> None:
    with pytest.raises(InvalidInputError):
        candidates([(0, 0, float("nan"))])


def test_the_recount_sees_what_a_plan_breaks() -> None:
    rows = candidates([(0, 0, 1), (0, 1, 1), (1, 0, 1)], alike=[[0, 0]])
    over, short = recount(rows, [limit("a", [1, 1], 2), limit("b", [1, 0], 9, 4)], np.ones(3, bool))
    assert {breach.limit for breach in over} == {"slots", "alike", "a"}
    assert [breach.limit for breach in short] == ["b"]


def best(rows: Candidates, limits: Sequence[LimitFamily]) -> float:
    """Return the optimum by trying everything; for a handful of rows."""
    found = 0.0
    for bits in product([False, True], repeat=len(rows)):
        chosen = np.array(bits)
        over, _ = recount(rows, limits, chosen)
        if not over:
            found = max(found, float(rows.value[chosen].sum()))
    return found


@pytest.mark.parametrize("seed", range(25))
def test_the_bound_holds_against_trying_everything(seed: int) -> None:
    generator = np.random.default_rng(seed)
    pairs = [(who, what) for who in range(5) for what in range(2)]
    rows = candidates(
        [(who, what, float(generator.integers(1, 30))) for who, what in pairs],
        slots=tuple(generator.integers(1, 3, 5)),
        alike=[generator.permutation(2).tolist()],
    )
    limits = [
        limit("budget", generator.integers(1, 5, 2), generator.integers(3, 12)),
        limit("branch", [1, 1], generator.integers(0, 3, 2), [0, 0], generator.integers(-1, 2, 5)),
    ]
    plan = allocate(rows, limits)
    optimum = best(rows, limits)
    assert plan.violations == ()
    assert plan.value <= optimum + 1e-9
    assert optimum <= plan.bound + 1e-9
    assert plan.value >= optimum / 3


def test_no_rows_make_an_empty_plan() -> None:
    rows = candidates([(0, 0, 1)])
    none = Candidates(
        customer=rows.customer[:0],
        action=rows.action[:0],
        value=rows.value[:0],
        score=rows.score[:0],
        turn=rows.turn[:0],
        control=rows.control[:0],
        slots=rows.slots,
        alike=np.zeros((2, 0), np.int32),
    )
    plan = allocate(none, [])
    assert (plan.value, plan.bound, plan.gap) == (0, 0, 0)
