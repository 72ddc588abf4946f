"""Whoever looks every day is not fooled: simulated experiments with a known truth."""

import os
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from asterism.review.effect import measure
from asterism.review.ratio import sample_ratio
from asterism.review.sequence import difference, growing_radius, running_radius
from asterism.review.sums import EffectSums, Floats, total

EXPERIMENTS = 2_000
DAYS = 40
#: α, the promise of every interval.
MOST_FALSE = 0.05
LEAST_COVERED = 0.95


def day_sums(y: Floats, x: Floats, chosen: np.ndarray) -> Floats:
    """Sums over the chosen of each row's customers, shape (experiments, 6)."""
    parts = [chosen.sum(axis=1)]
    parts += [(chosen * value).sum(axis=1) for value in (y, y * y, x, x * x, x * y)]
    return np.stack(parts, axis=-1).astype(np.float64)


def outcome(kind: str, rng: np.random.Generator, shape: tuple[int, int]) -> tuple[Floats, Floats]:
    """Draw outcomes and covariates of customers."""
    if kind == "rare":
        return (rng.random(shape) < 0.01).astype(np.float64), np.zeros(shape)
    if kind == "common":
        before = (rng.random(shape) < 0.3).astype(np.float64)
        return (rng.random(shape) < 0.1 + 0.4 * before).astype(np.float64), before
    before = rng.lognormal(8.0, 1.5, shape)
    return before * rng.lognormal(0.0, 0.5, shape) - before, before


@pytest.mark.parametrize("share", [0.1, 0.5])
@pytest.mark.parametrize("kind", ["rare", "common", "money"])
def test_daily_looks_at_growing_null_experiments_claim_falsely_in_at_most_five_percent(
    kind: str, share: float
) -> None:
    rng = np.random.default_rng([7, int(share * 10), len(kind)])
    touch, control = np.zeros((EXPERIMENTS, 6)), np.zeros((EXPERIMENTS, 6))
    fooled = np.zeros(EXPERIMENTS, dtype=bool)
    for _ in range(DAYS):
        y, x = outcome(kind, rng, (EXPERIMENTS, 60))
        held = rng.random(y.shape) < share
        touch += day_sums(y, x, ~held)
        control += day_sums(y, x, held)
        found = difference(touch, control)
        fooled |= np.abs(found.point) > growing_radius(found)
    assert fooled.mean() <= MOST_FALSE


@pytest.mark.parametrize("kind", ["first_time", "spending", "wandering"])
def test_daily_looks_while_outcomes_come_in_claim_falsely_in_at_most_five_percent(
    kind: str,
) -> None:
    rng = np.random.default_rng(11)
    shape = (EXPERIMENTS, 400)
    held = rng.random(shape) < 0.15
    y = np.zeros(shape)
    nothing = np.zeros(shape)
    fooled = np.zeros(EXPERIMENTS, dtype=bool)
    for day in range(DAYS):
        if kind == "first_time":
            y = np.maximum(y, rng.random(shape) < 0.01)
        elif kind == "spending":
            y = y + rng.exponential(50.0, shape) * (rng.random(shape) < 0.2)
        else:
            y = 0.8 * y + rng.normal(0.0, 1.0, shape)
        found = difference(day_sums(y, nothing, ~held), day_sums(y, nothing, held))
        fooled |= np.abs(found.point) > running_radius(found, day + 1)
    assert fooled.mean() <= MOST_FALSE


def test_the_interval_covers_a_true_effect_at_every_look_together() -> None:
    rng = np.random.default_rng(3)
    truth = 0.10
    touch, control = np.zeros((EXPERIMENTS, 6)), np.zeros((EXPERIMENTS, 6))
    missed = np.zeros(EXPERIMENTS, dtype=bool)
    for _ in range(DAYS):
        before = (rng.random((EXPERIMENTS, 60)) < 0.3).astype(np.float64)
        held = rng.random(before.shape) < 0.2
        chance = 0.1 + 0.3 * before + truth * ~held
        y = (rng.random(before.shape) < chance).astype(np.float64)
        touch += day_sums(y, before, ~held)
        control += day_sums(y, before, held)
        found = difference(touch, control)
        missed |= np.abs(found.point - truth) > growing_radius(found)
    assert 1 - missed.mean() >= LEAST_COVERED
    assert np.mean(found.point - growing_radius(found) > 0) > 0.5


