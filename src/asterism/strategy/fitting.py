"""Which ready strategy fits a place on the map best."""

from collections.abc import Sequence
from dataclasses import dataclass

from asterism.audience import Columns, Mask
from asterism.kernel.errors import InvalidInputError
from asterism.strategy.readings import Expressions
from asterism.strategy.strategy import Strategy
from asterism.strategy.terms import Stage, Tier


@dataclass(frozen=True, slots=True, kw_only=True)
class Fit:
    """A ready strategy, and how it fits a cell."""

    strategy: Strategy
    #: Customers of the cell who are in its audience.
    customers: int
    #: Whether it is made for the cell's stage, and for its tier: says so, not just "every one".
    stage: bool
    tier: bool


def best_fits(
    columns: Columns,
    expressions: Expressions,
    people: Mask,
    place: tuple[Tier, Stage],
    ready: Sequence[Strategy],
) -> tuple[Fit, ...]:
    """Rank the `ready` strategies for the `people` of a cell, the best first.

    One that is made for the stage comes before one for the tier, and among those alike the one
    that means most of the customers; one that means nobody is left out, unless it is made for both.
    """
    fits = [_fit(columns, expressions, people, place, one) for one in ready]
    kept = [fit for fit in fits if fit.customers or (fit.stage and fit.tier)]
    return tuple(
        sorted(
            kept,
            key=lambda f: (
                -(2 * f.stage + f.tier) * (f.customers > 0),
                -f.customers,
                f.strategy.id,
            ),
        )
    )


def _fit(
    columns: Columns,
    expressions: Expressions,
    people: Mask,
    place: tuple[Tier, Stage],
    strategy: Strategy,
) -> Fit:
    tier, stage = place
    try:
        meant = people & expressions.audience(strategy.audience).mask(columns)
    except InvalidInputError:
        meant = Mask.none(people.size)
    return Fit(
        strategy=strategy,
        customers=meant.count(),
        stage=stage in strategy.cell.stages,
        tier=tier in strategy.cell.tiers,
    )
