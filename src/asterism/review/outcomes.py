"""Outcomes from facts: what each assigned customer did, in the window and before it.

One pass over the facts for each metric, however many strategies it serves.

A customer counts once for a strategy version, by the first assignment: later occasions happen, or
do not, because of the first, so that counting them again would compare unlike with unlike. The
window is the day of assignment and the `outcome_days` after it, days of the bank's calendar; what
was known to the end of `as_of` counts, and the window is closed when its last day is known. The
covariate `x` is the same metric over as many days just before.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import ibis
import ibis.expr.types as ir
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from ibis.backends.duckdb import Backend

from asterism.review.cohort import Cohort, cohort_of
from asterism.review.goal import Goal
from asterism.review.metrics import METRICS, Metric, Reader
from asterism.review.windows import Facts, Ints, RunningSums, day_number, facts_of
from asterism.warehouse import Snapshot

_KEPT = ("strategy", "version", "customer_id", "wave", "channel", "script", "arm", "assigned_on")

__all__ = ["Goal", "Outcomes", "measured", "outcomes"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcomes:
    """What came of a cohort, row by row."""

    #: Outcome in the window and the same before it: minor units, or 0 and 1.
    y: Ints
    x: Ints
    #: The part of `y` that came after each wave was due and before the next, shape (waves, rows).
    #: The parts add up to `y`.
    by_wave: Ints
    #: The first day of which nothing is known yet, days since 1970.
    until: int


def measured(
    cohort: Cohort, snapshot: Snapshot, connection: Backend, zone: str = "UTC"
) -> Outcomes:
    """Return the outcomes of a cohort, to the end of the snapshot's `as_of`."""
    waves = max(len(goal.wave_days) for goal in cohort.goals)
    found = Outcomes(
        y=np.zeros(cohort.size, np.int64),
        x=np.zeros(cohort.size, np.int64),
        by_wave=np.zeros((waves, cohort.size), np.int64),
        until=day_number(snapshot.as_of) + 1,
    )
    if not cohort.size:
        return found
    first = int((cohort.day - cohort.of_goal("outcome_days")).min()) - 1
    reader = Reader(connection, snapshot, zone, date(1970, 1, 1) + timedelta(days=first))
    names = {goal.metric for goal in cohort.goals}
    for name in sorted(names):
        numbers = [n for n, goal in enumerate(cohort.goals) if goal.metric == name]
        at = np.flatnonzero(np.isin(cohort.goal, numbers))
        if at.size:
            facts = _facts(METRICS[name], reader, cohort, at)
            for family in sorted({cohort.goals[n].family for n in numbers}, key=str):
                alike = [n for n in numbers if cohort.goals[n].family == family]
                sums = RunningSums(facts.of_family(family))
                _fill(found, cohort, alike, sums, money=METRICS[name].money)
    return found


def outcomes(
    connection: Backend,
    snapshot: Snapshot,
    assignments: pa.Table,
    goals: Sequence[Goal],
    zone: str = "UTC",
) -> ir.Table:
    """Return one row per strategy version and customer with its outcome.

    Columns: those of the assignment (strategy, version, customer_id, wave, channel, script, arm,
    assigned_on), last, closed, y, x (int64: minor units, or 0 and 1). Assignments without a goal,
    or after the snapshot's `as_of`, are left out. `goals` must name at least one.
    """
    known = assignments.filter(pc.less_equal(assignments["assigned_on"], snapshot.as_of))
    cohort = cohort_of(known, goals)
    found = measured(cohort, snapshot, connection, zone)
    last = cohort.day + cohort.of_goal("outcome_days")
    rows = known.take(pa.array(cohort.row)).select([n for n in _KEPT if n in known.column_names])
    values = {
        "last": pa.array(last.astype(np.int32)).cast(pa.date32()),
        "closed": pa.array(last <= day_number(snapshot.as_of)),
        "y": pa.array(found.y),
        "x": pa.array(found.x),
    }
    for name, column in values.items():
        rows = rows.append_column(name, column)
    return ibis.memtable(rows)


def _facts(metric: Metric, reader: Reader, cohort: Cohort, at: Ints) -> Facts:
    places = np.unique(cohort.customer[at])
    meant = cohort.customers.take(pa.array(places))
    facts = facts_of(metric.read(reader, meant), meant)
    return Facts(
        customer=places[facts.customer],
        day=facts.day,
        amount=facts.amount,
        family=facts.family,
    )


def _fill(
    found: Outcomes, cohort: Cohort, numbers: Sequence[int], sums: RunningSums, *, money: bool
) -> None:
    """Write the outcomes of the rows whose goal is among `numbers`, which read the same facts."""
    at = np.flatnonzero(np.isin(cohort.goal, numbers))
    customer, day = cohort.customer[at], cohort.day[at]
    start = sums.before(customer, day)
    before = sums.before(customer, day - cohort.of_goal("outcome_days")[at] - 1)
    found.x[at] = _value(start - before, money=money)
    done = np.zeros(at.size, np.int64)
    for wave, ends in enumerate(_ends(cohort, at, found.until)):
        now = _value(sums.before(customer, ends) - start, money=money)
        found.by_wave[wave, at] = now - done
        done = now
    found.y[at] = done


def _ends(cohort: Cohort, at: Ints, until: int) -> Iterator[Ints]:
    """Return for each wave the day after its last, by row: no later than the day `until`."""
    waves = max(len(goal.wave_days) for goal in cohort.goals)
    table = np.zeros((waves, len(cohort.goals)), np.int64)
    for number, goal in enumerate(cohort.goals):
        ends = [end for _, end in goal.segments]
        table[:, number] = [*ends, *[ends[-1]] * (waves - len(ends))]
    for row in table:
        yield np.minimum(cohort.day[at] + row[cohort.goal[at]], until)


def _value(sums: Ints, *, money: bool) -> Ints:
    """Return sums of facts in the metric's unit: money as it is, anything else whether at all."""
    return sums if money else (sums > 0).astype(np.int64)
