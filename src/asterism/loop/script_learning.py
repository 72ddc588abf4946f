"""What the versions of scripts have brought, learned each morning before the day is decided."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any

import ibis
import pyarrow as pa
import pyarrow.compute as pc
from sqlalchemy import Engine

from asterism.execution import assignments
from asterism.execution.plan import TOUCH_ARM
from asterism.review.outcomes import Goal, outcomes
from asterism.strategy import PublishedStrategy
from asterism.strategy.script_tests import Batch, learn, shares_on, store_arms
from asterism.strategy.wording import Place, Shares, places_under_test
from asterism.warehouse import Snapshot, connect

#: Days of assignments that are learned from: what worked long ago is forgotten.
MEMORY_DAYS = 180


def learn_scripts(
    engine: Engine, snapshot: Snapshot, strategies: Sequence[PublishedStrategy], day: date
) -> Mapping[Place, Shares]:
    """Return the shares of all versions under test on `day`, and keep how they came about.

    A day that has its shares keeps them: deciding it again gives the same.
    """
    tested = {
        place: (names, published)
        for published in strategies
        for place, names in places_under_test(published.strategy, published.version).items()
    }
    if not tested:
        return {}
    batches = _batches(engine, snapshot, {p.strategy.id: p for _, p in tested.values()}, day)
    arms = {
        place: learn(place, names, batches.get(_told(place), ()), day)
        for place, (names, _) in tested.items()
    }
    store_arms(engine, day, arms)
    kept = shares_on(engine, day)
    return {place: kept[place] for place in tested}


_Told = tuple[str, int, str, int]


def _told(place: Place) -> _Told:
    return place.strategy, place.version, place.channel, place.wave


def _batches(
    engine: Engine, snapshot: Snapshot, strategies: Mapping[str, PublishedStrategy], day: date
) -> dict[_Told, list[Batch]]:
    """Return what is known of the strategies' scripts, day by day of assignment."""
    since = day - timedelta(days=MEMORY_DAYS)
    parts = [assignments(engine, strategy=name, since=since) for name in strategies]
    assigned: pa.Table = pa.concat_tables(parts)
    told = pc.and_(pc.equal(assigned["arm"], TOUCH_ARM), pc.is_valid(assigned["script"]))
    assigned = assigned.filter(told)
    if not assigned.num_rows:
        return {}
    found: dict[_Told, list[Batch]] = defaultdict(list)
    for row in _sums(snapshot, assigned, [_goal(one) for one in strategies.values()]):
        batch = Batch(
            script=row["script"],
            assigned_on=row["assigned_on"],
            customers=row["customers"],
            outcome=float(row["outcome"] or 0),
            squares=float(row["squares"] or 0),
        )
        found[row["strategy"], row["version"], row["channel"], row["wave"]].append(batch)
    return found


def _goal(published: PublishedStrategy) -> Goal:
    strategy = published.strategy
    return Goal(
        strategy=strategy.id,
        version=published.version,
        metric=strategy.goal.metric.value,
        family=strategy.goal.family.value if strategy.goal.family else None,
        outcome_days=strategy.outcome_days,
    )


def _sums(snapshot: Snapshot, assigned: pa.Table, goals: Sequence[Goal]) -> list[dict[str, Any]]:
    """Return the outcomes of those who were told, summed by script and day of assignment."""
    key = ["strategy", "version", "customer_id", "wave", "channel", "assigned_on"]
    connection = connect()
    try:
        rows = outcomes(connection, snapshot, assigned, goals)
        said = ibis.memtable(assigned.select([*key, "script"]))
        joined = rows.select(*key, "y").join(said, key)
        y = joined["y"].cast("float64")
        cut = ["strategy", "version", "channel", "wave", "script", "assigned_on"]
        query = joined.group_by(cut).agg(
            customers=joined.count(), outcome=y.sum(), squares=(y * y).sum()
        )
        found: list[dict[str, Any]] = connection.to_pyarrow(query).to_pylist()
    finally:
        connection.disconnect()
    return found
