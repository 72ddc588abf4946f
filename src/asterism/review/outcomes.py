"""Outcomes from facts: what each assigned customer did, in the window and before it.

Set-based over a snapshot's tables: one pass for each metric, however many strategies it serves.

A customer counts once for a strategy version, by the first assignment: later occasions happen, or
do not, because of the first, so that counting them again would compare unlike with unlike. The
window is the day of assignment and the `outcome_days` after it; what was known to the end of
`as_of` counts, and the window is closed when its last day is known. The covariate `x` is the same
metric over as many days just before.
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date, timedelta

import ibis
import ibis.expr.types as ir
import pyarrow as pa
import pyarrow.compute as pc
from ibis.backends.duckdb import Backend

from asterism.review.metrics import METRICS
from asterism.review.windows import KEY
from asterism.warehouse import Snapshot

#: What sums are kept by, besides strategy, version, arm and whether the window is closed.
CUTS = ("wave", "channel")
#: What an assignments table must have; `occasion` orders assignments of one day and wave.
ASSIGNMENT_COLUMNS = (*KEY, *CUTS, "arm", "assigned_on")
_GOALS = pa.schema(
    [
        ("strategy", pa.string()),
        ("version", pa.int64()),
        ("metric", pa.string()),
        ("family", pa.string()),
        ("outcome_days", pa.int64()),
    ]
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Goal:
    """What one strategy version is measured by."""

    strategy: str
    version: int
    #: A key of `METRICS`.
    metric: str
    #: Product family that counts; None for any.
    family: str | None
    #: Days after the day of assignment that count.
    outcome_days: int


def outcomes(
    connection: Backend, snapshot: Snapshot, assignments: pa.Table, goals: Sequence[Goal]
) -> ir.Table:
    """Return one row per strategy version and customer with its outcome.

    Columns: strategy, version, customer_id, wave, channel, arm, assigned_on, last, closed, y, x
    (int64: minor units, or 0 and 1). Assignments without a goal, or after the snapshot's `as_of`,
    are left out. `goals` must name at least one.
    """
    cohort = _cohort(assignments, goals, snapshot.as_of)
    since = _earliest(assignments, goals)
    measured = [
        _with_outcome(rows, METRICS[metric].read(rows, snapshot, connection, since))
        for metric in sorted({goal.metric for goal in goals})
        for rows in [cohort.filter(cohort["metric"] == metric)]
    ]
    return ibis.union(*measured) if len(measured) > 1 else measured[0]


def outcome_cells(rows: ir.Table) -> ir.Table:
    """Return the sums of `outcomes` by strategy, version, wave, channel, arm and closed.

    Squares of money pass what int64 holds, hence decimals, 19 digits so that a product has the
    widest, 38. The sums are exact, in any order.
    """
    y, x = (rows[name].cast("decimal(19, 0)") for name in ("y", "x"))
    return rows.group_by(["strategy", "version", *CUTS, "arm", "closed"]).agg(
        n=rows.count(),
        y=y.sum(),
        yy=(y * y).sum(),
        x=x.sum(),
        xx=(x * x).sum(),
        xy=(x * y).sum(),
    )


def cost_cells(rows: ir.Table, touches: pa.Table) -> ir.Table:
    """Return what was spent on the customers of `outcomes` within their windows.

    `touches` has strategy, version, customer_id, planned_for and cost_minor. The result has
    strategy, version, wave, channel (of the assignment), arm, closed and cost_minor.
    """
    spent = ibis.memtable(touches)
    spent = spent.rename({f"touch_{name}": name for name in spent.columns})
    hits = rows.join(
        spent,
        [
            *(rows[name] == spent[f"touch_{name}"] for name in KEY),
            spent["touch_planned_for"] <= rows["last"],
        ],
    )
    return hits.group_by(["strategy", "version", *CUTS, "arm", "closed"]).agg(
        cost_minor=hits["touch_cost_minor"].sum()
    )


def _cohort(assignments: pa.Table, goals: Sequence[Goal], as_of: date) -> ir.Table:
    """First assignments with their goal and their windows."""
    plan = ibis.memtable(pa.Table.from_pylist([asdict(goal) for goal in goals], schema=_GOALS))
    joined = _first(ibis.memtable(assignments)).join(plan, ["strategy", "version"])
    joined = joined.filter(joined["assigned_on"] <= as_of)
    start, days = joined["assigned_on"], joined["outcome_days"]
    cohort = joined.mutate(
        last=(start + days.as_interval("D")).cast("date"),
        before=(start - (days + 1).as_interval("D")).cast("date"),
    )
    return cohort.mutate(closed=cohort["last"] <= as_of)


def _first(assignments: ir.Table) -> ir.Table:
    """Each customer's first assignment to each strategy version."""
    order = [name for name in ("assigned_on", "wave", "occasion") if name in assignments.columns]
    place = ibis.row_number().over(
        group_by=list(KEY), order_by=[assignments[name] for name in order]
    )
    numbered = assignments.mutate(place=place)
    return numbered.filter(numbered["place"] == 0).select(*ASSIGNMENT_COLUMNS)


def _earliest(assignments: pa.Table, goals: Sequence[Goal]) -> date:
    """Return the first day of the earliest covariate window."""
    longest = max(goal.outcome_days for goal in goals)
    first: date | None = pc.min(assignments["assigned_on"]).as_py()
    return (first or date.max) - timedelta(days=longest + 1)


def _with_outcome(cohort: ir.Table, found: ir.Table) -> ir.Table:
    """Join the metric's values to everybody in the cohort; those without facts have 0."""
    joined = cohort.left_join(found, list(KEY))
    values = {name: joined[name].fill_null(0).cast("int64") for name in ("y", "x")}
    return joined.select(*ASSIGNMENT_COLUMNS, "last", "closed", **values)
