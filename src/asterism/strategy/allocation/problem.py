"""The allocation problem and its answer, as arrays: who could get what, and what limits it.

maximise  the sum of scores of the chosen rows
such that each customer gets at most `slots` rows, no two of them alike in any `alike` group,
          and for every family and key: minimum ≤ sum of the chosen rows' use ≤ maximum.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

#: A maximum that limits nothing.
UNLIMITED = np.inf
#: Why a row was not chosen, if no limit is to blame.
CHOSEN = -1
NO_SLOT = -2
ALIKE = -3


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidates:
    """Rows of (customer, action), ordered by customer and within a customer by first `alike`.

    Only rows that may be chosen are here: what a gate refused is left out, so that memory follows
    what is possible and not customers × actions.
    """

    #: Where each customer's rows begin, one more than there are customers.
    first: NDArray[np.int64]
    #: Index of the action of each row; the smallest integer type that holds it will do.
    action: NDArray[np.integer]
    #: What choosing the row brings, cost already taken off: what the plan maximises.
    score: NDArray[np.floating]
    #: Most rows of each customer, by customer.
    slots: NDArray[np.int32]
    #: Groups × actions: a customer gets at most one action of each number in each group.
    alike: NDArray[np.int32]
    #: Rows of customers who are left alone: they take a customer's slot, but no capacity. None if
    #: there are none.
    control: NDArray[np.bool_] | None = None
    #: Order among customers of equal merit, lower first; None for the order given.
    turn: NDArray[np.uint32] | None = None

    def __len__(self) -> int:
        return len(self.action)

    @property
    def customers(self) -> int:
        """Number of customers, those without rows too."""
        return len(self.slots)

    @property
    def actions(self) -> int:
        """Number of actions."""
        return int(self.alike.shape[1])

    def owners(self, rows: NDArray[np.int64]) -> NDArray[np.int64]:
        """Return the customer of each of `rows`."""
        found: NDArray[np.int64] = np.searchsorted(self.first, rows, side="right") - 1
        return found


@dataclass(frozen=True, slots=True, kw_only=True)
class LimitFamily:
    """One kind of limit: a budget, a channel's capacity, a quota, or one limit per branch."""

    #: Unique, `kind:what`, for example `channel:call_list`.
    name: str
    #: Key of each customer, by customer, −1 for none; None if all share one key.
    key: NDArray[np.int32] | None = None
    #: What choosing each action uses, by action; 0 where the limit does not concern it.
    use: NDArray[np.float64]
    #: Per key; 0 for none.
    minimum: NDArray[np.float64] = field(default_factory=lambda: np.zeros(1))
    #: Per key; `UNLIMITED` for none.
    maximum: NDArray[np.float64]
    #: What each key stands for, for example branch ids; the family's name if empty.
    labels: tuple[str, ...] = ()
    #: What is counted: 'contacts', or 'money' for minor units of the bank's currency.
    unit: str = "contacts"

    def label(self, key: int) -> str:
        """Return what a key stands for."""
        return self.labels[key] if self.labels else ""

    @property
    def least(self) -> NDArray[np.float64]:
        """The minimum of every key, where one number was given for all of them too."""
        return np.broadcast_to(self.minimum, self.maximum.shape)


@dataclass(frozen=True, slots=True, kw_only=True)
class Price:
    """What one more unit of a limit would be worth, at the margin."""

    limit: str
    #: The branch, manager … of a limit that has many keys; empty otherwise.
    label: str
    unit: str
    #: Minor units of the plan's value for one unit more of the maximum; below 0: what one unit
    #: less of the minimum would be worth.
    value_minor: float
    #: What the plan uses, and what the price is paid for: the maximum, or the minimum.
    used: float
    limited_to: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Breach:
    """A limit that a plan does not keep: above a maximum, or short of a minimum."""

    limit: str
    label: str
    used: float
    wanted: float
    #: For a minimum: the most that customers' rows and slots allow if it were the only limit.
    attainable: float = np.inf


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """Which rows are chosen, and how good and how safe that is."""

    #: Per row; rows of controls are chosen if there was room at their turn.
    chosen: NDArray[np.bool_]
    #: Sum of the scores of the chosen rows that are not controls.
    value: float
    #: No plan with the same controls has a larger value.
    bound: float
    #: Limits that are exceeded, by a count of its own: always empty.
    violations: tuple[Breach, ...]
    #: Minima that could not be reached.
    unmet: tuple[Breach, ...]
    #: For every limit that costs something, dearest first.
    prices: tuple[Price, ...]
    #: Price of every limit, per family and key: what live decisions and the next night start from.
    duals: tuple[NDArray[np.float64], ...]
    #: What the plan uses of every limit, per family and key.
    usage: tuple[NDArray[np.float64], ...]
    #: Wall seconds of the search for prices, and of what makes an integer plan of them.
    solve_seconds: float = 0.0
    repair_seconds: float = 0.0

    @property
    def gap(self) -> float:
        """How far the plan may be from the best, as a share of the bound."""
        if self.bound <= self.value:
            return 0.0
        return (self.bound - self.value) / max(abs(self.bound), abs(self.value))


def zero_duals(limits: Sequence[LimitFamily]) -> tuple[NDArray[np.float64], ...]:
    """Return a price of nothing for every limit."""
    return tuple(np.zeros(len(family.maximum)) for family in limits)
