"""Advice follows from the interval and the cost."""

from dataclasses import replace

import pytest

from asterism.kernel.words import LOCALES
from asterism.review.advice import ACTION_TITLES, Action, advise
from asterism.review.effect import Economics, Effect, measure
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
