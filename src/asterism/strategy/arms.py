"""Who is left alone so that the rest can be compared with them: stable draws, kept for good."""

from datetime import date

import numpy as np
from numpy.typing import NDArray

from asterism.audience import Columns
from asterism.strategy.counters import ARMS, HOLDOUT, TOUCH, UNIVERSAL, Counters
from asterism.strategy.draws import Ids, in_share
from asterism.strategy.programme import UNIVERSAL_SALT, Running, salted
from asterism.strategy.ramp import EVERYBODY, ramp_salt

_TOUCH, _HOLDOUT, _UNIVERSAL = (ARMS.index(arm) for arm in (TOUCH, HOLDOUT, UNIVERSAL))


class Arms:
    """Draws the arm of any customer for any strategy."""

    def __init__(
        self, columns: Columns, counters: Counters, universal_share: float, salt: str
    ) -> None:
        self._ids = Ids(columns.customer_ids.take(np.arange(columns.size)))
        self._counters = counters
        self._salt = salt
        draws = self._ids.draws(salted(salt, UNIVERSAL_SALT))
        self._universal = in_share(draws, universal_share)

    def of(self, running: Running, indices: NDArray[np.int64]) -> NDArray[np.int8]:
        """Return the arms (numbers into `ARMS`) of the customers at `indices`.

        The universal control comes first. A customer whom the strategy took up before keeps that
        arm, whatever the hold-out share has become; anyone else is drawn.
        """
        holdout = running.published.strategy.holdout
        draws = self._ids.draws(salted(self._salt, running.id), indices)
        arms = np.where(in_share(draws, holdout), _HOLDOUT, _TOUCH).astype(np.int8)
        before = self._counters.since(running.id).arm[indices]
        kept = (before == _TOUCH) | (before == _HOLDOUT)
        arms[kept] = before[kept]
        arms[self._universal[indices]] = _UNIVERSAL
        return arms

    def entered(self, running: Running, indices: NDArray[np.int64]) -> NDArray[np.int64]:
        """Return those of `indices` whom the strategy's ramp lets in: the draw is not the arm's."""
        ramp = running.published.ramp
        if ramp >= EVERYBODY:
            return indices
        salt = salted(self._salt, ramp_salt(running.id))
        return indices[in_share(self._ids.draws(salt, indices), ramp)]

    def turns(self, day: date) -> NDArray[np.uint32]:
        """Return everybody's place in the queue among equals on a day: drawn anew every day."""
        return self._ids.draws(salted(self._salt, f"turn {day.isoformat()}"))
