"""All customers at once, on all cores: what they would take at given prices, and who wavers.

The work is cut into parts by the number of customers, never by the number of cores, and their sums
are added in one order: the same input gives the same prices on any machine.
"""

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from asterism.strategy.allocation.kernels import Desk, add_answers, desk
from asterism.strategy.allocation.market import Bounds, Market
from asterism.strategy.allocation.second_best import add_swaps

T = TypeVar("T")

#: Most parts, and the fewest customers that are worth a part of their own.
_PARTS = 16
_PART_SIZE = 8_192
#: Customers asked about their second best: what prices turn on needs no more than a sample.
_SWAP_SAMPLE = 300_000
_SEED = 20_261_121


@dataclass(frozen=True, slots=True)
class Answers:
    """What a crowd takes at prices."""

    #: What the customers gain, controls counted as if they were real.
    gain: float
    #: By limit number: use by real rows, and what controls would have used.
    used: NDArray[np.float64]
    ghost: NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Swaps:
    """Who would change their mind within a window of the prices, scaled up to the whole crowd."""

    #: Laplacian over actions, the last one being none at all.
    actions: NDArray[np.float64]
    #: Keyed limits × (actions + 1): net change of the limit's use.
    keyed: NDArray[np.float64]


class Crowd:
    """Customers of a market who are asked together: all of them, or a sample."""

    def __init__(self, market: Market, bounds: Bounds, people: NDArray[np.int64]) -> None:
        self.market = market
        self.bounds = bounds
        self.people = people
        self._width = max(int(market.slots.max(initial=1)), 1)
        lengths = np.diff(market.first)
        self._longest = max(int(lengths.max(initial=1)), 1)

    @property
    def share(self) -> float:
        """The crowd's share of all customers."""
        return len(self.people) / max(len(self.market.slots), 1)

    def sample(self, size: int) -> "Crowd":
        """Return about `size` of the customers, the same ones every time."""
        if size >= len(self.people):
            return self
        drawn = np.random.default_rng(_SEED).random(len(self.people), np.float32)
        kept = self.people[drawn < size / len(self.people)]
        return Crowd(self.market, self.bounds, kept if len(kept) else self.people[:1])

    def answers(
        self, prices: NDArray[np.float64], picks: NDArray[np.int16] | None = None
    ) -> Answers:
        """Return what the crowd takes at `prices`, by limit number; and whose rows, in `picks`.

        `picks`, customers × slots, takes the place of each row among the customer's rows.
        """
        base = self.base(prices)
        actions, limits = len(base), len(prices)
        written = np.zeros((0, 0), np.int16) if picks is None else picks

        def part(
            people: NDArray[np.int64],
        ) -> tuple[float, NDArray[np.float64], NDArray[np.float64]]:
            counts, used = np.zeros((2, actions)), np.zeros((2, limits))
            room = self.desk()
            gain = add_answers(self.market, base, prices, room, people, counts, used, written)
            return float(gain), counts, used

        parts = self.in_parts(part)
        counts = np.sum([counts for _, counts, _ in parts], axis=0)
        used = np.sum([used for _, _, used in parts], axis=0)
        used[:, : self.bounds.shared] = counts @ self.market.shared_use.T
        return Answers(sum(gain for gain, _, _ in parts), used[0], used[1])

    def swaps(self, prices: NDArray[np.float64], window: float) -> Swaps:
        """Return the swaps that customers would make within `window` of `prices`."""
        asked = self.sample(_SWAP_SAMPLE)
        base = self.base(prices)
        actions, limits = len(base), len(prices)

        def part(people: NDArray[np.int64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
            laplacian = np.zeros((actions + 1, actions + 1))
            keyed = np.zeros((limits, actions + 1))
            add_swaps(self.market, base, prices, self.desk(), people, window, laplacian, keyed)
            return laplacian, keyed

        parts = asked.in_parts(part)
        up = len(self.people) / max(len(asked.people), 1)
        laplacian = np.sum([one for one, _ in parts], axis=0) * up
        keyed = np.sum([one for _, one in parts], axis=0)[self.bounds.shared :] * up
        return Swaps(laplacian, keyed)

    def base(self, prices: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return what each action costs every customer: the prices of the shared limits."""
        found: NDArray[np.float64] = prices[: self.bounds.shared] @ self.market.shared_use
        return found

    def desk(self) -> Desk:
        """Return room to work in for one thread."""
        return desk(self._width, self.market.shared_use.shape[1], self._longest)

    def in_parts(self, work: Callable[[NDArray[np.int64]], T]) -> list[T]:
        """Return the work's results over all parts of the crowd, in order."""
        number = min(_PARTS, max(1, len(self.people) // _PART_SIZE))
        parts = np.array_split(self.people, number)
        if number == 1:
            return [work(parts[0])]
        with ThreadPoolExecutor(max_workers=min(number, os.cpu_count() or 1)) as pool:
            return list(pool.map(work, parts))


def everyone(market: Market, bounds: Bounds) -> Crowd:
    """Return the crowd of all customers who have something to choose from."""
    people = np.flatnonzero((np.diff(market.first) > 0) & (market.slots > 0))
    return Crowd(market, bounds, people)
