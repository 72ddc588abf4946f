"""The prices of a plan by name: what the next night starts from, and live decisions go by."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from asterism.strategy.allocation import LimitFamily, Plan, Price


@dataclass(frozen=True, slots=True)
class PriceList:
    """The price of one unit of every limit that has one, by the limit's name and its key's."""

    prices: Mapping[tuple[str, str], float]

    @classmethod
    def of(cls, families: Sequence[LimitFamily], plan: Plan) -> "PriceList":
        """Return a plan's prices by name."""
        return cls(
            {
                (family.name, family.label(key)): float(dual[key])
                for family, dual in zip(families, plan.duals, strict=True)
                for key in np.flatnonzero(dual).tolist()
            }
        )

    def duals(self, families: Sequence[LimitFamily]) -> tuple[NDArray[np.float64], ...]:
        """Return the prices as arrays over today's limits; a limit that is new costs nothing."""
        return tuple(
            np.array(
                [
                    self.prices.get((family.name, family.label(key)), 0.0)
                    for key in range(len(family.maximum))
                ]
            )
            for family in families
        )


def free_limits(families: Sequence[LimitFamily], plan: Plan) -> tuple[Price, ...]:
    """Return the limits that all customers share and that cost nothing: they do not bind."""
    dear = {price.limit for price in plan.prices}
    return tuple(
        Price(
            limit=family.name,
            label="",
            unit=family.unit,
            value_minor=0.0,
            used=float(used[0]),
            limited_to=float(family.maximum[0]),
        )
        for family, used in zip(families, plan.usage, strict=True)
        if family.key is None and family.name not in dear and np.isfinite(family.maximum[0])
    )
