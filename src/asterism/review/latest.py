"""Effects out of kept sums: no row of any customer is read here."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Engine

from asterism.kernel.errors import NotFoundError
from asterism.kernel.words import N_
from asterism.review.advice import Advice, advise
from asterism.review.cells import Cell, State
from asterism.review.cohort import HOLDOUT, TOUCH
from asterism.review.effect import Economics, Effect, measure
from asterism.review.ratio import sample_ratio
from asterism.review.sequence import ALPHA
from asterism.review.store import Reviewed, load_course, load_reviews
from asterism.review.sums import total


@dataclass(frozen=True, slots=True, kw_only=True)
class StrategyEffect:
    """What one strategy version earned, to the end of the day `through`."""

    strategy: str
    version: int
    #: A key of `asterism.review.metrics.METRICS`.
    metric: str
    family: str | None
    through: date
    #: Everybody assigned, with what is known of them: windows still open count so far.
    so_far: Effect
    #: Only those whose window is over.
    complete: Effect

    @property
    def effect(self) -> Effect:
        """The figure to show first: everybody, so far."""
        return self.so_far

    @property
    def advice(self) -> Advice:
        """What to do: from the windows that are over, or from all while those tell nothing yet."""
        return advise(self.complete if self.complete.known else self.so_far)

    def to_json(self) -> dict[str, object]:
        """Return it as plain values."""
        return {
            "strategy": self.strategy,
            "version": self.version,
            "metric": self.metric,
            "family": self.family,
            "through": self.through.isoformat(),
            "so_far": self.so_far.to_json(),
            "complete": self.complete.to_json(),
            "advice": {"action": self.advice.action.value, "code": self.advice.code},
        }


def latest_effects(engine: Engine) -> tuple[StrategyEffect, ...]:
    """Return the latest effect of each strategy's newest measured version, by strategy."""
    newest: dict[str, Reviewed] = {}
    for reviewed in load_reviews(engine):
        goal = reviewed.goal
        known = newest.get(goal.strategy)
        if known is None or goal.version > known.goal.version:
            newest[goal.strategy] = reviewed
    return tuple(strategy_effect(newest[name]) for name in sorted(newest))


def effect_of(engine: Engine, strategy: str, version: int | None = None) -> StrategyEffect:
    """Return the latest effect of a strategy's `version`, the newest measured by default.

    NotFoundError if nothing has been measured yet.
    """
    found = [
        reviewed
        for reviewed in load_reviews(engine, strategy=strategy)
        if version in {None, reviewed.goal.version}
    ]
    if not found:
        raise NotFoundError(N_("Nothing has been measured for {strategy} yet."), strategy=strategy)
    return strategy_effect(max(found, key=lambda reviewed: reviewed.goal.version))


def effect_course(engine: Engine, strategy: str, version: int) -> tuple[StrategyEffect, ...]:
    """Return the effect as it stood on each day, oldest first."""
    return tuple(map(strategy_effect, load_course(engine, strategy, version)))


def effects_by(
    engine: Engine, strategy: str, version: int, cut: str
) -> tuple[tuple[str, StrategyEffect], ...]:
    """Return the latest effect within each value of `cut`, one of `CUTS` or 'wave'.

    One interval for each value: with many values, one of them misleading is to be expected; see
    `asterism.review.many` for what may be claimed of all of them. The waves divide the
    window: each one's effect is what came after it was due and before the next, and they add up.
    """
    found = [
        one
        for one in load_reviews(engine, strategy=strategy, cut=cut)
        if one.goal.version == version
    ]
    return tuple(
        (value, strategy_effect(one, cut_cells(one.cells, value)))
        for one in found
        for value in sorted({cell.value for cell in one.cells})
    )


def strategy_effect(reviewed: Reviewed, cells: Sequence[Cell] | None = None) -> StrategyEffect:
    """Return the effect of a kept review, over some of its `cells` or the whole."""
    if cells is None:
        cells = [cell for cell in reviewed.cells if not cell.cut]
    goal = reviewed.goal
    closed = [cell for cell in cells if cell.state is not State.OPEN]
    return StrategyEffect(
        strategy=goal.strategy,
        version=goal.version,
        metric=goal.metric,
        family=goal.family,
        through=reviewed.through,
        so_far=effect_of_cells(reviewed, cells, reviewed.look),
        complete=effect_of_cells(reviewed, closed, None),
    )


def cut_cells(cells: Sequence[Cell], value: str) -> list[Cell]:
    """Return the cells of one value of their cut."""
    return [cell for cell in cells if cell.value == value]


def effect_of_cells(
    reviewed: Reviewed, cells: Sequence[Cell], look: int | None, *, alpha: float = ALPHA
) -> Effect:
    """Return the effect of touch against hold-out over `cells`, with an interval of level α."""
    touched = [cell for cell in cells if cell.arm == TOUCH]
    held = total(cell.sums for cell in cells if cell.arm == HOLDOUT)
    reached = total(cell.sums for cell in touched)
    return measure(
        reached,
        held,
        economics=Economics(
            cost_minor=sum(cell.cost_minor for cell in touched),
            value_per_unit=reviewed.goal.value_per_unit,
        ),
        ratio_p=sample_ratio(reached.n, held.n, reviewed.goal.holdout_share),
        look=look,
        alpha=alpha,
        population=reviewed.goal.population,
    )
