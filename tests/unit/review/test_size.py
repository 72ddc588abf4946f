"""An experiment's size is such that the effect is found as often as was promised."""

from dataclasses import replace
from datetime import date, datetime, time, timedelta
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st
from ibis.backends.duckdb import Backend

from asterism.kernel.errors import InvalidInputError
from asterism.review.baseline import Baseline, baseline_of, read_baseline
from asterism.review.goal import Goal
from asterism.review.sequence import FEWEST_IN_ARM, difference, growing_radius
from asterism.review.size import (
    days_for,
    detectable,
    found_with,
    power_of,
    size_for,
)
from asterism.review.sums import EffectSums, stack

BASE = Baseline(mean=0.2, deviation=0.4, residual=0.4, customers=10_000, money=False)
GOAL = Goal(strategy="s", version=1, metric="login", family=None, outcome_days=7)


@given(
    st.floats(0.001, 1.0),
    st.sampled_from([0.05, 0.1, 0.3, 0.5]),
    st.sampled_from([0.5, 0.8, 0.95]),
)
def test_size_and_effect_are_each_others_inverse(
    effect: float, holdout: float, power: float
) -> None:
    planned = size_for(BASE, effect, holdout, power)
    assert detectable(BASE, planned.customers, holdout, power) <= effect * (1 + 1e-9)
    smaller = planned.customers - 1
    if smaller * min(holdout, 1 - holdout) >= FEWEST_IN_ARM:
        assert found_with(BASE, smaller, holdout, power).effect > effect * (1 - 1e-9)
    assert power_of(BASE, effect, planned.customers, holdout) >= power - 1e-9


@pytest.mark.parametrize("holdout", [0.1, 0.5])
def test_the_planned_experiment_finds_its_effect_as_often_as_promised(holdout: float) -> None:
    rng = np.random.default_rng(6)
    rate, effect = 0.2, 0.05
    planned = size_for(
        baseline_of(EffectSums.of([1] * 200 + [0] * 800), money=False), effect, holdout
    )
    found = 0
    for _ in range(400):
        held = rng.binomial(planned.customers, holdout)
        n = np.array([planned.customers - held, held])
        did = rng.binomial(n, [rate + effect, rate])
        arms = stack(
            [EffectSums(n=int(a), y=float(b), yy=float(b)) for a, b in zip(n, did, strict=True)]
        )
        one = difference(arms[0], arms[1])
        found += bool(one.point > growing_radius(one))
    assert found / 400 >= planned.power - 0.06


def test_what_the_time_before_explains_needs_no_customers() -> None:
    rng = np.random.default_rng(1)
    before = rng.normal(0, 1, 5_000)
    base = baseline_of(EffectSums.of(before + rng.normal(0, 1, 5_000), before), money=True)
    assert base.residual == pytest.approx(1.0, abs=0.05)
    assert base.deviation == pytest.approx(2**0.5, abs=0.05)
    unadjusted = replace(base, residual=base.deviation)
    ratio = size_for(base, 0.1, 0.2).customers / size_for(unadjusted, 0.1, 0.2).customers
    assert ratio == pytest.approx(0.5, abs=0.05)


def test_what_never_happened_is_taken_to_happen_to_three_in_all() -> None:
    base = baseline_of(EffectSums(n=300), money=False)
    assert base.deviation == pytest.approx((0.01 * 0.99) ** 0.5)
    with pytest.raises(InvalidInputError, match="no baseline"):
        size_for(baseline_of(EffectSums(n=300), money=True), 1.0, 0.1)


@pytest.mark.parametrize(
    ("effect", "holdout", "power"),
    [(0.0, 0.1, 0.8), (0.1, 0.0, 0.8), (0.1, 1.0, 2.0), (1e-9, 0.1, 0.8)],
)
def test_what_cannot_be_planned_is_refused(effect: float, holdout: float, power: float) -> None:
    with pytest.raises(InvalidInputError):
        size_for(BASE, effect, holdout, power)


def test_too_few_customers_are_refused_with_how_many_it_takes() -> None:
    with pytest.raises(InvalidInputError, match="30"):
        found_with(BASE, 100, 0.1)
    with pytest.raises(InvalidInputError, match="wider audience"):
        baseline_of(EffectSums(n=FEWEST_IN_ARM - 1), money=False)


def test_days_are_those_of_waiting_and_of_the_window() -> None:
    assert days_for(1_000, None, 14) == 15
    assert days_for(1_000, 100.0, 14) == 24
    assert days_for(1_001, 100.0, 14) == 25


def test_the_baseline_is_what_the_audience_did_in_the_last_window_that_is_over(
    connection: Backend, make_bank: Any
) -> None:
    as_of = date(2026, 3, 31)
    days = {"old": 8, "in": 7, "last": 0}
    bank = make_bank(
        as_of,
        events=[
            {
                "event_id": who,
                "customer_id": f"{who}{number}",
                "occurred_at": datetime.combine(as_of - timedelta(days=ago), time(9)),
                "name": "login",
            }
            for who, ago in days.items()
            for number in range(20)
        ],
    )
    ids = pa.array([f"{who}{number}" for who in days for number in range(40)])
    base = read_baseline(connection, bank, ids, GOAL, "UTC")
    assert base.customers == 120
    assert base.mean == pytest.approx(40 / 120)