@given(
    st.lists(st.tuples(st.integers(-(10**6), 10**6), st.integers(-(10**6), 10**6)), max_size=40),
    st.integers(0, 40),
)
def test_sums_add_up_wherever_the_group_is_cut(rows: list[tuple[int, int]], at: int) -> None:
    y, x = [row[0] for row in rows], [row[1] for row in rows]
    parts = [EffectSums.of(y[:at], x[:at]), EffectSums.of(y[at:], x[at:])]
    assert total(parts) == EffectSums.of(y, x)


@given(st.integers(-1_000, 1_000), st.integers(1, 50))
def test_shifting_and_scaling_outcomes_shifts_and_scales_the_effect(shift: int, scale: int) -> None:
    rng = np.random.default_rng(2)
    y1, y0 = rng.normal(1, 1, 200), rng.normal(0, 1, 100)
    plain = measure(EffectSums.of(y1), EffectSums.of(y0))
    moved = measure(EffectSums.of(y1 * scale + shift), EffectSums.of(y0 * scale + shift))
    assert moved.point == pytest.approx(plain.point * scale, rel=1e-6)
    assert moved.high - moved.low == pytest.approx((plain.high - plain.low) * scale, rel=1e-4)


def hillstrom() -> pa.Table:
    """Return the real randomised mailing; skips where it is not."""
    shared = Path(__file__).parents[3] / "shared" / "data"
    path = Path(os.environ.get("ASTERISM_DATA", shared)) / "hillstrom" / "hillstrom.parquet"
    if not path.is_file():
        pytest.skip("the Hillstrom data set is not here")
    return pq.read_table(path)


def arms_of(mails: pa.Table, outcome: str, *, men: bool = False) -> dict[str, EffectSums]:
    """Return the sums of the three arms, by the covariate of what was spent before."""
    rows = mails.to_pandas()
    if men:
        rows = rows[rows["mens"] == 1]
    return {
        name: EffectSums.of(part[outcome], part["history"])
        for name, part in rows.groupby("segment")
    }


@pytest.mark.data
def test_a_real_randomised_mailing_shows_its_known_effects() -> None:
    mails = hillstrom()
    known = {
        # Differences of means over all 64,000, as published with the data.
        ("visit", "Mens E-Mail"): 0.0766,
        ("visit", "Womens E-Mail"): 0.0452,
        ("conversion", "Mens E-Mail"): 0.0068,
        ("conversion", "Womens E-Mail"): 0.0031,
        ("spend", "Mens E-Mail"): 0.7698,
        ("spend", "Womens E-Mail"): 0.4244,
    }
    for (outcome, mail), difference_of_means in known.items():
        arms = arms_of(mails, outcome)
        effect = measure(arms[mail], arms["No E-Mail"])
        assert effect.point == pytest.approx(difference_of_means, rel=0.03)
        assert effect.low < difference_of_means < effect.high
        assert effect.n_touch + effect.n_control > 42_000
    for mail in ("Mens E-Mail", "Womens E-Mail"):
        arms = arms_of(mails, "visit")
        assert measure(arms[mail], arms["No E-Mail"]).low > 0.03


@pytest.mark.data
def test_the_real_mailings_split_is_sound_and_a_shuffled_one_has_no_effect() -> None:
    mails = hillstrom().to_pandas()
    sizes = mails.groupby("segment").size()
    split = sample_ratio(int(sizes["Mens E-Mail"]), int(sizes["No E-Mail"]), 0.5)
    assert split is not None
    assert split > 0.05
    rng = np.random.default_rng(0)
    fooled = 0
    for _ in range(200):
        touched = rng.random(len(mails)) < 0.5
        arms = [
            EffectSums.of(mails.loc[chosen, "visit"], mails.loc[chosen, "history"])
            for chosen in (touched, ~touched)
        ]
        effect = measure(arms[0], arms[1])
        fooled += not effect.low <= 0 <= effect.high
    assert fooled / 200 <= MOST_FALSE


@pytest.mark.data
def test_the_mens_mailing_works_on_those_who_bought_mens_goods_as_on_everybody() -> None:
    mails = hillstrom()
    on_men, on_all = (arms_of(mails, "visit", men=men) for men in (True, False))
    men, everybody = (measure(arms["Mens E-Mail"], arms["No E-Mail"]) for arms in (on_men, on_all))
    assert men.low > 0
    assert men.point == pytest.approx(everybody.point, abs=0.02)
