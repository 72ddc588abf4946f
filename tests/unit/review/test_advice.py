"""Advice follows from the interval and the cost."""

from dataclasses import replace
from math import inf
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from asterism.kernel.words import LOCALES
from asterism.review.advice import ACTION_TITLES, Action, advise
from asterism.review.effect import SUSPICIOUS_RATIO, Economics, Effect, Range, measure
from asterism.review.sums import EffectSums


def effect(
    touched: int, held: int, *, n: int = 10_000, cost: int = 0, worth: float = 1.0
) -> Effect:
    """Return the effect of `touched` and `held` of `n` customers in each arm doing it."""
    one, two = (EffectSums(n=n, y=count, yy=count) for count in (touched, held))
    return measure(one, two, economics=Economics(cost_minor=cost, value_per_unit=worth))


CASES = {
    "pays": (effect(2_000, 1_000, worth=100), Action.WIDEN),
    "works_dearly": (effect(2_000, 1_000, worth=100, cost=90_000), Action.CHANGE),
    "never_pays": (effect(2_000, 1_000, cost=900_000), Action.STOP),
    "harmful": (effect(1_000, 2_000), Action.STOP),
    "open": (effect(1_010, 1_000), Action.KEEP),
    "negligible": (effect(500_000, 500_000, n=1_000_000), Action.CHANGE),
    "too_few": (effect(5, 5, n=20), Action.KEEP),
    "uneven": (replace(effect(2_000, 1_000, worth=100), ratio_p=1e-6), Action.CHANGE),
}


@pytest.mark.parametrize("code", CASES)
def test_the_first_rule_that_applies_decides(code: str) -> None:
    measured, action = CASES[code]
    advice = advise(measured)
    assert (advice.code, advice.action) == (code, action)


@pytest.mark.parametrize("locale", LOCALES)
@pytest.mark.parametrize("code", CASES)
def test_every_reason_reads_in_every_language(code: str, locale: str) -> None:
    sentence = advise(CASES[code][0]).in_locale(locale)
    assert sentence
    assert "{" not in sentence
    assert ACTION_TITLES[advise(CASES[code][0]).action].in_locale(locale)


def test_a_small_effect_in_windows_still_open_is_not_called_negligible() -> None:
    running = replace(CASES["negligible"][0], complete=False)
    assert advise(running).code == "open"


def ranged(low: float, high: float, profit: tuple[float, float], **other: Any) -> Effect:
    """Return an effect with these ends of its interval and of its profit's."""
    base = CASES["open"][0]
    middle = (low + high) / 2
    one = Range(point=middle, low=low, high=high)
    money = Range(point=sum(profit) / 2, low=profit[0], high=profit[1])
    return replace(base, per_customer=one, incremental_profit=money, relative=None, **other)


@pytest.mark.parametrize(
    ("effect", "code"),
    [
        # An interval that touches zero has not left it.
        (ranged(0.0, 0.2, (1.0, 9.0)), "open"),
        (ranged(1e-12, 0.2, (1.0, 9.0)), "pays"),
        (ranged(-0.2, 0.0, (-9.0, 1.0)), "open"),
        (ranged(-0.2, -1e-12, (-9.0, -1.0)), "harmful"),
        # A profit of exactly nothing at an end decides nothing.
        (ranged(0.1, 0.2, (0.0, 9.0)), "works_dearly"),
        (ranged(0.1, 0.2, (1e-9, 9.0)), "pays"),
        (ranged(0.1, 0.2, (-9.0, 0.0)), "works_dearly"),
        (ranged(0.1, 0.2, (-9.0, -1e-9)), "never_pays"),
        # Harm is said before cost.
        (ranged(-0.2, -0.1, (-9.0, -5.0)), "harmful"),
        # The arms come before everything, from the limit on.
        (ranged(0.1, 0.2, (1.0, 9.0), ratio_p=SUSPICIOUS_RATIO), "pays"),
        (ranged(0.1, 0.2, (1.0, 9.0), ratio_p=SUSPICIOUS_RATIO * 0.999), "uneven"),
        (ranged(-inf, inf, (-inf, inf), ratio_p=1e-9), "uneven"),
        (ranged(-inf, inf, (-inf, inf)), "too_few"),
    ],
)
def test_borders_belong_to_the_undecided_side(effect: Effect, code: str) -> None:
    assert advise(effect).code == code


@pytest.mark.parametrize(("share", "code"), [(0.049, "negligible"), (0.05, "open")])
def test_next_to_nothing_is_less_than_a_twentieth_of_the_controls_mean(
    share: float, code: str
) -> None:
    effect = replace(
        ranged(-0.01, 0.01, (-1.0, 1.0)),
        relative=Range(point=0.0, low=-share, high=share),
        complete=True,
    )
    assert advise(effect).code == code


@given(
    st.tuples(st.floats(-1, 1), st.floats(-1, 1)).map(sorted),
    st.tuples(st.floats(-1e6, 1e6), st.floats(-1e6, 1e6)).map(sorted),
)
def test_a_strategy_is_widened_only_where_both_intervals_are_above_zero(
    ends: list[float], profit: list[float]
) -> None:
    effect = ranged(ends[0], ends[1], (profit[0], profit[1]))
    action = advise(effect).action
    assert (action is Action.WIDEN) == (ends[0] > 0 and profit[0] > 0)
    if action is Action.STOP:
        assert ends[1] < 0 or profit[1] < 0
