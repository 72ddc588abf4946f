"""The test between versions of a script: what each has brought, and how much of the whole it gets.

Thompson sampling in daily batches (Thompson 1933; Chapelle and Li, "An Empirical Evaluation of
Thompson Sampling", 2011): each version gets the share that equals the probability that it is the
best, after a floor that every version keeps for ever, so that the test never stops learning.

Shares move while the world moves too: on a good day for sales the favourite would be shown more
and look better for it. Hence versions are compared within each day of assignment, where chance
alone divided them, and only then over the days.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import (
    BigInteger,
    Column,
    Connection,
    Date,
    Double,
    Engine,
    Integer,
    String,
    Table,
    select,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.sql.dml import Insert

from asterism.kernel.hashing import digest
from asterism.ledger import metadata, reading
from asterism.strategy.wording import Place, Shares

#: The share that a version keeps however badly it does; less where there are many.
FLOOR_SHARE = 0.1
#: Customers that the expectation of "all alike" weighs as much as, for each version.
PRIOR_CUSTOMERS = 20.0
_ROUNDS = 20_000

#: What was known of each version on a day, and the share that it got for that; never changed.
script_arm = Table(
    "script_arm",
    metadata,
    Column("strategy", String(80), primary_key=True),
    Column("version", Integer, primary_key=True),
    Column("channel", String(40), primary_key=True),
    Column("wave", Integer, primary_key=True),
    Column("script", String(63), primary_key=True),
    #: The day that was decided with these shares, on what was known the evening before.
    Column("day", Date, primary_key=True),
    Column("audience", String(4_000), nullable=False),
    #: Customers told this version whose outcomes count so far, and the sum of these.
    Column("customers", BigInteger, nullable=False),
    Column("outcome", Double, nullable=False),
    #: The belief about the mean outcome of one customer: a normal distribution.
    Column("mean", Double, nullable=False),
    Column("deviation", Double, nullable=False),
    #: Probability that it is the best of its place.
    Column("best", Double, nullable=False),
    Column("share", Double, nullable=False),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """What the customers of one day who were told one version have brought so far."""

    script: str
    assigned_on: date
    customers: int
    #: Sum and sum of squares of the outcome, in the unit of the strategy's metric.
    outcome: float
    squares: float


@dataclass(frozen=True, slots=True, kw_only=True)
class ScriptArm:
    """What is believed of one version on a day, and the share it gets."""

    script: str
    customers: int
    outcome: float
    mean: float
    deviation: float
    best: float
    share: float


def learn(
    place: Place, names: Sequence[str], batches: Iterable[Batch], day: date
) -> tuple[ScriptArm, ...]:
    """Return what is to be believed of the versions `names` on `day`, from all that came of them.

    The same input gives the same shares: chance is seeded by place and day.
    """
    found = list(batches)
    means, weights, spread = _compared(names, found)
    deviations = spread / np.sqrt(weights + PRIOR_CUSTOMERS)
    seed = int(digest(f"{place.text} v{place.version} {day.isoformat()}")[:16], 16)
    best = _best(means, deviations, np.random.default_rng(seed))
    floor = min(FLOOR_SHARE, 0.5 / len(names))
    shares = floor + (1 - floor * len(names)) * best
    return tuple(
        ScriptArm(
            script=name,
            customers=sum(b.customers for b in found if b.script == name),
            outcome=sum(b.outcome for b in found if b.script == name),
            mean=float(means[i]),
            deviation=float(deviations[i]),
            best=float(best[i]),
            share=float(shares[i]),
        )
        for i, name in enumerate(names)
    )


def _compared(
    names: Sequence[str], batches: Sequence[Batch]
) -> tuple[NDArray[np.float64], NDArray[np.float64], float]:
    """Return each version's mean, the customers it is worth, and the spread of one outcome.

    Every day counts by the customers of all versions together, so that a day's level favours none.
    Days on which a version was not told are taken together with those after them.
    """
    days = sorted({batch.assigned_on for batch in batches})
    n, y, squares = np.zeros((3, len(days), len(names)))
    for batch in batches:
        if batch.script in names:
            at = days.index(batch.assigned_on), names.index(batch.script)
            for sums, more in ((n, batch.customers), (y, batch.outcome), (squares, batch.squares)):
                sums[at] += more
    starts = _periods(n)
    if not len(starts):
        return np.zeros(len(names)), np.zeros(len(names)), 0.0
    n, y, squares = (np.add.reduceat(sums, starts, axis=0) for sums in (n, y, squares))
    level = n.sum(axis=1) / n.sum()
    weights = 1.0 / ((level**2)[:, None] / n).sum(axis=0)
    told = (level[:, None] * y / n).sum(axis=0)
    common = float(y.sum() / n.sum())
    means = (weights * told + PRIOR_CUSTOMERS * common) / (weights + PRIOR_CUSTOMERS)
    return means, weights, float(np.sqrt(max(squares.sum() / n.sum() - common**2, 0.0)))


def _periods(told: NDArray[np.float64]) -> NDArray[np.int64]:
    """Return where periods begin in which every version was told; days × versions are given.

    What is left over at the end belongs to the last period. None while a version was never told.
    """
    starts, so_far = [0], np.zeros(told.shape[1])
    for day, customers in enumerate(told):
        so_far = so_far + customers
        if (so_far > 0).all():
            starts.append(day + 1)
            so_far = np.zeros(told.shape[1])
    return np.array(starts[:-1], np.int64)


def _best(
    means: NDArray[np.float64], deviations: NDArray[np.float64], chance: np.random.Generator
) -> NDArray[np.float64]:
    """Return the probability of each version that it is the best."""
    if not deviations.any():
        return np.full(len(means), 1 / len(means))
    draws = chance.normal(means, deviations, (_ROUNDS, len(means)))
    wins = np.bincount(draws.argmax(axis=1), minlength=len(means))
    chances: NDArray[np.float64] = wins / _ROUNDS
    return chances


def store_arms(engine: Engine, day: date, arms: Mapping[Place, Sequence[ScriptArm]]) -> None:
    """Keep what `day` is decided with; a day that has its shares keeps them."""
    rows = [
        {
            "strategy": place.strategy,
            "version": place.version,
            "channel": place.channel,
            "wave": place.wave,
            "audience": place.audience,
            "day": day,
            **{name: getattr(arm, name) for name in ScriptArm.__dataclass_fields__},
        }
        for place, found in arms.items()
        for arm in found
    ]
    if rows:
        with engine.begin() as connection:
            connection.execute(_insert_new(connection), rows)


def _insert_new(connection: Connection) -> Insert:
    """Return an insert that passes over rows whose key is there already."""
    if connection.dialect.name == "postgresql":
        return postgresql.insert(script_arm).on_conflict_do_nothing()
    return sqlite.insert(script_arm).on_conflict_do_nothing()


def arms_of(
    engine: Engine, strategy: str | None = None, day: date | None = None
) -> dict[date, dict[Place, tuple[ScriptArm, ...]]]:
    """Return the kept facts by day, oldest first: of one strategy, or one day, or all."""
    query = select(script_arm).order_by(script_arm.c.day, script_arm.c.wave, script_arm.c.script)
    if strategy is not None:
        query = query.where(script_arm.c.strategy == strategy)
    if day is not None:
        query = query.where(script_arm.c.day == day)
    found: dict[date, dict[Place, tuple[ScriptArm, ...]]] = {}
    with reading(engine) as connection:
        for row in connection.execute(query).mappings():
            place = Place(**{name: row[name] for name in Place.__dataclass_fields__})
            arm = ScriptArm(**{name: row[name] for name in ScriptArm.__dataclass_fields__})
            of_day = found.setdefault(row["day"], {})
            of_day[place] = (*of_day.get(place, ()), arm)
    return found


def shares_on(engine: Engine, day: date) -> dict[Place, Shares]:
    """Return the shares that a day is decided with."""
    return {
        place: {arm.script: arm.share for arm in arms}
        for place, arms in arms_of(engine, day=day).get(day, {}).items()
    }
