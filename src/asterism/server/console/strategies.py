"""Strategies: what is live, what each one does, whom it reaches, and the stop button."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Annotated

import sqlalchemy as sa
from fastapi import APIRouter, Form, Query, Request
from starlette.responses import RedirectResponse, Response

from asterism.execution.queue import recall_touches
from asterism.execution.tables import decision_funnel, touch
from asterism.kernel.errors import InvalidInputError, NotFoundError, Problem
from asterism.kernel.words import N_
from asterism.review import StrategyEffect, effect_of, latest_effects
from asterism.server.auth.audit import Act, record
from asterism.server.auth.roles import Permission
from asterism.server.console.effects import EffectWords, in_words
from asterism.server.console.page import render
from asterism.server.console.touches import within
from asterism.server.guard import Caller, require, services_of
from asterism.server.services import Reading, Services
from asterism.strategy import (
    PublishedStrategy,
    dump_strategy,
    get_strategy,
    list_strategies,
    list_versions,
    stop_strategy,
)

router = APIRouter(include_in_schema=False)


@router.get("/strategies")
def strategies(
    request: Request, caller: Annotated[Caller, require(Permission.SEE_STRATEGIES)]
) -> Response:
    """List the strategies with whom they reach and what they earned."""
    services = services_of(request)
    published = list_strategies(services.engine)
    titles = {one.strategy.id: caller.language.text(one.strategy.title) for one in published}
    effects = {
        found.strategy: in_words(found, titles.get(found.strategy, found.strategy), caller.language)
        for found in latest_effects(services.engine)
    }
    return render(
        request,
        caller,
        "strategies.html",
        published=published,
        effects=effects,
        counts=_counts(services.engine, caller),
        sizes=_sizes(services, published, caller),
        span=_span(list(effects.values())),
    )


def _span(effects: Sequence[EffectWords]) -> float:
    """Return the largest end of any profit's interval, so that all share one scale."""
    ends = [
        abs(end)
        for one in effects
        if one.effect.known
        for end in (one.effect.incremental_profit.low, one.effect.incremental_profit.high)
    ]
    return max(ends, default=1.0) or 1.0


def _counts(engine: sa.Engine, caller: Caller) -> dict[str, int]:
    query = (
        sa.select(touch.c.strategy, sa.func.count())
        .where(*within(caller.scope))
        .group_by(touch.c.strategy)
    )
    with engine.connect() as connection:
        return dict(connection.execute(query).tuples().all())


def _sizes(
    services: Services, published: Sequence[PublishedStrategy], caller: Caller
) -> dict[str, int]:
    reading = services.current.find()
    if reading is None:
        return {}
    return {
        one.strategy.id: size
        for one in published
        if (size := audience_size(reading, one, caller)) is not None
    }


def audience_size(reading: Reading, one: PublishedStrategy, caller: Caller) -> int | None:
    """Return how many customers a strategy means today; None where its text no longer compiles."""
    try:
        audience = reading.audience(one.strategy.audience)
    except InvalidInputError:
        return None
    return reading.count(reading.mask(audience, caller.scope))


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One step of a day's decision: who dropped out there, and who was left."""

    layer: str
    reason: str
    dropped: int
    left: int


def funnel_of(engine: sa.Engine, strategy_id: str) -> tuple[date | None, tuple[Step, ...]]:
    """Return the latest day on which a strategy decided, and its steps."""
    row = decision_funnel.c
    newest = sa.select(sa.func.max(row.day)).where(row.strategy == strategy_id)
    with engine.connect() as connection:
        day = connection.execute(newest).scalar()
        if day is None:
            return None, ()
        rows = connection.execute(
            sa.select(row.layer, row.reason, row.dropped, row.left)
            .where(row.strategy == strategy_id, row.day == day)
            .order_by(row.position)
        ).all()
    return day, tuple(
        Step(layer=one.layer, reason=one.reason, dropped=one.dropped, left=one.left) for one in rows
    )


@router.get("/strategies/{strategy_id}")
def strategy(
    request: Request,
    strategy_id: str,
    caller: Annotated[Caller, require(Permission.SEE_STRATEGIES)],
    version: Annotated[int | None, Query(ge=1)] = None,
) -> Response:
    """Show one strategy."""
    services = services_of(request)
    published = get_strategy(services.engine, strategy_id, version)
    title = caller.language.text(published.strategy.title)
    effect = _effect(services.engine, strategy_id, published.version)
    reading = services.current.find()
    day, steps = funnel_of(services.engine, strategy_id)
    return render(
        request,
        caller,
        "strategy.html",
        one=published,
        strategy=published.strategy,
        versions=list_versions(services.engine, strategy_id),
        yaml=dump_strategy(published.strategy),
        size=audience_size(reading, published, caller) if reading else None,
        effect=in_words(effect, title, caller.language) if effect else None,
        day=day,
        steps=steps,
        most=max((step.dropped + step.left for step in steps), default=1),
    )


def _effect(engine: sa.Engine, strategy_id: str, version: int) -> StrategyEffect | None:
    try:
        return effect_of(engine, strategy_id, version)
    except NotFoundError:
        return None


@router.post("/strategies/{strategy_id}/stop")
def stop(
    request: Request,
    strategy_id: str,
    caller: Annotated[Caller, require(Permission.STOP_STRATEGIES)],
    reason: Annotated[str, Form(max_length=400)] = "",
) -> Response:
    """Stop a strategy and call back what it has not sent yet."""
    if not reason.strip():
        raise InvalidInputError(
            N_("The strategy is not stopped"),
            [Problem(message=N_("Say why it is stopped."), where="reason")],
        )
    services, actor = services_of(request), caller.user.name
    version = stop_strategy(services.engine, strategy_id, services.clock, actor, reason.strip())
    recalled = recall_touches(services.engine, strategy_id, services.clock, actor=actor)
    record(
        services.engine,
        services.clock,
        actor=actor,
        act=Act.STOP_STRATEGY,
        subject=strategy_id,
        detail={"version": version, "reason": reason.strip(), "recalled": recalled},
        address=caller.address,
    )
    return RedirectResponse(f"/strategies/{strategy_id}", status_code=303)
