"""Six sums of a group of customers: all that an effect is computed from.

Rows stay where they are; sums are kept. Sums of disjoint groups add up, so that an effect by
channel, by wave or by month never has to read a customer again.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import reduce
from math import nan
from operator import add

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]
#: The order of the sums in an array's last dimension.
FIELDS = ("n", "y", "yy", "x", "xx", "xy")


@dataclass(frozen=True, slots=True, kw_only=True)
class EffectSums:
    """Sums over the customers of one arm; `y` is the outcome, `x` the same before assignment."""

    #: Customers.
    n: int = 0
    #: Σy, Σy² in the metric's unit (money: minor units).
    y: float = 0.0
    yy: float = 0.0
    #: Σx, Σx², Σxy.
    x: float = 0.0
    xx: float = 0.0
    xy: float = 0.0

    @classmethod
    def of(cls, outcome: ArrayLike, before: ArrayLike | None = None) -> "EffectSums":
        """Return the sums of customers' outcomes, and of their values before (zeros if None)."""
        y = np.asarray(outcome, dtype=np.float64)
        x = np.zeros_like(y) if before is None else np.asarray(before, dtype=np.float64)
        return cls(
            n=y.size,
            y=float(y.sum()),
            yy=float(y @ y),
            x=float(x.sum()),
            xx=float(x @ x),
            xy=float(x @ y),
        )

    def __add__(self, other: "EffectSums") -> "EffectSums":
        return EffectSums(
            n=self.n + other.n,
            y=self.y + other.y,
            yy=self.yy + other.yy,
            x=self.x + other.x,
            xx=self.xx + other.xx,
            xy=self.xy + other.xy,
        )

    @property
    def mean(self) -> float:
        """The outcome's mean; NaN for nobody."""
        return self.y / self.n if self.n else nan


def total(sums: Iterable[EffectSums]) -> EffectSums:
    """Add up any number of sums; none give zeros."""
    return reduce(add, sums, EffectSums())


def stack(sums: Sequence[EffectSums]) -> Floats:
    """Return the sums as an array of shape (len(sums), 6), in the order of `FIELDS`."""
    return np.array([[getattr(one, field) for field in FIELDS] for one in sums], dtype=np.float64)
