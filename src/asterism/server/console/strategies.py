"""Strategies: what is live, what each one does, whom it reaches, and the stop button."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Annotated

import sqlalchemy as sa
from fastapi import APIRouter, Form, Query, Request
from starlette.responses import RedirectResponse, Response

from asterism.execution.queries import Step, counts_by_day, funnel_of
from asterism.execution.stop import stop as stop_now
from asterism.execution.tables import decision_funnel
from asterism.kernel.clock import local_day
from asterism.kernel.errors import InvalidInputError, NotFoundError, Problem
from asterism.kernel.words import N_
from asterism.ledger.store import reading
from asterism.review import StrategyEffect, effect_of, latest_effects
from asterism.server.auth.audit import Act, record
from asterism.server.auth.roles import Permission
from asterism.server.console.effects import EffectWords, in_words
from asterism.server.console.page import render
from asterism.server.console.titles import reason_words
from asterism.server.console.touches import within
from asterism.server.guard import Caller, require, services_of
from asterism.server.services import Reading, Services
from asterism.strategy import (
    PublishedStrategy,
    dump_strategy,
    get_strategy,
    list_strategies,
    list_versions,
)
from asterism.strategy.drafts import open_drafts
from asterism.strategy.publish import last_stop
from asterism.strategy.ramp import STEPS, ramps, set_ramp

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


def _counts(engine: sa.Engine, caller: Caller) -> Mapping[str, int]:
    counts: Counter[str] = Counter()
    for (strategy_id, _), states in counts_by_day(engine, within(caller.scope)).items():
        counts[strategy_id] += sum(states.values())
    return counts


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


def funnel_day(engine: sa.Engine, strategy_id: str) -> date | None:
    """Return the latest day on which a strategy decided."""
    row = decision_funnel.c
    with reading(engine) as connection:
        found: date | None = connection.execute(
            sa.select(sa.func.max(row.day)).where(row.strategy == strategy_id)
        ).scalar()
    return found


def narrowing(engine: sa.Engine, strategy_id: str, day: date | None) -> list[Step]:
    """Return a day's funnel: everyone, then every reason that dropped somebody, then delivery."""
    steps = funnel_of(engine, strategy_id, day, day) if day else ()
    return [step for place, step in enumerate(steps) if step.dropped or place == 0]


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
    day = funnel_day(services.engine, strategy_id)
    ramp = ramps(services.engine).get((strategy_id, published.version))
    today = local_day(services.clock.now(), services.settings.time_zone)
    steps = narrowing(services.engine, strategy_id, day)
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
        ramp=ramp,
        ramp_now=ramp.share_on(today) if ramp else 1.0,
        ramp_next=ramp.next_step(today) if ramp else None,
        ramp_steps=STEPS,
        drafts=open_drafts(services.engine, strategy_id),
        steps=steps,
        reason=lambda code: reason_words(code, caller.language),
        most=max((step.left for step in steps[1:]), default=0) or 1,
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
    """Stop a strategy, call back what it has not sent yet, and say what was in flight."""
    if not reason.strip():
        raise InvalidInputError(
            N_("The strategy is not stopped"),
            [Problem(message=N_("Say why it is stopped."), where="reason")],
        )
    services, actor = services_of(request), caller.user.name
    done = stop_now(services.engine, strategy_id, services.clock, actor, reason.strip())
    record(
        services.engine,
        services.clock,
        actor=actor,
        act=Act.STOP_STRATEGY,
        subject=strategy_id,
        detail={**done.to_json(), "reason": reason.strip()},
        address=caller.address,
    )
    return RedirectResponse(f"/strategies/{strategy_id}/stopped", status_code=303)


@router.get("/strategies/{strategy_id}/stopped")
def stopped(
    request: Request,
    strategy_id: str,
    caller: Annotated[Caller, require(Permission.SEE_STRATEGIES)],
) -> Response:
    """Show what the last stop called back, and what was in flight."""
    services = services_of(request)
    done = last_stop(services.engine, strategy_id)
    return render(request, caller, "stopped.html", strategy_id=strategy_id, done=done)


@router.post("/strategies/{strategy_id}/ramp")
def grow(
    request: Request,
    strategy_id: str,
    caller: Annotated[Caller, require(Permission.PUBLISH_STRATEGIES)],
    share: Annotated[float, Form(gt=0, le=1)],
    step_days: Annotated[int, Form(ge=0, le=365)] = 0,
) -> Response:
    """Set the share of its customers that the newest version may take up."""
    services = services_of(request)
    published = get_strategy(services.engine, strategy_id)
    with services.engine.begin() as connection:
        set_ramp(
            connection,
            strategy_id,
            published.version,
            share=share,
            since=local_day(services.clock.now(), services.settings.time_zone),
            step_days=step_days or None,
            actor=caller.user.name,
            clock=services.clock,
        )
    record(
        services.engine,
        services.clock,
        actor=caller.user.name,
        act=Act.RAMP_STRATEGY,
        subject=strategy_id,
        detail={"version": published.version, "share": share, "step_days": step_days},
        address=caller.address,
    )
    return RedirectResponse(f"/strategies/{strategy_id}", status_code=303)
