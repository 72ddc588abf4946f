"""An effect is the difference between touched and control, with what it is worth."""

from math import inf, isnan

import numpy as np
import pytest

from asterism.review.effect import Economics, Range, measure
from asterism.review.ratio import sample_ratio
from asterism.review.sequence import (
    EQUAL_LOOKS,
    FEWEST_IN_ARM,
    difference,
    growing_radius,
    running_radius,
)
from asterism.review.sums import EffectSums, stack, total


def sums(seed: int, n: int, lift: float = 0.0) -> EffectSums:
    rng = np.random.default_rng(seed)
    before = rng.normal(100, 20, n)
    return EffectSums.of(before * 0.8 + rng.normal(0, 10, n) + lift, before)


def test_the_point_is_the_difference_of_means_when_nothing_was_known_before() -> None:
    touch, control = EffectSums.of([1] * 30 + [0] * 70), EffectSums.of([1] * 20 + [0] * 80)
    effect = measure(touch, control)
    assert effect.point == pytest.approx(0.10)
    assert effect.low < 0.10 < effect.high
    assert (effect.n_touch, effect.n_control) == (100, 100)
    assert effect.relative is not None
    assert effect.relative.point == pytest.approx(0.5)


def test_what_was_known_before_makes_the_interval_narrower() -> None:
    with_covariate = measure(sums(1, 2_000, 3.0), sums(2, 2_000))
    rng = np.random.default_rng(1)
    before = rng.normal(100, 20, 2_000)
    plain = EffectSums.of(before * 0.8 + rng.normal(0, 10, 2_000) + 3.0)
    without = measure(plain, EffectSums(n=2_000, y=sums(2, 2_000).y, yy=sums(2, 2_000).yy))
    assert with_covariate.high - with_covariate.low < 0.7 * (without.high - without.low)
    assert with_covariate.low < 3.0 < with_covariate.high


def test_the_adjustment_is_the_pooled_regression_within_arms() -> None:
    rng = np.random.default_rng(5)
    x1, x0 = rng.normal(1, 1, 400), rng.normal(0, 1, 300)
    y1, y0 = 2 * x1 + rng.normal(0, 1, 400), 2 * x0 + rng.normal(0, 1, 300)
    inside = [np.cov(x, y, bias=True) * x.size for x, y in ((x1, y1), (x0, y0))]
    slope = sum(c[0, 1] for c in inside) / sum(c[0, 0] for c in inside)
    expected = (y1.mean() - y0.mean()) - slope * (x1.mean() - x0.mean())
    assert measure(EffectSums.of(y1, x1), EffectSums.of(y0, x0)).point == pytest.approx(expected)


def test_too_few_in_an_arm_give_no_interval() -> None:
    effect = measure(sums(1, 1_000), sums(2, FEWEST_IN_ARM - 1))
    assert not effect.known
    assert (effect.low, effect.high) == (-inf, inf)
    assert effect.to_json()["low"] is None


def test_an_empty_arm_has_no_point_either() -> None:
    effect = measure(sums(1, 1_000), EffectSums())
    assert isnan(effect.point)
    assert effect.to_json()["point"] is None
    assert effect.relative is None


def test_where_nothing_happened_at_all_nothing_is_claimed() -> None:
    effect = measure(EffectSums.of([0] * 500), EffectSums.of([0] * 500))
    assert not effect.known


def test_value_and_profit_carry_the_interval_and_the_cost() -> None:
    effect = measure(
        sums(1, 1_000, 10.0),
        sums(2, 1_000),
        economics=Economics(cost_minor=5_000, value_per_unit=2.0),
    )
    value, profit = effect.incremental_value, effect.incremental_profit
    assert value.point == pytest.approx(effect.point * 1_000 * 2)
    assert value.low == pytest.approx(effect.low * 1_000 * 2)
    assert (profit.low, profit.high) == (value.low - 5_000, value.high - 5_000)


def test_a_range_times_a_negative_factor_keeps_its_ends_in_order() -> None:
    assert Range(point=1, low=0, high=3).times(-2) == Range(point=-2, low=-6, high=0)


def test_looking_later_spends_less_of_alpha_while_outcomes_come_in() -> None:
    found = difference(stack([sums(1, 500)])[0], stack([sums(2, 500)])[0])
    radii = [float(running_radius(found, look)) for look in (1, EQUAL_LOOKS, 61, 200)]
    assert radii[0] == radii[1] <= radii[2] < radii[3]
    with pytest.raises(ValueError, match="counted from 1"):
        running_radius(found, 0)


def test_all_looks_together_spend_no_more_than_alpha() -> None:
    first = 0.025
    later = sum(0.025 * EQUAL_LOOKS / (look * (look - 1)) for look in range(61, 200_000))
    assert first + later <= 0.05


def test_the_sequence_is_tightest_near_the_size_it_is_tuned_for() -> None:
    sizes = np.array([50.0, 500, 5_000, 50_000, 5_000_000])
    found = difference(stack([sums(1, 500)])[0], stack([sums(2, 500)])[0])
    factors = [float(growing_radius(found._replace(n=np.asarray(n))) / found.error) for n in sizes]
    assert min(factors) == factors[2]
    assert factors[2] == pytest.approx(3.04, abs=0.01)


def test_a_split_as_drawn_is_likely_and_a_skewed_one_is_not() -> None:
    likely, skewed = sample_ratio(9_010, 990, 0.1), sample_ratio(9_300, 700, 0.1)
    assert likely is not None
    assert likely > 0.5
    assert skewed is not None
    assert skewed < 1e-9
    assert measure(sums(1, 100), sums(2, 100), ratio_p=skewed).uneven


def test_there_is_no_ratio_to_test_without_a_holdout() -> None:
    assert sample_ratio(1_000, 0, 0.0) is None
    assert sample_ratio(0, 0, 0.1) is None


def test_sums_of_parts_are_the_sums_of_the_whole() -> None:
    y, x = np.arange(10.0), np.arange(10.0) ** 2
    assert total([EffectSums.of(y[:3], x[:3]), EffectSums.of(y[3:], x[3:])]) == EffectSums.of(y, x)
