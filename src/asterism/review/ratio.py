"""Whether customers were split as the draw should have split them, on whatever day one looks."""

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import betaln

from asterism.review.sums import Floats

#: How many customers the prior is worth: the more, the better small deviations among many
#: customers are seen, and the worse large ones among few.
PRIOR = 1_000.0


def sample_ratio(n_touch: int, n_holdout: int, holdout_share: float) -> float | None:
    """Return how believable the split of customers into touch and hold-out is; see `ratios`.

    `holdout_share` is the share that should be held out. Universal control is drawn before and
    left aside. None where there is nothing to test.
    """
    if not 0 < holdout_share < 1 or not n_touch + n_holdout:
        return None
    return float(ratios(n_touch, n_holdout, holdout_share))


def ratios(n_touch: ArrayLike, n_holdout: ArrayLike, holdout_share: ArrayLike) -> Floats:
    """Return always-valid p-values of splits, element by element; shares lie between 0 and 1.

    If customers fall into the arms independently with that share, the chance that p is *ever* at
    or below a is at most a: exactly, at any size, at all looks together. p is the inverse of a
    Bayes factor, the binomial with a Beta prior around the share against the share itself. Under
    the share that is a martingale, and Ville's inequality bounds it (M. Lindon and A. Malek,
    "Anytime-valid inference for multinomial count data", NeurIPS 2022, here with two arms).
    """
    touched, held, share = (
        np.asarray(one, dtype=np.float64) for one in (n_touch, n_holdout, holdout_share)
    )
    prior_held, prior_touched = PRIOR * share, PRIOR * (1 - share)
    evidence = betaln(prior_held + held, prior_touched + touched)
    evidence -= betaln(prior_held, prior_touched)
    evidence -= held * np.log(share) + touched * np.log1p(-share)
    return np.asarray(np.exp(np.minimum(-evidence, 0.0)), dtype=np.float64)
