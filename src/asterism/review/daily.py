"""The day's review: every strategy's effect brought up to the snapshot's last day.

Only what can still change is read: assignments whose windows were open, or over for fewer than
`LATE_DAYS`, at the last review. What had been settled before is added as sums.
"""

from collections.abc import Mapping
from datetime import date, timedelta

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from ibis.backends.duckdb import Backend
from sqlalchemy import Engine

from asterism.kernel.clock import Clock
from asterism.review.assigned import costs, first_assignments
from asterism.review.cells import STATES, Rows, State, added, cells_of
from asterism.review.cohort import Cohort, cohort_of
from asterism.review.goal import PROGRAMME, Goal, Version
from asterism.review.latest import StrategyEffect, strategy_effect
from asterism.review.outcomes import measured
from asterism.review.programme import due, periods
from asterism.review.store import Reviewed, last_before, store_reviews
from asterism.review.windows import Ints, day_number
from asterism.strategy import get_strategy
from asterism.warehouse import Snapshot, connect

#: Days after a window's end on which facts that come late are still counted.
LATE_DAYS = 3


def review(  # noqa: PLR0913 - what a review reads, and how
    engine: Engine,
    snapshot: Snapshot,
    clock: Clock,
    *,
    zone: str = "UTC",
    universal_control: float = 0.0,
    anew: bool = False,
    connection: Backend | None = None,
) -> tuple[StrategyEffect, ...]:
    """Measure every strategy version whose outcomes may have changed, through `as_of`.

    `zone` is the bank's, IANA: windows are days of its calendar. Sums replace those of the same
    day, so that running it again changes nothing. Facts that arrive more than `LATE_DAYS` after
    the window's end count only when everything is read `anew`. With a share of customers in
    `universal_control` the whole programme is measured too, once a week.
    """
    through = snapshot.as_of
    before = {} if anew else last_before(engine, through)
    assigned = first_assignments(engine, since=_since(before), through=through)
    if not assigned.num_rows:
        return ()
    goals = _goals(engine, assigned, before)
    own = connection or connect()
    try:
        if universal_control:
            share = universal_control
            assigned, goals = _with_programme(own, snapshot, assigned, goals, before, share)
        cohort = cohort_of(assigned, goals)
        cohort = cohort.where(_settled_on(cohort) > _reviewed_on(cohort, before))
        found = measured(cohort, snapshot, own, zone)
    finally:
        if connection is None:
            own.disconnect()
    rows = Rows(
        cohort=cohort,
        outcomes=found,
        cost=costs(engine, cohort, through),
        state=_states(cohort, day_number(through)),
    )
    reviews = _reviews(rows, before, through)
    store_reviews(engine, reviews, through, clock)
    strategies = [one for one in reviews if not one.goal.strategy.startswith(PROGRAMME)]
    return tuple(map(strategy_effect, strategies))


def _since(before: Mapping[Version, Reviewed]) -> date | None:
    """Return the first day of assignment that may not be settled yet; None for all of them."""
    if not before:
        return None
    longest = max(
        one.goal.outcome_days
        for one in before.values()
        if not one.goal.strategy.startswith(PROGRAMME)
    )
    return max(one.through for one in before.values()) - timedelta(days=longest + LATE_DAYS - 1)


def _goals(
    engine: Engine, assigned: pa.Table, before: Mapping[Version, Reviewed]
) -> tuple[Goal, ...]:
    """Return what the versions in `assigned` are measured by; a version never changes."""
    pairs = assigned.group_by(["strategy", "version"]).aggregate([]).to_pylist()
    goals = []
    for key in sorted((pair["strategy"], pair["version"]) for pair in pairs):
        known = before.get(key)
        goals.append(known.goal if known else Goal.of(get_strategy(engine, *key).strategy, key[1]))
    return tuple(goals)


def _with_programme(  # noqa: PLR0913, PLR0917 - what the strategies' review has, and the share
    connection: Backend,
    snapshot: Snapshot,
    assigned: pa.Table,
    goals: tuple[Goal, ...],
    before: Mapping[Version, Reviewed],
    share: float,
) -> tuple[pa.Table, tuple[Goal, ...]]:
    """Add the programme's periods to what is measured, if they are due."""
    firsts = [one.first_assigned_on for key, one in before.items()]
    began_on = min([*firsts, pc.min(assigned["assigned_on"]).as_py()])
    if not due(before, began_on, snapshot.as_of):
        return assigned, goals
    found = periods(connection, snapshot, goals, began_on=began_on, share=share)
    tables = [assigned, *(one.assigned for one in found)]
    own = tuple(_known_goal(goal, before) for one in found for goal in one.goals)
    return pa.concat_tables(tables, promote_options="default"), (*goals, *own)


def _known_goal(goal: Goal, before: Mapping[Version, Reviewed]) -> Goal:
    """Return the goal as it was kept, if it was: what a period is measured by does not change."""
    known = before.get(goal.key)
    return known.goal if known else goal


def _settled_on(cohort: Cohort) -> Ints:
    return cohort.day + cohort.of_goal("outcome_days") + LATE_DAYS


def _reviewed_on(cohort: Cohort, before: Mapping[Version, Reviewed]) -> Ints:
    """Return the day through which each row's version was measured last; −1 for never."""
    days = [
        day_number(before[goal.key].through) if goal.key in before else -1 for goal in cohort.goals
    ]
    return np.array(days, np.int64)[cohort.goal]


def _states(cohort: Cohort, through: int) -> Ints:
    last = cohort.day + cohort.of_goal("outcome_days")
    order = [STATES.index(state) for state in (State.OPEN, State.CLOSED, State.SETTLED)]
    return np.select(
        [last > through, _settled_on(cohort) > through], order[:2], default=order[2]
    ).astype(np.int64)


def _reviews(rows: Rows, before: Mapping[Version, Reviewed], through: date) -> list[Reviewed]:
    """Join what was read now to what had been settled; versions that stand still are left out."""
    cells = cells_of(rows)
    cohort = rows.cohort
    reviews = []
    for number, goal in enumerate(cohort.goals):
        if not cells[goal.key]:
            continue
        known = before.get(goal.key)
        settled = [cell for cell in known.cells if cell.state is State.SETTLED] if known else []
        first = int(cohort.day[cohort.goal == number].min())
        reviews.append(
            Reviewed(
                goal=goal,
                through=through,
                first_assigned_on=(
                    known.first_assigned_on if known else date(1970, 1, 1) + timedelta(days=first)
                ),
                cells=added(settled, cells[goal.key]),
            )
        )
    return reviews
