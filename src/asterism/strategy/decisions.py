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
from asterism.strategy.allocate import ALIKE
from asterism.strategy.candidates import LimitFamily, Plan
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
    programme: tuple[Running, ...]

    def verdict(self, customer_index: int, strategy: str) -> Reason | None:
        """Return what arbitration said about a customer and a strategy; None if not reached."""
        number = next((one.number for one in self.programme if one.id == strategy), None)
        if number is None:
            return None
        pair = customer_index * len(self.programme) + number
        place = int(np.searchsorted(self.arbitrated, pair))
        if place == len(self.arbitrated) or self.arbitrated[place] != pair:
            return None
        return _VERDICTS[int(self.verdicts[place])]


_VERDICTS = (reasons.CHOSEN, *reasons.ARBITRATION)


@dataclass(frozen=True, slots=True)
class Solved:
    """The allocation problem and its answer."""

    rows: Rows
    families: Sequence[LimitFamily]
    plan: Plan


def record(of_day: DecisionDay, solved: Solved) -> Decisions:
    """Write the day's decisions down; arbitration's drops join the funnel."""
    rows, programme = solved.rows, of_day.programme
    first = rows.first
    verdicts = _verdicts(solved, first)
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
        programme=programme,
    )


def _verdicts(solved: Solved, first: NDArray[np.int64]) -> NDArray[np.int8]:
    """Return per customer and strategy the number of its verdict: the preferred action's reason."""
    if not len(first):
        return np.zeros(0, np.int8)
    numbers = {reason.code: number for number, reason in enumerate(_VERDICTS)}
    by_block = [reasons.BY_LIMIT[family.name.split(":")[0]].code for family in solved.families]
    of_family = np.array([numbers[code] for code in by_block] or [0], np.int8)
    blocked = solved.plan.blocked[first]
    verdicts = np.full(len(first), numbers[reasons.CUSTOMER_LIMIT.code], np.int8)
    verdicts[blocked == ALIKE] = numbers[reasons.SAME_CHANNEL.code]
    limited = blocked >= 0
    verdicts[limited] = of_family[blocked[limited]]
    any_chosen = np.logical_or.reduceat(solved.plan.chosen, first)
    verdicts[any_chosen] = 0
    return verdicts


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
