"""The allocation problem and its answer, as arrays: who could get what, and what limits it.

maximise  the sum of values of the chosen rows
such that each customer gets at most `slots` rows, no two of them alike in any `alike` group,
          and for every family and key: minimum ≤ sum of the chosen rows' use ≤ maximum.
"""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from asterism.kernel.errors import InvalidInputError, Problem

#: A maximum that limits nothing.
UNLIMITED = np.inf


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidates:
    """Rows of (customer, action), ordered by customer and within a customer by first `alike`."""

    #: Index of the customer of each row, ascending.
    customer: NDArray[np.int64]
    #: Index of the action of each row.
    action: NDArray[np.int32]
    #: What choosing the row is worth, in minor units, cost already taken off.
    value: NDArray[np.float64]
    #: In what order rows are tried: higher first. Equal to `value` unless there are preferences.
    score: NDArray[np.float64]
    #: Order among rows of equal score, lower first; then the order given.
    turn: NDArray[np.uint32]
    #: Rows of customers who are left alone: they take a customer's slot, but no capacity.
    control: NDArray[np.bool_]
    #: Most rows of each customer, by customer index.
    slots: NDArray[np.int32]
    #: Groups × actions: a customer gets at most one action of each number in each group.
    alike: NDArray[np.int32]

    def __post_init__(self) -> None:
        if not np.isfinite(self.value).all() or not np.isfinite(self.score).all():
            message = "A candidate's value is not a finite number."
            raise InvalidInputError("The allocation cannot start", [Problem(message=message)])

    def __len__(self) -> int:
        return len(self.customer)


@dataclass(frozen=True, slots=True, kw_only=True)
class LimitFamily:
    """One kind of limit: a budget, a channel's capacity, a quota, or one limit per branch."""

    #: Unique, `kind:what`, for example `channel:call_list`.
    name: str
    #: Key of each customer, by customer index, −1 for none; None if all share one key.
    key: NDArray[np.int32] | None = None
    #: What choosing each action uses, by action; 0 where the limit does not concern it.
    use: NDArray[np.float64]
    #: Per key; 0 for none.
    minimum: NDArray[np.float64] = field(default_factory=lambda: np.zeros(1))
    #: Per key; `UNLIMITED` for none.
    maximum: NDArray[np.float64]
    #: What each key stands for, for example branch ids; the family's name if empty.
    labels: tuple[str, ...] = ()

    def label(self, key: int) -> str:
        """Return what a key stands for."""
        return self.labels[key] if self.labels else ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Price:
    """What one more unit of a limit would have been worth."""

    limit: str
    #: The branch, manager … of a limit that has many keys; empty otherwise.
    label: str
    #: Minor units per unit: the best refused row's value over its use.
    value_minor: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Breach:
    """A limit that a plan does not keep: above a maximum, or short of a minimum."""

    limit: str
    label: str
    used: float
    wanted: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """Which rows are chosen, and how good and how safe that is."""

    #: Per row; rows of controls are chosen if there was room at their turn.
    chosen: NDArray[np.bool_]
    #: Why a row was not chosen, per row: see `allocate.CHOSEN`, `NO_SLOT`, `ALIKE`; 0 and above is
    #: the number of the family whose limit it met first.
    blocked: NDArray[np.int32]
    #: Value of the chosen rows that are not controls, in minor units.
    value: float
    #: No plan with the same controls is worth more.
    bound: float
    #: Maxima that are exceeded, by a count of its own: always empty.
    violations: tuple[Breach, ...]
    #: Minima that could not be reached.
    unmet: tuple[Breach, ...]
    #: For limits that turned somebody away, dearest first.
    prices: tuple[Price, ...]

    @property
    def gap(self) -> float:
        """How far the plan may be from the best, as a share of the bound."""
        return 0.0 if self.bound <= 0 else max(0.0, (self.bound - self.value) / self.bound)
