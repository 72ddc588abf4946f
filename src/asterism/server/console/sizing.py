"""How large an experiment must be: customers and days for an effect, or the reverse."""

from collections.abc import Mapping
from dataclasses import dataclass
from math import isfinite
from typing import Annotated

import numpy as np
from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from asterism.kernel.errors import InvalidInputError
from asterism.kernel.money import exponent
from asterism.review import METRICS
from asterism.review.baseline import Baseline, Source, baseline_for
from asterism.review.goal import Goal
from asterism.review.size import (
    POWER,
    Size,
    customers_a_day,
    days_for,
    found_with,
    power_of,
    size_for,
)
from asterism.server.auth.roles import Permission
from asterism.server.console.charts import Chart
from asterism.server.console.effects import Write, writer
from asterism.server.console.page import render
from asterism.server.console.titles import titles_of
from asterism.server.guard import Caller, require, services_of
from asterism.server.language import Language, in_words
from asterism.server.services import Services
from asterism.strategy import PublishedStrategy

router = APIRouter(include_in_schema=False)

#: Points of the power picture, and how far beyond the planned size it goes.
_POINTS = 40
_BEYOND = 2.0
#: Effects that are proposed first: a tenth of what customers do anyway, or of how much they vary.
_TENTH = 0.1
#: More customers than any bank has.
_MOST = 10**9
#: A percentage point.
_HUNDREDTH = 0.01


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What the form says."""

    strategy: str
    #: Percentage points or major units of money; None proposes one.
    effect: float | None
    customers: int | None
    #: Per cent.
    holdout: float | None
    power: float


@router.get("/experiments/size")
def size(  # noqa: PLR0913, PLR0917 - the fields of the form
    request: Request,
    caller: Annotated[Caller, require(Permission.SEE_REVIEW)],
    strategy: Annotated[str, Query(max_length=80)] = "",
    effect: Annotated[str, Query(max_length=20)] = "",
    customers: Annotated[str, Query(max_length=20)] = "",
    holdout: Annotated[str, Query(max_length=20)] = "",
    power: Annotated[str, Query(max_length=20)] = "",
) -> Response:
    """Show the planner, with an answer once a strategy is chosen."""
    titles = titles_of(request, caller.language)
    asked = Asked(
        strategy=strategy,
        effect=_number(effect),
        customers=min(int(_number(customers) or 0), _MOST) or None,
        holdout=_number(holdout),
        power=(_number(power) or POWER * 100) / 100,
    )
    chosen = titles.strategies.get(strategy)
    problems: list[Mapping[str, str]] = []
    answer = None
    if chosen is not None:
        try:
            answer = _answer(services_of(request), chosen, asked, caller.language)
        except InvalidInputError as error:
            problems = [in_words(problem, caller.language) for problem in error.problems]
    return render(
        request,
        caller,
        "size.html",
        asked=asked,
        strategies={key: titles.strategy(key) for key in sorted(titles.strategies)},
        answer=answer,
        problems=problems,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What the planner says."""

    metric: str
    #: '%' points or the currency.
    unit: str
    base: Baseline
    mean: str
    deviation: str
    #: Share of the noise that the time before takes away.
    explained: float
    size: Size
    effect: str
    #: The effect in the form's unit.
    effect_value: float
    holdout: float
    audience: int
    a_day: float | None
    days: int
    chart: Chart
    #: Where the baseline was read, in words.
    source: str


def _answer(
    services: Services, published: PublishedStrategy, asked: Asked, language: Language
) -> Answer:
    strategy = published.strategy
    goal = Goal.of(strategy, published.version)
    money = METRICS[goal.metric].money
    unit = 10 ** exponent(language.currency) if money else _HUNDREDTH
    share = strategy.holdout if asked.holdout is None else asked.holdout / 100
    base, audience = _baseline(services, published)
    if asked.customers:
        planned = found_with(base, asked.customers, share, asked.power)
    else:
        proposed = _TENTH * (base.deviation if money else base.mean or base.deviation)
        wanted = proposed if asked.effect is None else asked.effect * unit
        planned = size_for(base, wanted, share, asked.power)
    a_day = customers_a_day(services.engine, strategy.id, services.current.get().as_of)
    write = writer(goal.metric, language)
    return Answer(
        metric=language.text(METRICS[goal.metric].title),
        unit=language.currency if money else language.say("pp"),
        base=base,
        mean=write(base.mean),
        deviation=write(base.deviation),
        explained=1 - (base.residual / base.deviation) ** 2 if base.deviation else 0.0,
        size=planned,
        effect=write(planned.effect, signed=True) + ("" if money else f" {language.say('pp')}"),
        effect_value=planned.effect / unit,
        holdout=share * 100,
        audience=audience,
        a_day=a_day,
        days=days_for(planned.customers, a_day, goal.outcome_days),
        chart=picture(base, planned, write, language),
        source=_source(base, language),
    )


def picture(base: Baseline, planned: Size, write: Write, language: Language) -> Chart:
    """Return the chance of finding the effect, half of it and twice it, by customers."""
    sizes = np.unique(
        np.linspace(planned.customers / _POINTS, planned.customers * _BEYOND, _POINTS).astype(int)
    )
    unit = "" if base.money else f" {language.say('pp')}"
    effects = [planned.effect / 2, planned.effect, planned.effect * 2]
    return Chart(
        kind="line",
        labels=[language.short(int(one)) for one in sizes],
        series=[
            {
                "name": write(effect, signed=True) + unit,
                "values": [
                    round(power_of(base, effect, int(one), planned.holdout), 4) for one in sizes
                ],
            }
            for effect in effects
        ],
        unit="percent",
        description=language.say("Chance of finding the effect, by the number of customers"),
    )


def _baseline(services: Services, published: PublishedStrategy) -> tuple[Baseline, int]:
    """Return what the strategy's customers do untouched, and how many they are today."""
    reading, strategy = services.current.get(), published.strategy
    there = reading.audience(strategy.audience).mask(reading.columns).count()
    with services.engines.lend() as connection:
        base = baseline_for(
            services.engine,
            services.warehouse,
            connection,
            reading.snapshot,
            strategy,
            services.settings.time_zone,
        )
    return base, there


def _source(base: Baseline, language: Language) -> str:
    number = language.number(base.customers)
    if base.source is Source.HOLDOUT:
        return language.say("Read from {number} customers whom it held out.", number=number)
    if base.source is Source.AUDIENCE_THEN:
        return language.say(
            "Read from {number} customers who were its audience before the last window.",
            number=number,
        )
    return language.say(
        "Read from {number} customers of today's audience: whoever acted has left it, so that the "
        "rate may be too low.",
        number=number,
    )


def _number(text: str) -> float | None:
    """Read a number from the form; None for nothing, or for what is none."""
    try:
        found = float(text.replace(",", ".")) if text.strip() else None
    except ValueError:
        return None
    return found if found is not None and isfinite(found) else None
