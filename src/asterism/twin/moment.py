"""One block in one period: what every part of the simulation looks at."""

from dataclasses import dataclass

import numpy as np

from asterism.twin.days import Period
from asterism.twin.habits import HOUR_SLOTS
from asterism.twin.nature import Nature
from asterism.twin.people import People
from asterism.twin.place import Place
from asterism.twin.seeds import Array, stream
from asterism.twin.state import State


@dataclass(frozen=True, slots=True)
class Scene:
    """A block of customers in a period."""

    place: Place
    block: int
    period: Period
    people: People
    nature: Nature
    state: State
    #: Whether touches can happen and truth is written: in live days, not in the history.
    live: bool

    def rng(self, domain: str) -> np.random.Generator:
        """Return the generator of a domain for this block and period."""
        return stream(self.place.seed, domain, self.block, self.period.first)

    @property
    def active(self) -> Array:
        """Return which customers take part in the period."""
        flags: Array = (self.people.opened <= self.period.last) & ~self.state.left
        return flags

    def present(self, day: int, chosen: Array) -> Array:
        """Return the indices of chosen customers who are with the bank on a day."""
        return np.flatnonzero(chosen & (self.people.opened <= day) & ~self.state.left)

    def hours(self, rng: np.random.Generator, who: Array) -> Array:
        """Return seconds of the day at which these customers are usually active."""
        bits = rng.integers(0, 1 << 24, size=who.size)
        hour = HOUR_SLOTS[self.nature.temper[who], bits & 4095].astype(np.int64)
        return np.asarray(hour * 3600 + (bits >> 12) * 3600 // 4096)
