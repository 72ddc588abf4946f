"""One customer at a time, at the plan's prices: score = value − Σ price × use.

The nightly plan chooses for everybody at once. A customer who comes by during the day is decided
on alone, and the prices stand for everybody else: a row that is worth less than what it takes from
others is left out. At the plan's own prices this is the plan, but for those who are indifferent.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from asterism.strategy.allocation import LimitFamily


def charges(
    limits: Sequence[LimitFamily], duals: Sequence[NDArray[np.float64]], customer: int
) -> NDArray[np.float64]:
    """Return what each action costs the rest of the bank when this customer gets it."""
    actions = len(limits[0].use) if limits else 0
    total = np.zeros(actions)
    for family, dual in zip(limits, duals, strict=True):
        key = 0 if family.key is None else int(family.key[customer])
        if key >= 0:
            total += dual[key] * family.use
    return total


def choose(
    scores: NDArray[np.float64],
    charged: NDArray[np.float64],
    *,
    slots: int,
    alike: NDArray[np.int32],
    fits: NDArray[np.bool_] | None = None,
) -> list[int]:
    """Return the actions that one customer gets, best first.

    `scores` are by action, −inf where the gates leave it out; `fits` tells what still has room.
    """
    gains = np.where(np.isfinite(scores), scores - charged, -np.inf)
    if fits is not None:
        gains = np.where(fits, gains, -np.inf)
    taken: list[int] = []
    for action in np.argsort(-gains, kind="stable").tolist():
        if gains[action] <= 0 or len(taken) >= slots:
            break
        if not any((alike[:, action] == alike[:, other]).any() for other in taken):
            taken.append(action)
    return taken
