"""The gates' two readings: over many customers at once, and over one."""

from collections.abc import Mapping, Sequence
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from asterism.audience import Audience, Catalogue, Columns, Mask, TagSpec, compile_audience
from asterism.audience.columns.column import bits_at
from asterism.strategy.conditions import Action, Below, Condition, Rested, Silent, TestHolds
from asterism.strategy.counters import Counters
from asterism.strategy.gates import Gate
from asterism.strategy.suitability import last_expired
from asterism.strategy.terms import Tier

Truth = NDArray[np.bool_]
#: Tags that are law, not taste: choosing by them alone is not choosing by profile.
NEUTRAL_TAGS = frozenset({"age"})
#: Stands for every tier of customers whose profile must not count, and for an unknown tier.
NEUTRAL_TIER = len(Tier)
_TESTED, _ZONE = "risk_tested_at", "time_zone"
MAY_PERSONALISE = "personalisation_refused IS NULL OR NOT personalisation_refused"


class Expressions:
    """Audience expressions against one catalogue, each compiled once."""

    def __init__(self, catalogue: Catalogue) -> None:
        self.catalogue = catalogue
        self._compiled: dict[str, Audience] = {}

    @classmethod
    def for_columns(cls, columns: Columns) -> "Expressions":
        """Return expressions over a snapshot's own tags, without segments."""
        tags = {name: TagSpec(name=name, type=columns.type_of(name)) for name in columns.names}
        return cls(Catalogue(tags))

    def audience(self, text: str) -> Audience:
        """Return the audience of `text`; InvalidInputError if it does not compile."""
        if text not in self._compiled:
            self._compiled[text] = compile_audience(text, self.catalogue)
        return self._compiled[text]

    def by_profile(self, texts: list[str]) -> bool:
        """Tell whether any of `texts` chooses by what is particular to a customer."""
        return any(self.audience(text).tags - NEUTRAL_TAGS for text in texts)


class Reading(Protocol):
    """Answers a gate's condition for the customers it is about, one bool each."""

    @property
    def size(self) -> int:
        """How many customers it is about."""
        ...

    def holds(self, condition: Condition) -> Truth:
        """Tell for whom the condition holds; everybody for None."""
        ...


class Population:
    """All customers of a snapshot, or those at some of its indices."""

    def __init__(
        self,
        columns: Columns,
        expressions: Expressions,
        counters: Counters,
        indices: NDArray[np.int64] | None = None,
    ) -> None:
        #: The snapshot's, with what the ledger knows over them.
        self.columns = columns if indices is not None else counters.standing.over(columns)
        self.expressions = expressions
        self.counters = counters
        self.indices = np.arange(columns.size) if indices is None else indices

    @property
    def size(self) -> int:
        """How many customers it is about."""
        return len(self.indices)

    def among(self, indices: NDArray[np.int64]) -> "Population":
        """Return the customers at `indices` of the snapshot."""
        return Population(self.columns, self.expressions, self.counters, indices)

    def mask(self, text: str) -> Mask:
        """Return everybody in the snapshot for whom an expression holds."""
        return self.expressions.audience(text).mask(self.columns)

    def holds(self, condition: Condition) -> Truth:
        """Tell for whom the condition holds."""
        if isinstance(condition, str):
            return _at(self.mask(condition), self.indices)
        if isinstance(condition, TestHolds):
            return self._test_holds()
        return _counted(condition, self.counters, self.indices)

    def _test_holds(self) -> Truth:
        values, known = self.columns.take(_TESTED, self.indices)
        tested = values.astype(np.int64)
        places, names = _zones(self.columns, self.indices)
        moment, zones = self.counters.moment, self.counters.standing.zones
        oldest = np.array([last_expired(moment, name, zones) for name in names])[places]
        holds: Truth = (tested > oldest) & (tested <= int(moment.timestamp()))
        return holds if known is None else holds & known


