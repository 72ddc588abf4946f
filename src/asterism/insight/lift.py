"""How well a ranking finds those who say yes, measured on people it was not made from."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.stats import norm, rankdata

Floats = NDArray[np.float64]
PARTS = 10
CONFIDENCE = 0.95


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One equal part of the ranking, the best first."""

    #: 1 is the best.
    number: int
    customers: int
    successes: int
    #: Mean of the scores: the share that was promised.
    expected: float
    #: Share of successes, and its 95 % interval (Wilson, 1927).
    share: float
    low: float
    high: float
    #: `share` and its interval over the share of everybody.
    lift: float
    lift_low: float
    lift_high: float


def lift_table(scores: ArrayLike, outcomes: ArrayLike, parts: int = PARTS) -> tuple[Part, ...]:
    """Return the ranking by `scores` in equal parts with what `outcomes` (0, 1) came of each.

    Customers with the same score keep their order, so that the table is the same every time.
    """
    score = np.asarray(scores, dtype=np.float64)
    outcome = np.asarray(outcomes, dtype=np.float64)
    overall = float(outcome.mean())
    order = np.argsort(-score, kind="stable")
    return tuple(
        _part(number, score[places], outcome[places], overall)
        for number, places in enumerate(np.array_split(order, parts), start=1)
        if len(places)
    )


def top_lift(scores: ArrayLike, outcomes: ArrayLike, share: float) -> Part:
    """Return what came of the best `share` (0 to 1) of the ranking, as one part."""
    score = np.asarray(scores, dtype=np.float64)
    outcome = np.asarray(outcomes, dtype=np.float64)
    places = np.argsort(-score, kind="stable")[: max(round(share * len(score)), 1)]
    return _part(1, score[places], outcome[places], float(outcome.mean()))


def auc(scores: ArrayLike, outcomes: ArrayLike) -> float:
    """Return the chance that a success is ranked before a failure; ties count half."""
    outcome = np.asarray(outcomes, dtype=bool)
    ranks = rankdata(np.asarray(scores, dtype=np.float64))
    yes, no = int(outcome.sum()), int((~outcome).sum())
    return float((ranks[outcome].sum() - yes * (yes + 1) / 2) / (yes * no))


def _part(number: int, score: Floats, outcome: Floats, overall: float) -> Part:
    n, successes = len(outcome), int(outcome.sum())
    share = successes / n
    low, high = _wilson(share, n)
    scale = 1 / overall if overall > 0 else float("nan")
    return Part(
        number=number,
        customers=n,
        successes=successes,
        expected=float(score.mean()),
        share=share,
        low=low,
        high=high,
        lift=share * scale,
        lift_low=low * scale,
        lift_high=high * scale,
    )


def _wilson(share: float, n: int) -> tuple[float, float]:
    z = float(norm.isf((1 - CONFIDENCE) / 2))
    centre = (share + z * z / (2 * n)) / (1 + z * z / n)
    reach = z / (1 + z * z / n) * float(np.sqrt(share * (1 - share) / n + z * z / (4 * n * n)))
    return centre - reach, centre + reach
