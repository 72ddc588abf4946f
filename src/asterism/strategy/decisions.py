"""What a day's decision leaves behind: touches, controls, the funnel, the plan and its prices."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from asterism.audience import Columns
from asterism.kernel.reason import Reason
from asterism.strategy import reasons
from asterism.strategy.allocation import ALIKE, Candidates, LimitFamily, Plan, refusals
from asterism.strategy.counters import ARMS
from asterism.strategy.decision_day import DecisionDay
from asterism.strategy.funnel import FunnelStep
from asterism.strategy.programme import Running, cost_minor
from asterism.strategy.rows import Rows

#: Facts of the customer on the day, kept with each row where the snapshot has them.
_FACTS = ("branch_id", "manager_id", "tier", "lifecycle")


@dataclass(frozen=True, kw_only=True)
class Decisions:
    """The decisions of one day."""

    day: date
    #: One row per customer and strategy that was taken up, of every arm: `customer_id`,
    #: `customer_index`, `strategy`, `version`, `wave`, `occasion` (day of its first wave), `offer`,
    #: `family`, `channel`, `value_minor` (net of cost), `cost_minor`, `arm` ('touch', 'holdout',
    #: 'universal') and the customer's `branch_id`, `manager_id`, `tier`, `lifecycle`.
    touches: pa.Table
    #: Per strategy and reason: customers dropped and left.
    funnel: list[FunnelStep]
    #: The allocation with its bound and prices.
    plan: Plan
    #: Customers (dense indices) and strategies that reached arbitration, ordered by both, and the
    #: number of the reason they got there.
    arbitrated: NDArray[np.int64]
    verdicts: NDArray[np.int8]
    #: The limit that refused each of them, as a number into `families`; −1 if none did.
    refused_by: NDArray[np.int32]
    #: The day's limits.
    families: Sequence[LimitFamily]
    programme: tuple[Running, ...]

    def verdict(self, customer_index: int, strategy: str) -> Reason | None:
        """Return what arbitration said about a customer and a strategy; None if not reached."""
        place = self._place(customer_index, strategy)
        return None if place is None else _VERDICTS[int(self.verdicts[place])]

    def binding_limit(self, customer_index: int, strategy: str) -> tuple[str, str] | None:
        """Return name and key (a branch, a manager …) of the limit that refused a strategy."""
        place = self._place(customer_index, strategy)
        number = -1 if place is None else int(self.refused_by[place])
        if number < 0:
            return None
        family = self.families[number]
        key = 0 if family.key is None else int(family.key[customer_index])
        return family.name, family.label(key)

    def _place(self, customer_index: int, strategy: str) -> int | None:
        number = next((one.number for one in self.programme if one.id == strategy), None)
        if number is None:
            return None
        pair = customer_index * len(self.programme) + number
        place = int(np.searchsorted(self.arbitrated, pair))
        found = place < len(self.arbitrated) and self.arbitrated[place] == pair
        return place if found else None


_VERDICTS = (reasons.CHOSEN, *reasons.ARBITRATION)


@dataclass(frozen=True, slots=True)
class Solved:
    """The allocation problem and its answer."""

    rows: Rows
    candidates: Candidates
    families: Sequence[LimitFamily]
    plan: Plan


def record(of_day: DecisionDay, solved: Solved) -> Decisions:
    """Write the day's decisions down; arbitration's drops join the funnel."""
    rows, programme = solved.rows, of_day.programme
    first = rows.first
    verdicts, refused_by = _verdicts(solved, first)
    owners = rows.strategy[first]
    for number, reason in enumerate(reasons.ARBITRATION, start=1):
        counts = np.bincount(owners[verdicts == number], minlength=len(programme))
        for running in programme:
            of_day.funnel.drop(running.id, reason, int(counts[running.number]))
    return Decisions(
        day=of_day.day,
        touches=_touches(of_day, rows, solved.plan),
        funnel=of_day.funnel.steps([running.id for running in programme]),
        plan=solved.plan,
        arbitrated=rows.customer[first] * len(programme) + owners,
        verdicts=verdicts,
        refused_by=refused_by,
        families=solved.families,
        programme=programme,
    )


def _verdicts(
    solved: Solved, first: NDArray[np.int64]
) -> tuple[NDArray[np.int8], NDArray[np.int32]]:
    """Return per customer and strategy its verdict's number, and the limit that refused it.

    Both are those of the preferred action.
    """
    if not len(first):
        return np.zeros(0, np.int8), np.zeros(0, np.int32)
    numbers = {reason.code: number for number, reason in enumerate(_VERDICTS)}
    of_family = np.array([numbers[_reason_of(family).code] for family in solved.families], np.int8)
    refused = refusals(solved.candidates, solved.families, solved.plan)[first]
    verdicts = np.full(len(first), numbers[reasons.CUSTOMER_LIMIT.code], np.int8)
    verdicts[refused == ALIKE] = numbers[reasons.SAME_CHANNEL.code]
    limited = refused >= 0
    verdicts[limited] = of_family[refused[limited]]
    any_chosen = np.logical_or.reduceat(solved.plan.chosen, first)
    verdicts[any_chosen] = 0
    return verdicts, np.where(limited & ~any_chosen, refused, -1)


def _reason_of(family: LimitFamily) -> Reason:
    """Return the reason that a limit's kind gives; a minimum share refuses nobody by itself."""
    return reasons.BY_LIMIT.get(family.name.split(":")[0], reasons.CUSTOMER_LIMIT)


