"""The day's review: every strategy's effect brought up to the snapshot's last day."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
from ibis.backends.duckdb import Backend
from sqlalchemy import Engine, select

from asterism.execution import assignments
from asterism.execution.life import CONTACTED
from asterism.execution.tables import touch
from asterism.kernel.clock import Clock
from asterism.review.latest import StrategyEffect, strategy_effect
from asterism.review.outcomes import CUTS, Goal, cost_cells, outcome_cells, outcomes
from asterism.review.store import Cell, Reviewed, store_reviews
from asterism.review.sums import FIELDS, EffectSums
from asterism.strategy import Strategy, get_strategy
from asterism.warehouse import Snapshot, connect

Version = tuple[str, int]
_FETCH = 50_000
_TOUCHES = pa.schema(
    [
        ("strategy", pa.string()),
        ("version", pa.int64()),
        ("customer_id", pa.string()),
        ("planned_for", pa.date32()),
        ("cost_minor", pa.int64()),
    ]
)


def review(
    engine: Engine, snapshot: Snapshot, clock: Clock, *, connection: Backend | None = None
) -> tuple[StrategyEffect, ...]:
    """Measure every strategy version that has assignments, through the snapshot's `as_of`.

    Sums are computed anew from the facts and replace those of the same day, so that running it
    again changes nothing, and late facts find their way in.
    """
    assigned = _assignments(engine, snapshot.as_of)
    if not assigned.num_rows:
        return ()
    strategies = _strategies(engine, assigned)
    own = connection or connect()
    try:
        cells = _cells(own, snapshot, assigned, engine, strategies)
    finally:
        if connection is None:
            own.disconnect()
    first = _first_days(assigned)
    reviews = [
        _reviewed(version, strategies[version], snapshot.as_of, first[version], cells[version])
        for version in sorted(strategies)
    ]
    store_reviews(engine, reviews, clock)
    return tuple(map(strategy_effect, reviews))


def _cells(
    connection: Backend,
    snapshot: Snapshot,
    assigned: pa.Table,
    engine: Engine,
    strategies: Mapping[Version, Strategy],
) -> dict[Version, list[Cell]]:
    goals = [_goal(version, strategy) for version, strategy in strategies.items()]
    rows = connection.create_table(
        "review_outcomes",
        outcomes(connection, snapshot, assigned, goals),
        temp=True,
        overwrite=True,
    )
    sums = connection.to_pyarrow(outcome_cells(rows)).to_pylist()
    spent = connection.to_pyarrow(cost_cells(rows, _touches(engine, snapshot.as_of))).to_pylist()
    connection.drop_table("review_outcomes")
    costs = {_place(row): int(row["cost_minor"]) for row in spent}
    cells: dict[Version, list[Cell]] = {version: [] for version in strategies}
    for row in sorted(sums, key=lambda row: str(_place(row))):
        cells[row["strategy"], row["version"]].append(
            Cell(
                cut={name: str(row[name]) for name in CUTS if row[name] is not None},
                arm=row["arm"],
                closed=row["closed"],
                sums=_sums(row),
                cost_minor=costs.get(_place(row), 0),
            )
        )
    return cells


def _sums(row: Mapping[str, Any]) -> EffectSums:
    return EffectSums(n=row["n"], **{name: float(row[name]) for name in FIELDS if name != "n"})


def _place(row: Mapping[str, Any]) -> tuple[Any, ...]:
    return tuple(row[name] for name in ("strategy", "version", *CUTS, "arm", "closed"))


def _goal(version: Version, strategy: Strategy) -> Goal:
    goal = strategy.goal
    return Goal(
        strategy=version[0],
        version=version[1],
        metric=goal.metric.value,
        family=goal.family.value if goal.family else None,
        outcome_days=strategy.outcome_days,
    )


def _reviewed(
    version: Version, strategy: Strategy, through: date, first: date, cells: Sequence[Cell]
) -> Reviewed:
    goal = _goal(version, strategy)
    return Reviewed(
        strategy=goal.strategy,
        version=goal.version,
        through=through,
        metric=goal.metric,
        family=goal.family,
        value_per_unit=strategy.goal.worth(1),
        holdout_share=strategy.holdout,
        outcome_days=goal.outcome_days,
        first_assigned_on=first,
        cells=tuple(cells),
    )


def _strategies(engine: Engine, assigned: pa.Table) -> dict[Version, Strategy]:
    pairs = assigned.group_by(["strategy", "version"]).aggregate([]).to_pylist()
    found = {}
    for pair in pairs:
        version = (pair["strategy"], pair["version"])
        found[version] = get_strategy(engine, *version).strategy
    return found


def _first_days(assigned: pa.Table) -> dict[Version, date]:
    firsts = assigned.group_by(["strategy", "version"]).aggregate([("assigned_on", "min")])
    return {(row["strategy"], row["version"]): row["assigned_on_min"] for row in firsts.to_pylist()}


def _assignments(engine: Engine, through: date) -> pa.Table:
    table = assignments(engine)
    return table.filter(pc.less_equal(table["assigned_on"], through))


def _touches(engine: Engine, through: date) -> pa.Table:
    """Return touches that were, or may have been, handed over: what was spent."""
    columns = touch.c
    query = select(*(columns[name] for name in _TOUCHES.names)).where(
        columns.planned_for <= through,
        columns.state.in_([state.value for state in CONTACTED]),
    )
    batches = []
    with engine.connect().execution_options(yield_per=_FETCH) as connection:
        for rows in connection.execute(query).partitions():
            values = list(zip(*rows, strict=True))
            arrays = [pa.array(v, f.type) for v, f in zip(values, _TOUCHES, strict=True)]
            batches.append(pa.record_batch(arrays, schema=_TOUCHES))
    return pa.Table.from_batches(batches, schema=_TOUCHES)
