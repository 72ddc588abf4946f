"""The sums of every review, kept by day so that an effect's course can be shown."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from urllib.parse import parse_qsl, urlencode

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ColumnElement,
    Connection,
    Date,
    Double,
    Engine,
    FromClause,
    Integer,
    Select,
    String,
    Subquery,
    Table,
    and_,
    delete,
    insert,
    select,
)
from sqlalchemy import func as sql

from asterism.kernel.clock import Clock
from asterism.ledger import AwareMoment, metadata, reading
from asterism.review.sums import FIELDS, EffectSums

_KEY = ("strategy", "version", "through")

#: What a strategy version was measured by, on each day it was.
effect_review = Table(
    "effect_review",
    metadata,
    Column("strategy", String(80), primary_key=True),
    Column("version", Integer, primary_key=True),
    #: The last day whose facts are counted.
    Column("through", Date, primary_key=True),
    Column("metric", String(40), nullable=False),
    Column("family", String(40)),
    #: Worth of one unit of the metric, minor units.
    Column("value_per_unit", Double, nullable=False),
    Column("holdout_share", Double, nullable=False),
    Column("outcome_days", Integer, nullable=False),
    Column("first_assigned_on", Date, nullable=False),
    Column("reviewed_at", AwareMoment, nullable=False),
)

#: Disjoint groups of customers: sums over any of them add up.
effect_sums = Table(
    "effect_sums",
    metadata,
    Column("strategy", String(80), primary_key=True),
    Column("version", Integer, primary_key=True),
    Column("through", Date, primary_key=True),
    #: The group in words, `channel=email&wave=1`.
    Column("cut", String(400), primary_key=True),
    Column("arm", String(10), primary_key=True),
    #: Whether these customers' windows are over.
    Column("closed", Boolean, primary_key=True),
    Column("n", BigInteger, nullable=False),
    Column("y", Double, nullable=False),
    Column("yy", Double, nullable=False),
    Column("x", Double, nullable=False),
    Column("xx", Double, nullable=False),
    Column("xy", Double, nullable=False),
    Column("cost_minor", BigInteger, nullable=False),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """One group of one arm: its sums, and what its touches cost."""

    #: Values by name, for example {'channel': 'email', 'wave': '1'}.
    cut: Mapping[str, str]
    arm: str
    closed: bool
    sums: EffectSums
    #: Minor units.
    cost_minor: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Reviewed:
    """One strategy version as it was measured on one day."""

    strategy: str
    version: int
    through: date
    metric: str
    family: str | None
    value_per_unit: float
    holdout_share: float
    outcome_days: int
    first_assigned_on: date
    cells: tuple[Cell, ...] = field(default=())

    @property
    def look(self) -> int:
        """Which daily look this is, counted from 1 on the day of the first assignment."""
        return (self.through - self.first_assigned_on).days + 1


def store_reviews(engine: Engine, reviews: Sequence[Reviewed], clock: Clock) -> None:
    """Keep `reviews`; what was kept for the same versions and day is replaced."""
    with engine.begin() as connection:
        for review in reviews:
            _replace(connection, review, clock)


def load_reviews(
    engine: Engine, *, strategy: str | None = None, through: date | None = None
) -> tuple[Reviewed, ...]:
    """Return each strategy version's latest review, or that of the day `through`."""
    query = select(effect_review)
    if strategy is not None:
        query = query.where(effect_review.c.strategy == strategy)
    with reading(engine) as connection:
        if through is not None:
            query = query.where(effect_review.c.through == through)
        else:
            newest = _newest()
            query = query.join(newest, _same_review(effect_review, newest))
        return _read(connection, query)


def load_course(engine: Engine, strategy: str, version: int) -> tuple[Reviewed, ...]:
    """Return every review of one strategy version, oldest first."""
    query = (
        select(effect_review)
        .where(effect_review.c.strategy == strategy, effect_review.c.version == version)
        .order_by(effect_review.c.through)
    )
    with reading(engine) as connection:
        return _read(connection, query)


def cut_text(cut: Mapping[str, object]) -> str:
    """Return a cut in words, the same for the same cut.

    >>> cut_text({"wave": 1, "channel": "email"})
    'channel=email&wave=1'
    """
    return urlencode(sorted((name, str(value)) for name, value in cut.items()))


def cells_where(cells: Iterable[Cell], **wanted: object) -> tuple[Cell, ...]:
    """Return the cells whose cut has all `wanted` values."""
    return tuple(
        cell
        for cell in cells
        if all(cell.cut.get(name) == str(value) for name, value in wanted.items())
    )


def _replace(connection: Connection, review: Reviewed, clock: Clock) -> None:
    key = {"strategy": review.strategy, "version": review.version, "through": review.through}
    for table in (effect_sums, effect_review):
        connection.execute(delete(table).where(*(table.c[n] == v for n, v in key.items())))
    names = [column.name for column in effect_review.columns if column.name != "reviewed_at"]
    values = {name: getattr(review, name) for name in names}
    connection.execute(insert(effect_review), {**values, "reviewed_at": clock.now()})
    rows = [
        {
            **key,
            "cut": cut_text(cell.cut),
            "arm": cell.arm,
            "closed": cell.closed,
            "cost_minor": cell.cost_minor,
            **{name: getattr(cell.sums, name) for name in FIELDS},
        }
        for cell in review.cells
    ]
    if rows:
        connection.execute(insert(effect_sums), rows)


def _newest() -> Subquery:
    columns = effect_review.c
    return (
        select(columns.strategy, columns.version, sql.max(columns.through).label("through"))
        .group_by(columns.strategy, columns.version)
        .subquery()
    )


def _same_review(one: FromClause, other: FromClause) -> ColumnElement[bool]:
    return and_(*(one.c[name] == other.c[name] for name in _KEY))


def _read(connection: Connection, query: Select[Any]) -> tuple[Reviewed, ...]:
    """Read the reviews that `query` finds and, in one go, their cells."""
    wanted = query.subquery()
    cells: dict[tuple[Any, ...], list[Cell]] = defaultdict(list)
    sums = select(effect_sums).join(wanted, _same_review(effect_sums, wanted))
    order = (effect_sums.c.cut, effect_sums.c.arm, effect_sums.c.closed)
    for row in connection.execute(sums.order_by(*order)):
        fields = row._asdict()
        cells[tuple(fields[name] for name in _KEY)].append(_cell(fields))
    reviews = []
    for row in connection.execute(query):
        fields = row._asdict()
        fields.pop("reviewed_at")
        own = cells[tuple(fields[name] for name in _KEY)]
        reviews.append(Reviewed(**fields, cells=tuple(own)))
    return tuple(reviews)


def _cell(row: Mapping[str, Any]) -> Cell:
    return Cell(
        cut=dict(parse_qsl(row["cut"])),
        arm=row["arm"],
        closed=row["closed"],
        sums=EffectSums(**{name: row[name] for name in FIELDS}),
        cost_minor=row["cost_minor"],
    )
