"""Strategies and what they earned."""

from datetime import date, datetime
from typing import Annotated

from fastapi import APIRouter, Path, Query, Request
from pydantic import BaseModel, Field

from asterism.review import StrategyEffect, advise, effect_of, latest_effects
from asterism.review.effect import Range
from asterism.server.auth.roles import Permission
from asterism.server.guard import Caller, require, services_of
from asterism.strategy import PublishedStrategy, dump_strategy, get_strategy, list_strategies

router = APIRouter(prefix="/api/v1", tags=["strategies"])

StrategyId = Annotated[str, Path(min_length=1, max_length=63)]


class StrategySummary(BaseModel):
    """A published strategy."""

    id: str
    title: str = Field(description="In the caller's language.")
    version: int
    state: str = Field(description="'published' or 'stopped'.")
    scene: str
    audience: str = Field(description="In the audience language.")
    holdout: float = Field(description="Share of its customers left alone to measure against.")
    published_at: datetime | None


class StrategyDocument(StrategySummary):
    """A published strategy with its whole text."""

    yaml: str


class Interval(BaseModel):
    """A figure with its interval; ends are null while there are too few customers to say."""

    point: float | None
    low: float | None
    high: float | None


class EffectReport(BaseModel):
    """What a strategy changed, by intention to treat; never without interval and denominators."""

    strategy: str
    version: int
    metric: str
    through: date
    n_touch: int
    n_control: int
    effect: Interval = Field(description="Change of the metric for one customer.")
    incremental_profit: Interval = Field(description="Net of cost, minor units.")
    cost_minor: int
    complete: bool = Field(description="Whether every customer's window is over.")
    uneven: bool = Field(description="Whether the arms are not as chance should have split them.")
    action: str = Field(description="'stop', 'keep', 'widen' or 'change'.")
    reason: str = Field(description="Why, in the caller's language.")


@router.get("/strategies")
def list_published(
    request: Request, caller: Annotated[Caller, require(Permission.SEE_STRATEGIES)]
) -> list[StrategySummary]:
    """Return the newest version of every strategy."""
    published = list_strategies(services_of(request).engine)
    return [StrategySummary.model_validate(_summary(one, caller)) for one in published]


@router.get("/strategies/{strategy_id}")
def get_published(
    request: Request,
    strategy_id: StrategyId,
    caller: Annotated[Caller, require(Permission.SEE_STRATEGIES)],
    version: Annotated[int | None, Query(ge=1, le=2**31 - 1)] = None,
) -> StrategyDocument:
    """Return one version of a strategy, the newest by default."""
    one = get_strategy(services_of(request).engine, strategy_id, version)
    return StrategyDocument.model_validate(
        {**_summary(one, caller), "yaml": dump_strategy(one.strategy)}
    )


def _summary(one: PublishedStrategy, caller: Caller) -> dict[str, object]:
    strategy = one.strategy
    return {
        "id": strategy.id,
        "title": caller.language.text(strategy.title),
        "version": one.version,
        "state": one.state,
        "scene": strategy.scene.value,
        "audience": strategy.audience,
        "holdout": strategy.holdout,
        "published_at": one.published_at,
    }


@router.get("/review")
def list_effects(
    request: Request, caller: Annotated[Caller, require(Permission.SEE_REVIEW)]
) -> list[EffectReport]:
    """Return what every strategy changed."""
    return [_report(one, caller) for one in latest_effects(services_of(request).engine)]


@router.get("/review/{strategy_id}")
def get_effect(
    request: Request,
    strategy_id: StrategyId,
    caller: Annotated[Caller, require(Permission.SEE_REVIEW)],
    version: Annotated[int | None, Query(ge=1, le=2**31 - 1)] = None,
) -> EffectReport:
    """Return what one strategy changed."""
    return _report(effect_of(services_of(request).engine, strategy_id, version), caller)


def _report(found: StrategyEffect, caller: Caller) -> EffectReport:
    effect, advice = found.effect, advise(found.effect)
    return EffectReport(
        strategy=found.strategy,
        version=found.version,
        metric=found.metric,
        through=found.through,
        n_touch=effect.n_touch,
        n_control=effect.n_control,
        effect=_interval(effect.per_customer),
        incremental_profit=_interval(effect.incremental_profit),
        cost_minor=effect.cost_minor,
        complete=effect.complete,
        uneven=effect.uneven,
        action=advice.action.value,
        reason=advice.in_locale(caller.language.code),
    )


def _interval(found: Range) -> Interval:
    return Interval.model_validate(found.to_json())
