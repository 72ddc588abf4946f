"""What all strategies together earned: those whom no strategy touches, against everybody else.

The universal control is drawn from the whole bank, so that the whole bank is compared: every
customer, meant by a strategy or not. Time is cut into periods of `PERIOD_DAYS`; a period is one
more experiment, whose cohort are those who were customers when it began, and is measured by the
same sums as any other, under the name of its metric with a star before it. A week's news is enough
for a total, so that it is brought up to date every `WEEK` days.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import pyarrow as pa
from ibis.backends.duckdb import Backend
from numpy.typing import NDArray
from sqlalchemy import Engine, func, select

from asterism.execution.life import CONTACTED
from asterism.execution.tables import touch
from asterism.ledger import reading
from asterism.review.cohort import HOLDOUT, TOUCH
from asterism.review.effect import Effect, Range
from asterism.review.goal import PROGRAMME, Goal, Version
from asterism.review.latest import effect_of_cells
from asterism.review.sequence import ALPHA
from asterism.review.store import Reviewed, load_reviews
from asterism.strategy.draws import Ids, in_share
from asterism.strategy.programme import UNIVERSAL_SALT
from asterism.warehouse import Snapshot

PERIOD_DAYS = 28
WEEK = 7
#: The most customers that are read of either side: more would sharpen the total hardly any more.
MOST_CONTROL = 50_000
MOST_OTHERS = 100_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Period:
    """Who is compared in one period, for every metric alike."""

    number: int
    began_on: date
    #: Their goals, one for each metric.
    goals: tuple[Goal, ...]
    #: Schema of assignments: one row for each goal and customer.
    assigned: pa.Table


def due(before: Mapping[Version, Reviewed], began_on: date, through: date) -> bool:
    """Tell whether the total is to be brought up to date on `through`."""
    reviewed = [one.through for key, one in before.items() if key[0].startswith(PROGRAMME)]
    last = max(reviewed, default=began_on - timedelta(days=1))
    return (through - last).days >= WEEK


def periods(
    connection: Backend,
    snapshot: Snapshot,
    goals: Sequence[Goal],
    *,
    began_on: date,
    share: float,
) -> tuple[Period, ...]:
    """Return the present period and the one before, if there was one.

    `goals` are the strategies': each of their metrics is measured, a unit worth what the most
    modest of them says. `began_on` is the day of the first assignment of all, `share` that of the
    universal control.
    """
    customers = snapshot.table(connection, "customers", columns=["customer_id", "opened_on"])
    people = connection.to_pyarrow(customers)
    draws = Ids(people["customer_id"].to_numpy()).draws(UNIVERSAL_SALT)
    since = people["opened_on"].cast(pa.int32()).fill_null(0).to_numpy()
    present = (snapshot.as_of - began_on).days // PERIOD_DAYS + 1
    found = []
    for number in range(max(present - 1, 1), present + 1):
        start = began_on + timedelta(days=(number - 1) * PERIOD_DAYS)
        there = since <= (start - date(1970, 1, 1)).days
        size = int(there.sum())
        control = min(share, MOST_CONTROL / max(size, 1))
        others = min(1 - share, MOST_OTHERS / max(size, 1))
        held = there & in_share(draws, control)
        reached = there & in_share(draws, share + others) & ~in_share(draws, share)
        measured = tuple(
            Goal(
                strategy=PROGRAMME + metric,
                version=number,
                metric=metric,
                family=None,
                outcome_days=PERIOD_DAYS - 1,
                value_per_unit=min(one.value_per_unit for one in goals if one.metric == metric),
                holdout_share=control / (control + others),
                population=int((there & ~in_share(draws, share)).sum()),
            )
            for metric in sorted({one.metric for one in goals})
        )
        table = _assigned(people["customer_id"], held, reached, measured, start)
        found.append(Period(number=number, began_on=start, goals=measured, assigned=table))
    return tuple(found)


def _assigned(
    ids: pa.ChunkedArray,
    held: NDArray[np.bool_],
    reached: NDArray[np.bool_],
    goals: Sequence[Goal],
    start: date,
) -> pa.Table:
    compared = held | reached
    arms = pa.array(np.where(held[compared], 1, 0)).cast(pa.int32())
    people = ids.filter(pa.array(compared))
    size = len(people)
    arm = pa.DictionaryArray.from_arrays(arms, pa.array([TOUCH, HOLDOUT])).cast(pa.string())
    return pa.concat_tables(
        [
            pa.table(
                {
                    "strategy": pa.repeat(pa.scalar(goal.strategy), size),
                    "version": pa.repeat(pa.scalar(goal.version, pa.int64()), size),
                    "customer_id": people,
                    "wave": pa.repeat(pa.scalar(1, pa.int64()), size),
                    "arm": arm,
                    "assigned_on": pa.repeat(pa.scalar(start, pa.date32()), size),
                }
            )
            for goal in goals
        ]
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Programme:
    """What the whole programme earned in one period."""

    number: int
    #: The period's first day, and the last whose facts are counted.
    began_on: date
    through: date
    #: Customers who may be touched: those to whom totals extend.
    population: int
    #: The effect on each metric; their intervals hold together.
    effects: Mapping[str, Effect]
    #: Spent on touches in the period, minor units.
    cost_minor: int

    @property
    def value(self) -> Range:
        """Worth of all metrics together, minor units; its interval holds as theirs do."""
        values = [one.incremental_value for one in self.effects.values()]
        return Range(
            point=sum(one.point for one in values),
            low=sum(one.low for one in values),
            high=sum(one.high for one in values),
        )

    @property
    def profit(self) -> Range:
        """`value` less the cost."""
        return self.value.minus(self.cost_minor)

    def to_json(self) -> dict[str, object]:
        """Return it as plain values."""
        return {
            "period": self.number,
            "began_on": self.began_on.isoformat(),
            "through": self.through.isoformat(),
            "population": self.population,
            "effects": {metric: effect.to_json() for metric, effect in self.effects.items()},
            "value": self.value.to_json(),
            "cost_minor": self.cost_minor,
            "profit": self.profit.to_json(),
        }


def programme_of(engine: Engine) -> tuple[Programme, ...]:
    """Return what the programme earned, period by period, the latest first; none before a week."""
    by_number: dict[int, list[Reviewed]] = {}
    for one in load_reviews(engine, programme=True):
        by_number.setdefault(one.goal.version, []).append(one)
    return tuple(_total(engine, by_number[number]) for number in sorted(by_number, reverse=True))


def _total(engine: Engine, lines: Sequence[Reviewed]) -> Programme:
    first = lines[0]
    last = first.first_assigned_on + timedelta(days=PERIOD_DAYS - 1)
    over = all(one.through >= last for one in lines)
    effects = {
        one.goal.metric: effect_of_cells(
            one, one.cells, None if over else one.look, alpha=ALPHA / len(lines)
        )
        for one in lines
    }
    through = min(max(one.through for one in lines), last)
    return Programme(
        number=first.goal.version,
        began_on=first.first_assigned_on,
        through=through,
        population=first.goal.population or 0,
        effects=effects,
        cost_minor=_spent(engine, first.first_assigned_on, through),
    )


def _spent(engine: Engine, since: date, until: date) -> int:
    row = touch.c
    query = select(func.coalesce(func.sum(row.cost_minor), 0)).where(
        row.planned_for.between(since, until),
        row.state.in_([state.value for state in CONTACTED]),
    )
    with reading(engine) as connection:
        return int(connection.execute(query).scalar_one())
