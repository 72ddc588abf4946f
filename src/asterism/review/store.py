"""The sums of every review, kept by day so that an effect's course can be shown."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Engine,
    FromClause,
    Select,
    Subquery,
    and_,
    delete,
    insert,
    select,
)
from sqlalchemy import func as sql

from asterism.kernel.clock import Clock
from asterism.ledger import reading
from asterism.review.cells import WHOLE, Cell, State
from asterism.review.goal import PROGRAMME, Goal, Version
from asterism.review.sums import FIELDS, EffectSums
from asterism.review.tables import review_cell, review_day

_KEY = ("strategy", "version", "through")
_GOAL = ("metric", "family", "value_per_unit", "holdout_share", "outcome_days", "population")


@dataclass(frozen=True, slots=True, kw_only=True)
class Reviewed:
    """One strategy version as it was measured on one day."""

    goal: Goal
    through: date
    first_assigned_on: date
    #: Some of the cells, or all: what was asked for.
    cells: tuple[Cell, ...] = field(default=())

    @property
    def look(self) -> int:
        """Which daily look this is, counted from 1 on the day of the first assignment."""
        return (self.through - self.first_assigned_on).days + 1


def store_reviews(engine: Engine, reviews: Sequence[Reviewed], through: date, clock: Clock) -> None:
    """Keep the day's `reviews` in place of what was kept for that day."""
    now = clock.now()
    sums = [row for review in reviews for row in _sum_rows(review)]
    with engine.begin() as connection:
        for table in (review_cell, review_day):
            connection.execute(delete(table).where(table.c.through == through))
        if reviews:
            rows = [{**_review_row(review), "reviewed_at": now} for review in reviews]
            connection.execute(insert(review_day), rows)
            connection.execute(insert(review_cell), sums)


def load_reviews(
    engine: Engine, *, strategy: str | None = None, cut: str = WHOLE[0], programme: bool = False
) -> tuple[Reviewed, ...]:
    """Return each strategy version's latest review with the cells of one cut: the whole's.

    With `programme`, the latest of each period of the whole programme instead.
    """
    of_programme = review_day.c.strategy.startswith(PROGRAMME, autoescape=True)
    query = select(review_day).where(of_programme if programme else ~of_programme)
    if strategy is not None:
        query = query.where(review_day.c.strategy == strategy)
    newest = _newest()
    query = query.join(newest, _same_review(review_day, newest))
    with reading(engine) as connection:
        return _read(connection, query, review_cell.c.cut == cut)


def load_course(engine: Engine, strategy: str, version: int) -> tuple[Reviewed, ...]:
    """Return every review of one strategy version, oldest first, with the whole's cells."""
    query = (
        select(review_day)
        .where(review_day.c.strategy == strategy, review_day.c.version == version)
        .order_by(review_day.c.through)
    )
    with reading(engine) as connection:
        return _read(connection, query, review_cell.c.cut == WHOLE[0])


def last_before(engine: Engine, day: date) -> dict[Version, Reviewed]:
    """Return each version's last review of an earlier day, with the cells that are settled."""
    newest = _newest(before=day)
    query = select(review_day).join(newest, _same_review(review_day, newest))
    with reading(engine) as connection:
        found = _read(connection, query, review_cell.c.state == State.SETTLED.value)
    return {one.goal.key: one for one in found}


def _review_row(review: Reviewed) -> dict[str, object]:
    goal = review.goal
    return {
        "strategy": goal.strategy,
        "version": goal.version,
        "through": review.through,
        "first_assigned_on": review.first_assigned_on,
        "wave_days": ",".join(map(str, goal.wave_days)),
        **{name: getattr(goal, name) for name in _GOAL},
    }


def _sum_rows(review: Reviewed) -> list[dict[str, object]]:
    key = {
        "strategy": review.goal.strategy,
        "version": review.goal.version,
        "through": review.through,
    }
    return [
        {
            **key,
            "cut": cell.cut,
            "value": cell.value,
            "arm": cell.arm,
            "state": cell.state.value,
            "cost_minor": cell.cost_minor,
            **{name: getattr(cell.sums, name) for name in FIELDS},
        }
        for cell in review.cells
    ]


def _newest(before: date | None = None) -> Subquery:
    columns = review_day.c
    query = select(columns.strategy, columns.version, sql.max(columns.through).label("through"))
    if before is not None:
        query = query.where(columns.through < before)
    return query.group_by(columns.strategy, columns.version).subquery()


def _same_review(one: FromClause, other: FromClause) -> ColumnElement[bool]:
    return and_(*(one.c[name] == other.c[name] for name in _KEY))


def _read(
    connection: Connection, query: Select[Any], which: ColumnElement[bool]
) -> tuple[Reviewed, ...]:
    """Read the reviews that `query` finds and, in one go, those of their cells."""
    wanted = query.subquery()
    cells: dict[tuple[Any, ...], list[Cell]] = defaultdict(list)
    sums = select(review_cell).join(wanted, _same_review(review_cell, wanted)).where(which)
    order = [review_cell.c[name] for name in ("cut", "value", "arm", "state")]
    for row in connection.execute(sums.order_by(*order)):
        fields = row._asdict()
        cells[tuple(fields[name] for name in _KEY)].append(_cell(fields))
    reviews = []
    for row in connection.execute(query):
        fields = row._asdict()
        own = cells[tuple(fields[name] for name in _KEY)]
        reviews.append(
            Reviewed(
                goal=_goal(fields),
                through=fields["through"],
                first_assigned_on=fields["first_assigned_on"],
                cells=tuple(own),
            )
        )
    return tuple(reviews)


def _goal(row: Mapping[str, Any]) -> Goal:
    return Goal(
        strategy=row["strategy"],
        version=row["version"],
        wave_days=tuple(map(int, row["wave_days"].split(","))),
        **{name: row[name] for name in _GOAL},
    )


def _cell(row: Mapping[str, Any]) -> Cell:
    return Cell(
        cut=row["cut"],
        value=row["value"],
        arm=row["arm"],
        state=State(row["state"]),
        sums=EffectSums(**{name: row[name] for name in FIELDS}),
        cost_minor=row["cost_minor"],
    )
