"""Effects out of kept sums: no row of any customer is read here."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Engine

from asterism.kernel.errors import NotFoundError
from asterism.kernel.words import N_
from asterism.review.advice import Advice, advise
from asterism.review.effect import HOLDOUT, TOUCH, Economics, Effect, measure, sample_ratio
from asterism.review.store import Cell, Reviewed, cells_where, load_course, load_reviews
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
        known = newest.get(reviewed.strategy)
        if known is None or reviewed.version > known.version:
            newest[reviewed.strategy] = reviewed
    return tuple(strategy_effect(newest[name]) for name in sorted(newest))


def effect_of(engine: Engine, strategy: str, version: int | None = None) -> StrategyEffect:
    """Return the latest effect of a strategy's `version`, the newest measured by default.

    NotFoundError if nothing has been measured yet.
    """
    found = [
        reviewed
        for reviewed in load_reviews(engine, strategy=strategy)
        if version in {None, reviewed.version}
    ]
    if not found:
        raise NotFoundError(
            N_("Nothing has been measured for {strategy} yet.").format(strategy=strategy)
        )
    return strategy_effect(max(found, key=lambda reviewed: reviewed.version))


def effect_course(engine: Engine, strategy: str, version: int) -> tuple[StrategyEffect, ...]:
    """Return the effect as it stood on each day, oldest first."""
    return tuple(map(strategy_effect, load_course(engine, strategy, version)))


def effects_by(
    engine: Engine, strategy: str, version: int, cut: str
) -> tuple[tuple[str, StrategyEffect], ...]:
    """Return the latest effect within each value of `cut` ('channel', 'wave').

    One interval for each value: with many values, one of them misleading is to be expected.
    """
    found = [one for one in load_reviews(engine, strategy=strategy) if one.version == version]
    values = sorted({cell.cut[cut] for one in found for cell in one.cells if cut in cell.cut})
    return tuple(
        (value, strategy_effect(one, cells_where(one.cells, **{cut: value})))
        for one in found
        for value in values
    )


def strategy_effect(reviewed: Reviewed, cells: Sequence[Cell] | None = None) -> StrategyEffect:
    """Return the effect of a kept review, over some of its `cells` or all."""
    chosen = tuple(reviewed.cells if cells is None else cells)
    return StrategyEffect(
        strategy=reviewed.strategy,
        version=reviewed.version,
        metric=reviewed.metric,
        family=reviewed.family,
        through=reviewed.through,
        so_far=_effect(reviewed, chosen, reviewed.look),
        complete=_effect(reviewed, [cell for cell in chosen if cell.closed], None),
    )


def _effect(reviewed: Reviewed, cells: Sequence[Cell], look: int | None) -> Effect:
    touched = [cell for cell in cells if cell.arm == TOUCH]
    control = [cell for cell in cells if cell.arm != TOUCH]
    n_touch = sum(cell.sums.n for cell in touched)
    n_holdout = sum(cell.sums.n for cell in control if cell.arm == HOLDOUT)
    return measure(
        total(cell.sums for cell in touched),
        total(cell.sums for cell in control),
        economics=Economics(
            cost_minor=sum(cell.cost_minor for cell in touched),
            value_per_unit=reviewed.value_per_unit,
        ),
        ratio_p=sample_ratio(n_touch, n_holdout, reviewed.holdout_share),
        look=look,
    )
