"""Intervals for a difference of means that stay valid however often one looks.

Two constructions, both on arrays of sums with shape (…, 6) in the order of `sums.FIELDS`, so that
one experiment and ten thousand cost one call.

*Cohorts that grow* (every customer enters once, with a final outcome): the asymptotic confidence
sequence of Waudby-Smith, Arbour, Sinha, Kennedy and Ramdas, "Time-uniform central limit theory and
asymptotic confidence sequences", Annals of Statistics 52(6), 2024 (arXiv:2103.06476), theorem 2.2,
with the influence function of the difference of means in a randomised experiment (their
section 3.1) in place of the observations. With N customers, a standard error e of the estimate,
and a tuning parameter ρ > 0 fixed beforehand, the radius is

    e · sqrt( 2 (Nρ² + 1) / (Nρ²) · ln( sqrt(Nρ² + 1) / α ) ).

ρ is chosen so that the radius is near its smallest at N = `TUNED_FOR` customers:
ρ² = (−2 ln α + ln(−2 ln α) + 1) / TUNED_FOR. Any other choice is valid too, only wider there.

*Cohorts whose outcomes are still coming in* (the same customers are seen again every day, with
more of their outcome): the partial means are no sums of independent terms along the calendar, so
the theorem above says nothing about them. Here α is spent over the daily looks, and Boole's
inequality needs no structure at all: half of α in equal shares on the first `EQUAL_LOOKS` days,
the other half on all later days in shares that fall like 1/k².
"""

from statistics import NormalDist
from typing import NamedTuple

import numpy as np

from asterism.review.sums import Floats

ALPHA = 0.05
#: Customers, both arms together, at which the sequence is tightest.
TUNED_FOR = 5_000
#: Daily looks that share half of α equally while outcomes come in.
EQUAL_LOOKS = 60
#: The asymptotics start here: fewer in an arm give no interval.
FEWEST_IN_ARM = 30
#: Evidence is cut off here, e to that power: far beyond what anybody could doubt.
_MOST = 600.0


class Difference(NamedTuple):
    """A difference of means between two arms; arrays of one shape, NaN where there is none."""

    point: Floats
    #: Standard error of `point`.
    error: Floats
    #: Customers in both arms.
    n: Floats


def difference(touch: Floats, control: Floats) -> Difference:
    """Return mean(touch) − mean(control), its variance reduced by the covariate.

    The regression-adjusted difference (ȳ₁ − ȳ₀) − θ(x̄₁ − x̄₀), θ the pooled slope within arms
    (Deng, Xu, Kohavi and Walker, "Improving the sensitivity of online controlled experiments by
    utilizing pre-experiment data", WSDM 2013). Arms with fewer than `FEWEST_IN_ARM` give NaN.
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        inside = _within(touch) + _within(control)
        slope = np.where(inside[..., 1] > 0, inside[..., 2] / inside[..., 1], 0.0)
        point = _mean(touch, 1) - _mean(control, 1)
        point = point - slope * (_mean(touch, 3) - _mean(control, 3))
        n_touch, n_control = touch[..., 0], control[..., 0]
        pooled = _residual(inside, slope) / (n_touch + n_control - 2)
        error = np.sqrt(
            _variance(touch, slope, pooled) / n_touch
            + _variance(control, slope, pooled) / n_control
        )
        known = (np.minimum(n_touch, n_control) >= FEWEST_IN_ARM) & (error > 0)
    return Difference(
        point=np.where(known, point, np.nan),
        error=np.where(known, error, np.nan),
        n=n_touch + n_control,
    )


def growing_radius(found: Difference, alpha: float = ALPHA, tuned_for: int = TUNED_FOR) -> Floats:
    """Return the radius of the confidence sequence for cohorts that grow; NaN where unknown."""
    scaled = _scaled(found.n, tuned_for)
    widening = 2 * (scaled + 1) / scaled * np.log(np.sqrt(scaled + 1) / alpha)
    return np.asarray(found.error * np.sqrt(widening), dtype=np.float64)


def growing_evidence(found: Difference, tuned_for: int = TUNED_FOR) -> Floats:
    """Return the e-value against "no effect" for cohorts that grow; 0 where nothing is known.

    The confidence sequence turned inside out: the interval of level α excludes zero exactly when
    this is above 1/α. Under no effect its mean is at most 1 whenever one stops to look, in the same
    asymptotic sense, so that many may be judged together: see `asterism.review.many`.
    """
    scaled = _scaled(found.n, tuned_for)
    squared = (found.point / found.error) ** 2
    log_evidence = squared * scaled / (2 * (scaled + 1)) - np.log(scaled + 1) / 2
    return np.where(np.isfinite(log_evidence), np.exp(np.minimum(log_evidence, _MOST)), 0.0)


def _scaled(n: Floats, tuned_for: int) -> Floats:
    """Nρ², the sample's size in units of the one that the sequence is tuned for.

    ρ belongs to the level `ALPHA`, whatever level an interval is asked for: the evidence must be
    one and the same process for all levels.
    """
    doubled = -2 * np.log(ALPHA)
    rho_squared = (doubled + np.log(doubled) + 1) / tuned_for
    return np.asarray(np.maximum(n, 1) * rho_squared, dtype=np.float64)


def running_radius(found: Difference, look: int, alpha: float = ALPHA) -> Floats:
    """Return the radius at the `look`-th daily look (1, 2, …) while outcomes still come in."""
    if look < 1:
        raise ValueError(f"looks are counted from 1, not {look}")
    if look <= EQUAL_LOOKS:
        spent = alpha / 2 / EQUAL_LOOKS
    else:
        # Σ over k > L of L / (k (k − 1)) is 1.
        spent = alpha / 2 * EQUAL_LOOKS / (look * (look - 1))
    return np.asarray(found.error * -NormalDist().inv_cdf(spent / 2), dtype=np.float64)


def _mean(sums: Floats, field: int) -> Floats:
    return np.asarray(sums[..., field] / sums[..., 0], dtype=np.float64)


def _within(sums: Floats) -> Floats:
    """Σ(y−ȳ)², Σ(x−x̄)², Σ(x−x̄)(y−ȳ) within one arm, as the last dimension."""
    n, y, yy, x, xx, xy = np.moveaxis(sums, -1, 0)
    n = np.maximum(n, 1)
    squares_y = np.maximum(yy - y * y / n, 0)
    squares_x = np.maximum(xx - x * x / n, 0)
    return np.stack([squares_y, squares_x, xy - x * y / n], axis=-1)


def _residual(inside: Floats, slope: Floats) -> Floats:
    left = inside[..., 0] - 2 * slope * inside[..., 2] + slope**2 * inside[..., 1]
    return np.asarray(np.maximum(left, 0), dtype=np.float64)


def _variance(sums: Floats, slope: Floats, pooled: Floats) -> Floats:
    """Variance of one customer's adjusted outcome in an arm, never below that of both together.

    A small arm in which hardly anything happened yet looks more certain than it is; taking the
    pooled variance there keeps rare outcomes honest, and where the touch itself makes outcomes
    vary more it errs towards a wider interval.
    """
    own = _residual(_within(sums), slope) / np.maximum(sums[..., 0] - 1, 1)
    return np.asarray(np.maximum(own, pooled), dtype=np.float64)
