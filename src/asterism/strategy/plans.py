"""Published plans in the ledger: what a day's allocation was worth, its bound and its prices."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    Column,
    Date,
    Engine,
    Float,
    Integer,
    String,
    Table,
    Text,
    delete,
    insert,
    select,
)

from asterism.kernel.clock import Clock
from asterism.ledger import AwareMoment, metadata, reading
from asterism.strategy.allocation import Breach, LimitFamily, Plan, Price
from asterism.strategy.price_list import PriceList, free_limits

published_plan = Table(
    "published_plan",
    metadata,
    Column("day", Date, primary_key=True),
    Column("value_minor", Float, nullable=False),
    Column("bound_minor", Float, nullable=False),
    Column("violations", Integer, nullable=False),
    #: Minima that were not reached, as JSON.
    Column("unmet", Text, nullable=False),
    Column("published_at", AwareMoment, nullable=False),
)

#: One row per limit that has a price, or that all customers share.
plan_price = Table(
    "plan_price",
    metadata,
    Column("day", Date, primary_key=True),
    Column("limit_name", String(140), primary_key=True),
    Column("label", String(140), primary_key=True),
    Column("unit", String(12), nullable=False),
    #: What the search found: the next night's start, and what live decisions are charged.
    Column("dual_minor", Float, nullable=False),
    #: What one unit more would bring; 0 if the limit does not bind after all.
    Column("worth_minor", Float, nullable=False),
    Column("used", Float, nullable=False),
    Column("limited_to", Float, nullable=False),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class PublishedPlan:
    """A day's plan as the ledger keeps it."""

    day: date
    value_minor: float
    bound_minor: float
    violations: int
    unmet: tuple[Breach, ...]
    #: Dearest first; then the limits that all customers share and that do not bind.
    prices: tuple[Price, ...]
    price_list: PriceList
    published_at: datetime

    @property
    def gap(self) -> float:
        """How far the plan may be from the best, as a share of the bound."""
        if self.bound_minor <= self.value_minor:
            return 0.0
        return (self.bound_minor - self.value_minor) / max(self.bound_minor, -self.value_minor)


def publish_plan(
    engine: Engine, day: date, families: Sequence[LimitFamily], plan: Plan, clock: Clock
) -> None:
    """Write a day's plan down with its prices; the same day again replaces it."""
    duals = PriceList.of(families, plan).prices
    rows = [
        {
            "day": day,
            "limit_name": price.limit,
            "label": price.label,
            "unit": price.unit,
            "dual_minor": duals.get((price.limit, price.label), 0.0),
            "worth_minor": price.value_minor,
            "used": price.used,
            "limited_to": price.limited_to,
        }
        for price in (*plan.prices, *free_limits(families, plan))
    ]
    with engine.begin() as connection:
        connection.execute(delete(plan_price).where(plan_price.c.day == day))
        connection.execute(delete(published_plan).where(published_plan.c.day == day))
        connection.execute(
            insert(published_plan).values(
                day=day,
                value_minor=plan.value,
                bound_minor=plan.bound,
                violations=len(plan.violations),
                unmet=json.dumps([_plain(breach) for breach in plan.unmet]),
                published_at=clock.now(),
            )
        )
        if rows:
            connection.execute(insert(plan_price), rows)


def _plain(breach: Breach) -> dict[str, object]:
    return {
        "limit": breach.limit,
        "label": breach.label,
        "used": breach.used,
        "wanted": breach.wanted,
        "attainable": breach.attainable,
    }


def latest_plan(engine: Engine, *, before: date | None = None) -> PublishedPlan | None:
    """Return the newest plan, of a day before `before` if that is given; None if there is none."""
    query = select(published_plan).order_by(published_plan.c.day.desc()).limit(1)
    if before is not None:
        query = query.where(published_plan.c.day < before)
    with reading(engine) as connection:
        row = connection.execute(query).first()
        if row is None:
            return None
        prices = connection.execute(select(plan_price).where(plan_price.c.day == row.day)).all()
    return _published(row, prices)


def _published(row: Any, prices: Sequence[Any]) -> PublishedPlan:
    named = [
        Price(
            limit=price.limit_name,
            label=price.label,
            unit=price.unit,
            value_minor=price.worth_minor,
            used=price.used,
            limited_to=price.limited_to,
        )
        for price in prices
    ]
    return PublishedPlan(
        day=row.day,
        value_minor=row.value_minor,
        bound_minor=row.bound_minor,
        violations=row.violations,
        unmet=tuple(Breach(**breach) for breach in json.loads(row.unmet)),
        prices=tuple(sorted(named, key=lambda p: (-abs(p.value_minor), p.limit, p.label))),
        price_list=PriceList(
            {(p.limit_name, p.label): p.dual_minor for p in prices if p.dual_minor != 0.0}
        ),
        published_at=row.published_at,
    )