class Person:
    """One customer, by the live profile: tags by name, money in minor units."""

    def __init__(
        self, profile: Mapping[str, object], expressions: Expressions, counters: Counters
    ) -> None:
        #: The snapshot's, with what the ledger knows over it.
        self.profile = counters.standing.amend(profile)
        self.expressions = expressions
        self.counters = counters
        self.indices = np.zeros(1, np.int64)

    @property
    def size(self) -> int:
        """One."""
        return 1

    def holds(self, condition: Condition) -> Truth:
        """Tell whether the condition holds."""
        if isinstance(condition, str):
            return np.array([self.expressions.audience(condition).matches(self.profile)])
        if isinstance(condition, TestHolds):
            return np.array([self._test_holds()])
        return _counted(condition, self.counters, self.indices)

    @property
    def time_zone(self) -> str | None:
        """The IANA zone in which the customer lives; None if it is not known."""
        zone = self.profile.get(_ZONE)
        return zone if isinstance(zone, str) else None

    def _test_holds(self) -> bool:
        tested, moment = self.profile.get(_TESTED), self.counters.moment
        if not isinstance(tested, int):
            return False
        oldest = last_expired(moment, self.time_zone, self.counters.standing.zones)
        return oldest < tested <= int(moment.timestamp())


def tiers_of(reading: Reading) -> NDArray[np.int8]:
    """Return each customer's tier by number, `NEUTRAL_TIER` where the profile must not count."""
    codes = np.full(reading.size, NEUTRAL_TIER, np.int8)
    allowed = reading.holds(MAY_PERSONALISE)
    for number, tier in enumerate(Tier):
        codes[allowed & reading.holds(f"tier = '{tier.value}'")] = number
    return codes


def walk(
    reading: Reading, gates: Sequence[Gate], actions: Sequence[Action], alive: list[Truth]
) -> list[tuple[Gate, Truth]]:
    """Walk `gates` and return who is left after each.

    `alive` says per action who may still get it, and is brought up to date. A customer is left as
    long as one action is; a gate is the reason for those whose last action it takes.
    """
    steps = []
    for gate in gates:
        answers: dict[Condition, Truth] = {}
        for place, action in enumerate(actions):
            condition = gate.condition(action)
            if condition is None:
                continue
            if condition not in answers:
                answers[condition] = reading.holds(condition)
            alive[place] = alive[place] & answers[condition]
        steps.append((gate, np.logical_or.reduce(alive)))
    return steps


def _counted(
    condition: Below | Silent | Rested | None, counters: Counters, at: NDArray[np.int64]
) -> Truth:
    if condition is None:
        return np.ones(len(at), np.bool_)
    if isinstance(condition, Below):
        return np.less(counters.contacts(condition.channel, condition.days)[at], condition.limit)
    if isinstance(condition, Silent):
        heard = [counters.contacts(name, condition.days)[at] > 0 for name in condition.channels]
        spoken: Truth = np.logical_or.reduce(heard)
        return np.logical_not(spoken)
    return np.greater_equal(counters.since(condition.strategy).days[at], condition.days)


def _zones(columns: Columns, indices: NDArray[np.int64]) -> tuple[NDArray[np.int64], list[str]]:
    """Return the place of each customer's zone in a list of names; '' for an unknown one."""
    if _ZONE not in columns.names:
        return np.zeros(len(indices), np.int64), [""]
    codes, names = columns.codes(_ZONE)
    valid = columns.column(_ZONE).valid
    places = codes[indices].astype(np.int64)
    if valid is not None:
        places[~bits_at(valid, indices)] = len(names)
    return places, [*names, ""]


def _at(mask: Mask, indices: NDArray[np.int64]) -> Truth:
    places = indices.astype(np.uint64)
    words = mask.words[places >> np.uint64(6)] >> (places & np.uint64(63))
    truth: Truth = (words & np.uint64(1)).astype(np.bool_)
    return truth
