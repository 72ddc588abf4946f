"""What the layers leave over, as the rows of one allocation problem."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from asterism.strategy.conditions import Action
from asterism.strategy.programme import Running

#: By how much, as a share, a strategy's next channel counts less than the one before it.
_A_HAIR = 1e-6


@dataclass(frozen=True, slots=True)
class Block:
    """A wave of a strategy after layers 1 to 4."""

    running: Running
    #: In order of preference.
    actions: list[Action]
    #: Dense indices of the customers that the arrays below are about.
    customers: NDArray[np.int64]
    #: Per action: who may get it, and what it is worth to whom.
    alive: list[NDArray[np.bool_]]
    values: list[NDArray[np.float64]]
    arms: NDArray[np.int8]


@dataclass(frozen=True, slots=True, kw_only=True)
class Rows:
    """All (customer, action) pairs, ordered by customer, strategy and preference."""

    customer: NDArray[np.int64]
    action: NDArray[np.int32]
    #: The strategy's number in the programme.
    strategy: NDArray[np.int32]
    value: NDArray[np.float64]
    score: NDArray[np.float64]
    #: Number into `counters.ARMS`.
    arm: NDArray[np.int8]
    #: What the numbers in `action` stand for.
    actions: list[Action]
    #: Per action: its strategy, its channel.
    alike: NDArray[np.int32]

    @property
    def first(self) -> NDArray[np.int64]:
        """Where each customer's rows of one strategy begin: the preferred ones."""
        if not len(self.customer):
            return np.zeros(0, np.int64)
        new = (np.diff(self.customer) != 0) | (np.diff(self.strategy) != 0)
        return np.concatenate([[0], np.flatnonzero(new) + 1])


def gather(blocks: Sequence[Block]) -> Rows:
    """Lay the blocks out as rows."""
    customer, action, strategy, value, arm = (
        [_none(kind)] for kind in (np.int64, np.int32, np.int32, np.float64, np.int8)
    )
    actions: list[Action] = []
    owner: list[int] = []
    for block in blocks:
        for place, may in enumerate(block.alive):
            at = np.flatnonzero(may)
            customer.append(block.customers[at])
            action.append(np.full(len(at), len(actions), np.int32))
            strategy.append(np.full(len(at), block.running.number, np.int32))
            value.append(block.values[place][at])
            arm.append(block.arms[at])
            actions.append(block.actions[place])
            owner.append(block.running.number)
    who, what, whose = np.concatenate(customer), np.concatenate(action), np.concatenate(strategy)
    order = np.lexsort((what, whose, who))
    worth, what = np.concatenate(value)[order], what[order]
    weights = np.array([one.strategy.priority for one in actions] or [1.0])
    channels = {name: number for number, name in enumerate(sorted({a.channel for a in actions}))}
    rows = Rows(
        customer=who[order],
        action=what,
        strategy=whose[order],
        value=worth,
        score=worth * weights[what] if len(what) else worth,
        arm=np.concatenate(arm)[order],
        actions=actions,
        alike=np.array([owner, [channels[one.channel] for one in actions]], np.int32),
    )
    _respect_order(rows)
    return rows


def _none(kind: type[np.generic]) -> NDArray[np.generic]:
    return np.zeros(0, kind)


def _respect_order(rows: Rows) -> None:
    """Lower scores so that a strategy's preferred action is tried before its next one.

    A channel that comes later in a strategy never overtakes an earlier one, however little it
    costs: it is the fallback for when the earlier one has no room. It counts a hair less, so that
    the order decides where both are worth the same.
    """
    if not len(rows.customer):
        return
    start = np.zeros(len(rows.customer), np.int64)
    start[rows.first] = rows.first
    place = np.arange(len(rows.customer)) - np.maximum.accumulate(start)
    for rank in range(1, int(place.max()) + 1):
        at = np.flatnonzero(place == rank)
        rows.score[at] = np.minimum(rows.score[at], rows.score[at - 1] * (1 - _A_HAIR))