def _touches(of_day: DecisionDay, rows: Rows, plan: Plan) -> pa.Table:
    columns, programme = of_day.population.columns, of_day.programme
    at = np.flatnonzero(plan.chosen)
    who, what, whose = rows.customer[at], rows.action[at], rows.strategy[at]
    actions = rows.actions
    wave = np.array([action.wave for action in actions] or [0], np.int32)[what]
    costs = np.array([cost_minor(action) for action in actions] or [0], np.int64)
    versions = np.array([running.published.version for running in programme] or [0], np.int32)
    facts = {tag: _fact(columns, tag, who) for tag in _FACTS if tag in columns.names}
    return pa.table(
        {
            "customer_id": pa.array(columns.customer_ids.take(who), pa.string()),
            "customer_index": who,
            "strategy": _named([running.id for running in programme], whose),
            "version": versions[whose],
            "wave": wave,
            "occasion": _occasions(of_day, who, whose, wave),
            "offer": _named([action.offer.id for action in actions], what),
            "family": _named([action.offer.family.value for action in actions], what),
            "channel": _named([action.channel.value for action in actions], what),
            "value_minor": np.rint(rows.value[at]).astype(np.int64),
            "cost_minor": costs[what],
            "arm": _named(list(ARMS), rows.arm[at].astype(np.int64)),
            **facts,
        }
    )


def _occasions(
    of_day: DecisionDay, who: NDArray[np.int64], whose: NDArray[np.int32], wave: NDArray[np.int32]
) -> pa.Array:
    """Return the day of each occasion's first wave, as text."""
    began = np.full(len(who), np.datetime64(of_day.day, "D"))
    for running in of_day.programme:
        later = (whose == running.number) & (wave > 1)
        days = of_day.population.counters.since(running.id).days[who[later]]
        began[later] -= days.astype("timedelta64[D]")
    return pa.array(np.datetime_as_string(began).astype(object), pa.string())


def _named(names: list[str], numbers: NDArray[np.integer]) -> pa.Array:
    return pa.array(names, pa.string()).take(pa.array(numbers.astype(np.int64)))


def _fact(columns: Columns, tag: str, who: NDArray[np.int64]) -> pa.Array:
    values, valid = columns.take(tag, who)
    return pa.array(values, pa.string(), mask=None if valid is None else ~valid)
