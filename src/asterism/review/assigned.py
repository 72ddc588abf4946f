"""Assignments and what was spent on them, as the review reads them from the ledger."""

from datetime import date
from functools import reduce
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import csv
from sqlalchemy import (
    ColumnElement,
    Engine,
    Select,
    String,
    Table,
    cast,
    exists,
    func,
    literal,
    select,
)

from asterism.execution.life import CONTACTED
from asterism.execution.tables import assignment, touch
from asterism.ledger import reading
from asterism.review.cohort import CUTS, Cohort, goal_numbers
from asterism.review.windows import Ints, as_ints

_CUTS = tuple(name for name in CUTS if name in assignment.c)
_VERSION = [("strategy", pa.string()), ("version", pa.int64()), ("customer_id", pa.string())]
_ASSIGNED = pa.schema(
    [
        *_VERSION,
        ("wave", pa.int64()),
        ("arm", pa.string()),
        *((name, pa.string()) for name in _CUTS),
    ]
)
_SPENT = pa.schema([*_VERSION, ("cost_minor", pa.int64())])
#: Between a row's values; no id or code has it.
_BETWEEN = "\x1f"


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
    query = _packed(assignment, _ASSIGNED, "assigned_on")
    query = query.where(row.assigned_on <= through, ~earlier)
    if since is not None:
        query = query.where(row.assigned_on >= since)
    return _unpacked(engine, query, _ASSIGNED, "assigned_on")


def costs(engine: Engine, cohort: Cohort, through: date) -> Ints:
    """Return what was spent on each row's customer within the window, to the end of `through`.

    Touches count that were, or may have been, handed over.
    """
    spent = np.zeros(cohort.size, np.int64)
    if not cohort.size:
        return spent
    row = touch.c
    first = date.fromordinal(date(1970, 1, 1).toordinal() + int(cohort.day.min()))
    query = _packed(touch, _SPENT, "planned_for").where(
        row.planned_for.between(first, through),
        row.state.in_([state.value for state in CONTACTED]),
        row.cost_minor != 0,
    )
    _add(spent, cohort, _unpacked(engine, query, _SPENT, "planned_for"))
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


def _packed(table: Table, told: pa.Schema, day: str) -> Select[Any]:
    """Return the query of a table's rows, those of a day in one text.

    The database joins texts many times faster than rows become objects here; a million
    assignments are read like this every day.
    """
    values: list[ColumnElement[str]] = [
        func.coalesce(cast(table.c[name], String), "") for name in told.names
    ]
    row = reduce(lambda one, other: one + literal(_BETWEEN) + other, values)
    return select(table.c[day], func.aggregate_strings(row, "\n")).group_by(table.c[day])


def _unpacked(engine: Engine, query: Select[Any], told: pa.Schema, day: str) -> pa.Table:
    """Return the rows of a packed query, with their day."""
    dated = told.append(pa.field(day, pa.date32()))
    tables = [dated.empty_table()]
    with reading(engine) as connection:
        for on, text in connection.execute(query):
            rows = csv.read_csv(
                pa.py_buffer(text.encode()),
                csv.ReadOptions(column_names=told.names),
                csv.ParseOptions(delimiter=_BETWEEN, quote_char=False),
                csv.ConvertOptions(column_types=told, strings_can_be_null=True, null_values=[""]),
            )
            days = pa.repeat(pa.scalar(on, pa.date32()), rows.num_rows)
            tables.append(rows.append_column(dated.field(day), days))
    return pa.concat_tables(tables)
