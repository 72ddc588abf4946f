"""Many effects at once: what is claimed of some is corrected for all that were looked at."""

from datetime import date

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from asterism.review.cells import Cell, State
from asterism.review.goal import Goal
from asterism.review.many import discoveries, parts_of
from asterism.review.ratio import ratios, sample_ratio
from asterism.review.sequence import (
    ALPHA,
    Difference,
    difference,
    growing_evidence,
    growing_radius,
)
from asterism.review.store import Reviewed
from asterism.review.sums import EffectSums

GOAL = Goal(strategy="s", version=1, metric="login", family=None, outcome_days=7, holdout_share=0.5)
DAYS, EXPERIMENTS = 30, 1_000


def reviewed(rates: dict[str, tuple[float, float]], n: int = 4_000, **state: State) -> Reviewed:
    """Return a review with the given rates of touched and held out by tier."""
    cells = [
        Cell(
            cut="tier",
            value=value,
            arm=arm,
            state=state.get(value, State.SETTLED),
            sums=EffectSums(n=n, y=rate * n, yy=rate * n),
        )
        for value, pair in rates.items()
        for arm, rate in zip(("touch", "holdout"), pair, strict=True)
    ]
    day = date(2026, 3, 1)
    return Reviewed(goal=GOAL, through=day, first_assigned_on=day, cells=tuple(cells))


def test_the_largest_set_is_taken_whose_least_evidence_suffices_for_its_size() -> None:
    assert discoveries([0.0, 1.0, 19.0]).tolist() == [False, False, False]
    assert discoveries([25.0]).tolist() == [True]
    # Five at α = 5 %: one alone needs 100, two need 50 each.
    assert discoveries([50.0, 99.0, 0, 0, 0]).tolist() == [True, True, False, False, False]
    assert discoveries([49.0, 99.0, 0, 0, 0]).tolist() == [False] * 5
    assert discoveries([]).tolist() == []


@given(st.lists(st.floats(0, 1e9), max_size=30))
def test_more_evidence_never_takes_a_discovery_away(evidence: list[float]) -> None:
    before = discoveries(evidence)
    after = discoveries([2 * one for one in evidence])
    assert (after | ~before).all()


@given(
    st.floats(-50, 50), st.floats(0.1, 20), st.integers(60, 10**7), st.sampled_from([0.05, 0.001])
)
def test_evidence_is_the_interval_turned_inside_out(
    point: float, error: float, n: int, alpha: float
) -> None:
    found = Difference(point=np.array(point), error=np.array(error), n=np.array(float(n)))
    excluded = abs(point) - growing_radius(found, alpha)
    if abs(excluded) > 1e-9 * max(abs(point), error):
        assert bool(excluded > 0) == bool(growing_evidence(found) > 1 / alpha)


def test_a_tier_that_answers_otherwise_stands_out_and_its_interval_says_so() -> None:
    parts = parts_of(
        reviewed({"basic": (0.2, 0.2), "gold": (0.4, 0.2), "none": (0.2, 0.2)}), "tier"
    )
    assert [part.value for part in parts if part.differs] == ["basic", "gold", "none"]
    gold = next(part for part in parts if part.value == "gold")
    assert gold.effect.low > 0
    assert gold.excess == pytest.approx(0.2)


def test_alike_tiers_do_not_differ_and_their_intervals_are_wider_than_one_alone() -> None:
    several = parts_of(reviewed(dict.fromkeys("abcdef", (0.25, 0.2))), "tier")
    alone = parts_of(reviewed({"a": (0.25, 0.2)}), "tier")
    assert not any(part.differs for part in several)
    width, single = (parts[0].effect.high - parts[0].effect.low for parts in (several, alone))
    assert width > 1.1 * single


def test_windows_still_open_say_nothing_about_who_differs() -> None:
    rates = {"basic": (0.2, 0.2), "gold": (0.4, 0.2)}
    open_ones = reviewed(rates, basic=State.OPEN, gold=State.OPEN)
    assert parts_of(open_ones, "tier") == ()
    assert parts_of(reviewed(rates), "channel") == ()


def test_daily_looks_at_many_tiers_without_difference_claim_one_in_five_percent_at_most() -> None:
    rng = np.random.default_rng(4)
    tiers = 6
    sums = np.zeros((2, EXPERIMENTS, tiers, 6))
    fooled = np.zeros(EXPERIMENTS, dtype=bool)
    for _ in range(DAYS):
        for arm, share in enumerate((0.8, 0.2)):
            n = rng.poisson(40 * share, (EXPERIMENTS, tiers))
            did = rng.binomial(n, 0.1)
            sums[arm] += np.stack([n, did, did, 0 * n, 0 * n, 0 * n], axis=-1)
        whole = sums.sum(axis=2, keepdims=True)
        inside = difference(sums[0], sums[1])
        outside = difference(whole[0] - sums[0], whole[1] - sums[1])
        evidence = growing_evidence(
            Difference(
                point=inside.point - outside.point,
                error=np.hypot(inside.error, outside.error),
                n=inside.n + outside.n,
            )
        )
        fooled |= [bool(discoveries(row).any()) for row in evidence]
    assert fooled.mean() <= ALPHA


def test_daily_looks_at_sound_draws_call_them_uneven_no_more_often_than_promised() -> None:
    rng = np.random.default_rng(9)
    held, n = np.zeros(4_000), np.zeros(4_000)
    fooled = np.zeros(4_000, dtype=bool)
    for _ in range(200):
        new = rng.poisson(30, 4_000)
        n += new
        held += rng.binomial(new, 0.1)
        fooled |= ratios(n - held, held, 0.1) < ALPHA
    assert fooled.mean() <= ALPHA


def test_a_disturbed_draw_is_found_before_long() -> None:
    rng = np.random.default_rng(3)
    held = rng.binomial(3_000, 0.07, 200)
    assert np.mean(ratios(3_000 - held, held, 0.1) < 0.001) > 0.9
    assert sample_ratio(0, 0, 0.1) is None
