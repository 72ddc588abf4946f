"""What customers do if nobody touches them: the ground that an experiment is planned on."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum
from math import sqrt

import numpy as np
import pyarrow as pa
from ibis.backends.duckdb import Backend
from sqlalchemy import Engine

from asterism.audience import Columns, compile_audience
from asterism.insight.segments import segment_catalogue
from asterism.insight.snapshots import snapshot_history
from asterism.kernel.errors import InvalidInputError, NotFoundError, Problem
from asterism.kernel.words import N_
from asterism.review.cells import State
from asterism.review.cohort import HOLDOUT, cohort_of
from asterism.review.goal import Goal
from asterism.review.metrics import METRICS
from asterism.review.outcomes import measured
from asterism.review.sequence import FEWEST_IN_ARM
from asterism.review.store import load_reviews
from asterism.review.sums import EffectSums, total
from asterism.strategy import Strategy
from asterism.warehouse import Snapshot, Warehouse

#: Customers whose past is enough.
_MOST = 100_000


class Source(StrEnum):
    """Where a baseline was read."""

    HOLDOUT = "holdout"
    AUDIENCE_THEN = "audience_then"
    AUDIENCE = "audience"


@dataclass(frozen=True, slots=True, kw_only=True)
class Baseline:
    """What customers do if nobody touches them, in the metric's unit."""

    mean: float
    #: Standard deviation of one customer's outcome, and what the time before leaves of it.
    deviation: float
    residual: float
    #: Customers it was read from.
    customers: int
    #: Where it was read: in the strategy's own hold-out, the audience of some weeks ago, or that of
    #: today, which leaves out whoever did it and thereby left.
    source: Source = Source.AUDIENCE
    #: Whether it is money; a share of customers varies the more the further it is from nobody.
    money: bool

    def noise(self, effect: float) -> float:
        """Return the standard deviation that remains where the touch adds `effect`."""
        if self.money or not self.deviation:
            return self.residual
        rates = [self.mean, min(self.mean + abs(effect), 1.0)]
        rates.append(min(max(0.5, rates[0]), rates[1]))
        widest = sqrt(max(rate * (1 - rate) for rate in rates))
        return self.residual * max(widest / self.deviation, 1.0)


def baseline_of(sums: EffectSums, *, money: bool) -> Baseline:
    """Return the baseline out of one arm's sums; InvalidInputError for fewer than 30 customers.

    Where something happened to nobody among n it is taken to happen to 3 in n, the upper end of
    what that leaves open (the rule of three).
    """
    if sums.n < FEWEST_IN_ARM:
        raise _refused(
            N_("{n} customers are too few for a baseline; choose a wider audience."), n=sums.n
        )
    n = sums.n
    if not money and not sums.y:
        rare = sqrt(3 / n * (1 - 3 / n))
        return Baseline(mean=0.0, deviation=rare, residual=rare, customers=n, money=money)
    within_y, within_x = sums.yy - sums.y**2 / n, sums.xx - sums.x**2 / n
    together = sums.xy - sums.x * sums.y / n
    explained = together**2 / within_x if within_x > 0 else 0.0
    return Baseline(
        mean=sums.mean,
        deviation=sqrt(max(within_y, 0.0) / (n - 1)),
        residual=sqrt(max(within_y - explained, 0.0) / (n - 1)),
        customers=n,
        money=money,
    )


def baseline_for(  # noqa: PLR0913, PLR0917 - everything that knows of the audience
    engine: Engine,
    warehouse: Warehouse,
    connection: Backend,
    snapshot: Snapshot,
    strategy: Strategy,
    zone: str,
) -> Baseline:
    """Return what the strategy's customers do untouched, read where it is least biased.

    That is its own hold-out, once 30 of them have windows that are over; else those who were in
    the audience when the last snapshot old enough was made; else those who are in it today.
    """
    goal = Goal.of(strategy, 1)
    held = _held_out(engine, goal)
    if held.n >= FEWEST_IN_ARM:
        found = baseline_of(held, money=METRICS[goal.metric].money)
        return replace(found, source=Source.HOLDOUT)
    audience = compile_audience(strategy.audience, segment_catalogue(engine))
    for then in _old_enough(engine, warehouse, snapshot.as_of - timedelta(days=goal.outcome_days)):
        columns = Columns.open(then.path("columns"))
        ids = columns.customer_ids.take(audience.mask(columns).indices())
        people = pa.array(ids, pa.string())
        if len(people) >= FEWEST_IN_ARM:
            start = then.as_of + timedelta(days=1)
            found = read_baseline(connection, snapshot, people, goal, zone, start=start)
            return replace(found, source=Source.AUDIENCE_THEN)
    columns = Columns.open(snapshot.path("columns"))
    ids = columns.customer_ids.take(audience.mask(columns).indices())
    return read_baseline(connection, snapshot, pa.array(ids, pa.string()), goal, zone)


def _held_out(engine: Engine, goal: Goal) -> EffectSums:
    """Return the sums of the strategy's hold-out whose windows are over, newest version."""
    reviews = load_reviews(engine, strategy=goal.strategy)
    alike = [one for one in reviews if one.goal.reads == goal.reads]
    newest = max(alike, key=lambda one: one.goal.version, default=None)
    cells = newest.cells if newest and newest.goal.outcome_days == goal.outcome_days else ()
    return total(
        cell.sums for cell in cells if cell.arm == HOLDOUT and cell.state is not State.OPEN
    )


def _old_enough(engine: Engine, warehouse: Warehouse, latest: date) -> Iterator[Snapshot]:
    """Yield the newest snapshot that was made by `latest` and is still there, if any."""
    for published in sorted(snapshot_history(engine), key=lambda one: one.as_of, reverse=True):
        if published.as_of >= latest:
            continue
        try:
            found = warehouse.open(published.id)
        except NotFoundError:
            continue
        if "columns" in found.datasets:
            yield found
            return


def read_baseline(  # noqa: PLR0913 - whose facts, of what, and from when
    connection: Backend,
    snapshot: Snapshot,
    customers: pa.Array,
    goal: Goal,
    zone: str,
    *,
    start: date | None = None,
) -> Baseline:
    """Return what `customers` did in the window from `start`, and before it.

    By default the window is the last that is over.
    """
    chosen = np.unique(np.linspace(0, max(len(customers) - 1, 0), _MOST).astype(np.int64))
    people = customers.take(pa.array(chosen[: len(customers)]))
    size = len(people)
    start = start or snapshot.as_of - timedelta(days=goal.outcome_days)
    assigned = pa.table(
        {
            "strategy": pa.repeat(pa.scalar(goal.strategy), size),
            "version": pa.repeat(pa.scalar(goal.version, pa.int64()), size),
            "customer_id": people,
            "arm": pa.repeat(pa.scalar("holdout"), size),
            "assigned_on": pa.repeat(pa.scalar(start, pa.date32()), size),
        }
    )
    cohort = cohort_of(assigned, [goal])
    found = measured(cohort, snapshot, connection, zone)
    return baseline_of(EffectSums.of(found.y, found.x), money=METRICS[goal.metric].money)


def _refused(message: str, **values: object) -> InvalidInputError:
    return InvalidInputError(
        N_("The experiment cannot be sized"), [Problem(message=message, values=values)]
    )
