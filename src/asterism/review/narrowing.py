"""From everybody to what changed: a strategy's decision, its touches, its measured effect."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import Engine, func, select

from asterism.execution.queries import Step, funnel_of
from asterism.execution.tables import assignment
from asterism.kernel.errors import NotFoundError
from asterism.ledger import reading
from asterism.review.cohort import ARMS
from asterism.review.latest import StrategyEffect, effect_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Funnel:
    """How a strategy narrowed from its customers to what it changed."""

    strategy: str
    since: date
    until: date
    #: Layers of the decision, then delivery, in order.
    steps: tuple[Step, ...]
    #: Assignments in the days by arm: touch, holdout, universal.
    arms: dict[str, int]
    #: The latest effect of the newest measured version; None before the first review.
    effect: StrategyEffect | None


def funnel(engine: Engine, strategy: str, since: date, until: date) -> Funnel:
    """Return the funnel of a strategy over the days from `since` to `until`, both included."""
    try:
        effect = effect_of(engine, strategy)
    except NotFoundError:
        effect = None
    return Funnel(
        strategy=strategy,
        since=since,
        until=until,
        steps=funnel_of(engine, strategy, since, until),
        arms=_arms(engine, strategy, since, until),
        effect=effect,
    )


def _arms(engine: Engine, strategy: str, since: date, until: date) -> dict[str, int]:
    row = assignment.c
    query = (
        select(row.arm, func.count())
        .where(row.strategy == strategy, row.assigned_on.between(since, until))
        .group_by(row.arm)
    )
    with reading(engine) as connection:
        found = {arm: int(count) for arm, count in connection.execute(query)}
    return {arm: found.get(arm, 0) for arm in ARMS}
