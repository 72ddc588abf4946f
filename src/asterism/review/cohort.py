"""Who is compared: customers' first assignments, with their arm and the groups they are in."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from asterism.review.goal import Goal
from asterism.review.windows import Ints, as_ints

TOUCH = "touch"
HOLDOUT = "holdout"
UNIVERSAL = "universal"
ARMS = (TOUCH, HOLDOUT, UNIVERSAL)
#: By what effects are cut: facts of the assignment, known before anybody was touched and for every
#: arm alike, so that within each value chance alone divides touched from held out.
CUTS = ("channel", "script", "model", "tier", "lifecycle")


@dataclass(frozen=True, slots=True, kw_only=True)
class Cut:
    """One way to divide a cohort."""

    values: tuple[str, ...]
    #: Number into `values` for each row; −1 where it is not known.
    codes: Ints


@dataclass(frozen=True, slots=True, kw_only=True)
class Cohort:
    """Rows of customers and what they were assigned to: arrays of one length.

    Ordered by version and customer, who stands there once.
    """

    #: What rows are measured by; `goal` counts into it.
    goals: tuple[Goal, ...]
    goal: Ints
    #: Ids of the customers; `customer` counts into it.
    customers: pa.Array
    customer: Ints
    #: Day of assignment, days since 1970.
    day: Ints
    #: Number into `ARMS`.
    arm: Ints
    cuts: Mapping[str, Cut]
    #: Where each row stands in the table of assignments it was made from.
    row: Ints

    @property
    def size(self) -> int:
        """How many rows there are."""
        return len(self.goal)

    def where(self, kept: NDArray[np.bool_]) -> "Cohort":
        """Return the rows for which `kept` is true."""
        return Cohort(
            goals=self.goals,
            goal=self.goal[kept],
            customers=self.customers,
            customer=self.customer[kept],
            day=self.day[kept],
            arm=self.arm[kept],
            cuts={
                name: Cut(values=cut.values, codes=cut.codes[kept])
                for name, cut in self.cuts.items()
            },
            row=self.row[kept],
        )

    def of_goal(self, name: str) -> Ints:
        """Return a whole number of each row's goal, such as `outcome_days`."""
        return np.array([getattr(one, name) for one in self.goals], np.int64)[self.goal]


def cohort_of(assigned: pa.Table, goals: Sequence[Goal]) -> Cohort:
    """Return the first assignment of each customer to each version that has a goal.

    `assigned` has strategy, version, customer_id, arm, assigned_on, wave if known, and any of
    `CUTS`.
    """
    goal = goal_numbers(assigned, goals)
    ids = _encoded(assigned["customer_id"])
    customer, day = as_ints(ids.indices), as_ints(assigned["assigned_on"].cast(pa.int32()))
    arm = as_ints(pc.index_in(assigned["arm"], value_set=pa.array(ARMS)))
    columns = assigned.column_names
    wave = as_ints(assigned["wave"]) if "wave" in columns else np.ones(len(day), np.int64)
    order = np.lexsort((wave, day, customer, goal))
    new = np.ones(len(order), np.bool_)
    new[1:] = (np.diff(goal[order]) != 0) | (np.diff(customer[order]) != 0)
    at = order[new & (goal[order] >= 0) & (arm[order] >= 0)]
    return Cohort(
        goals=tuple(goals),
        goal=goal[at],
        customers=ids.dictionary,
        customer=customer[at],
        day=day[at],
        arm=arm[at],
        cuts={name: _cut(assigned[name], at) for name in CUTS if name in columns},
        row=at,
    )


def goal_numbers(rows: pa.Table, goals: Sequence[Goal]) -> Ints:
    """Return for rows of (strategy, version) the place of their goal; −1 where there is none."""
    strategies = _encoded(rows["strategy"])
    versions = as_ints(rows["version"])
    names = {name: place for place, name in enumerate(strategies.dictionary.to_pylist())}
    table = np.full((len(names), int(versions.max(initial=0)) + 1), -1, np.int64)
    for number, goal in enumerate(goals):
        if goal.strategy in names and goal.version < table.shape[1]:
            table[names[goal.strategy], goal.version] = number
    return np.asarray(table[as_ints(strategies.indices), versions], dtype=np.int64)


def _cut(column: pa.ChunkedArray, at: Ints) -> Cut:
    encoded = _encoded(column)
    return Cut(
        values=tuple(map(str, encoded.dictionary.to_pylist())), codes=as_ints(encoded.indices)[at]
    )


def _encoded(column: pa.ChunkedArray) -> pa.DictionaryArray:
    encoded = column.combine_chunks().dictionary_encode()
    return encoded.combine_chunks() if isinstance(encoded, pa.ChunkedArray) else encoded
