"""Which wave a customer is due for."""

import numpy as np
from numpy.typing import NDArray

from asterism.strategy.counters import NEVER, Since
from asterism.strategy.strategy import Strategy

#: Days for which a wave that found no room is tried again.
GRACE_DAYS = 3


def due_wave(strategy: Strategy, since: Since) -> NDArray[np.int32]:
    """Return each customer's wave: 1 for those who may be taken up, 2 and on for those who were.

    A later wave is due from its day on, for `GRACE_DAYS`; 0 for customers who wait for it. Who
    missed it is taken up anew when the cooldown is over.
    """
    due = np.ones(len(since.days), np.int32)
    for wave in range(2, len(strategy.waves) + 1):
        late = since.days - strategy.waves[wave - 1].day
        stands = since.wave == wave - 1
        due[stands & (late < 0)] = 0
        due[stands & (late >= 0) & (late <= GRACE_DAYS)] = wave
    due[since.days == NEVER] = 1
    return due
