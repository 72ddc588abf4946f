"""What past experiments say of a strategy that has not run yet."""

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import Engine

from asterism.review import Range, StrategyEffect, effects_by, latest_effects
from asterism.strategy import Strategy


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """The effect on one customer that was measured where it was tried before."""

    #: The strategies whose experiments these are.
    strategies: tuple[str, ...]
    #: Whether it is this very strategy's own.
    own: bool
    #: Customers in both arms behind it.
    customers: int
    #: Change of the metric for one customer who is meant to be touched.
    per_customer: Range

    def over(self, customers: int) -> Range:
        """Return the change expected over so many customers."""
        return self.per_customer.times(customers)


def evidence_for(
    engine: Engine, strategy: Strategy, by_channel: Mapping[str, int]
) -> Evidence | None:
    """Return what was measured of the same strategy, or of others like it; None for nothing.

    Like it are experiments with the same metric and product family on a channel of `by_channel`
    (touches by channel). Of several the point is their mean by customers, and the interval holds
    all of theirs: they were other customers and other words, so that pooling would promise more
    than is known.
    """
    latest = latest_effects(engine)
    own = [one for one in latest if one.strategy == strategy.id and one.effect.known]
    if own:
        return _evidence([(one.strategy, one) for one in own], own=True)
    goal = strategy.goal
    family = goal.family.value if goal.family else None
    alike = [
        (one.strategy, found)
        for one in latest
        if (one.metric, one.family) == (goal.metric.value, family)
        for channel, found in effects_by(engine, one.strategy, one.version, "channel")
        if channel in by_channel and found.effect.known
    ]
    return _evidence(alike, own=False) if alike else None


def _evidence(found: list[tuple[str, StrategyEffect]], *, own: bool) -> Evidence:
    effects = [one.effect for _, one in found]
    customers = [effect.n_touch + effect.n_control for effect in effects]
    total = sum(customers)
    point = sum(e.point * n for e, n in zip(effects, customers, strict=True)) / total
    return Evidence(
        strategies=tuple(sorted({name for name, _ in found})),
        own=own,
        customers=total,
        per_customer=Range(
            point=point,
            low=min(effect.low for effect in effects),
            high=max(effect.high for effect in effects),
        ),
    )
