"""Assignments and what was spent on them, as the review reads them from the ledger."""

from collections.abc import Sequence
from datetime import date
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from sqlalchemy import Engine, Select, String, cast, exists, select

from asterism.execution.life import CONTACTED
from asterism.execution.tables import assignment, touch
from asterism.ledger import reading
from asterism.review.cohort import CUTS, Cohort, goal_numbers
from asterism.review.windows import Ints, as_ints

_FETCH = 50_000
_CUTS = tuple(name for name in CUTS if name in assignment.c)
_ASSIGNED = pa.schema(
    [
        ("strategy", pa.string()),
        ("version", pa.int64()),
        ("customer_id", pa.string()),
        ("wave", pa.int64()),
        ("arm", pa.string()),
        ("assigned_on", pa.string()),
        *((name, pa.string()) for name in _CUTS),
    ]
)
_SPENT = pa.schema(
    [
        ("strategy", pa.string()),
        ("version", pa.int64()),
        ("customer_id", pa.string()),
        ("planned_for", pa.string()),
        ("cost_minor", pa.int64()),
    ]
)


def first_assignments(engine: Engine, *, since: date | None, through: date) -> pa.Table:
    """Return customers' first assignments to each version that fell in the days, ends included.

    Columns: strategy, version, customer_id, wave, arm, assigned_on and the `CUTS` that the ledger
    has; `since` None begins with the first of all.
    """
    row, other = assignment.c, assignment.alias().c
    earlier = exists().where(
        other.strategy == row.strategy,
        other.version == row.version,
        other.customer_id == row.customer_id,
        other.assigned_on < row.assigned_on,
    )
    # Days travel as text: turning each into a date would cost as much as all the rest.
    columns = [row[name] for name in _ASSIGNED.names if name != "assigned_on"]
    columns.insert(_ASSIGNED.get_field_index("assigned_on"), cast(row.assigned_on, String))
    query = select(*columns).where(row.assigned_on <= through, ~earlier)
    if since is not None:
        query = query.where(row.assigned_on >= since)
    return _dated(_table(engine, query, _ASSIGNED), "assigned_on")


def costs(engine: Engine, cohort: Cohort, through: date) -> Ints:
    """Return what was spent on each row's customer within the window, to the end of `through`.

    Touches count that were, or may have been, handed over.
    """
    spent = np.zeros(cohort.size, np.int64)
    if not cohort.size:
        return spent
    row = touch.c
    first = date.fromordinal(date(1970, 1, 1).toordinal() + int(cohort.day.min()))
    columns = [row[name] for name in _SPENT.names if name != "planned_for"]
    columns.insert(_SPENT.get_field_index("planned_for"), cast(row.planned_for, String))
    query = select(*columns).where(
        row.planned_for.between(first, through),
        row.state.in_([state.value for state in CONTACTED]),
        row.cost_minor != 0,
    )
    touches = _dated(_table(engine, query, _SPENT), "planned_for")
    _add(spent, cohort, touches)
    return spent


def _add(spent: Ints, cohort: Cohort, touches: pa.Table) -> None:
    """Add each touch's cost to the row it belongs to, if its day is in the row's window."""
    goal = goal_numbers(touches, cohort.goals)
    customer = as_ints(pc.index_in(touches["customer_id"], value_set=cohort.customers))
    # Rows are ordered by goal and customer, each pair once.
    width = len(cohort.customers) + 1
    rows = cohort.goal * width + cohort.customer
    wanted = goal * width + customer
    at = np.minimum(np.searchsorted(rows, wanted), cohort.size - 1)
    day = as_ints(touches["planned_for"].cast(pa.int32()))
    last = cohort.day + cohort.of_goal("outcome_days")
    hit = (goal >= 0) & (customer >= 0) & (rows[at] == wanted) & (day <= last[at])
    np.add.at(spent, at[hit], as_ints(touches["cost_minor"])[hit])


def _dated(table: pa.Table, name: str) -> pa.Table:
    place = table.column_names.index(name)
    return table.set_column(place, name, table[name].cast(pa.date32()))


def _table(engine: Engine, query: Select[Any], schema: pa.Schema) -> pa.Table:
    """Return the rows of `query` in `schema`, fetched in pieces so that memory stays small."""
    batches = []
    with reading(engine) as connection:
        result = connection.execution_options(yield_per=_FETCH).execute(query)
        for rows in result.partitions():
            columns: list[Sequence[object]] = list(zip(*rows, strict=True))
            arrays = [pa.array(one, kind.type) for one, kind in zip(columns, schema, strict=True)]
            batches.append(pa.record_batch(arrays, schema=schema))
    return pa.Table.from_batches(batches, schema=schema)
