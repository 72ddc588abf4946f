"""The loop at a glance: five stages with today's figures, and what needs a person."""

import dataclasses
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Annotated

import numpy as np
import sqlalchemy as sa
from fastapi import APIRouter, Request
from starlette.responses import Response

from asterism.execution.life import REACHED, State
from asterism.execution.queries import counts_by_day
from asterism.kernel.money import exponent
from asterism.ledger.store import reading
from asterism.loop.journal import stage_table
from asterism.review import latest_effects
from asterism.server.auth.roles import Permission
from asterism.server.auth.scope import Reach
from asterism.server.console.attention import attention
from asterism.server.console.charts import Chart
from asterism.server.console.page import render
from asterism.server.console.population import spread
from asterism.server.console.titles import titles_of
from asterism.server.console.touches import within
from asterism.server.console.trends import DAYS, Figures, Trends, column
from asterism.server.console.vocabulary import word
from asterism.server.console.worklist import day_of
from asterism.server.guard import Caller, require, services_of
from asterism.server.language import Language
from asterism.server.services import Reading, Services
from asterism.strategy import live_strategies

router = APIRouter(include_in_schema=False)
_TRENDS = Trends()


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """One stage of the loop, as its tile shows it."""

    name: str
    icon: str
    address: str
    figure: str
    sub: str
    trend: Sequence[float | None] = ()


@router.get("/")
def home(request: Request, caller: Annotated[Caller, require(Permission.SEE_HOME)]) -> Response:
    """Show the loop at a glance."""
    services, language = services_of(request), caller.language
    reading = services.current.find()
    if reading is None:
        return render(request, caller, "home_empty.html")
    trends = _TRENDS.read(services) if caller.scope.reach is Reach.ALL else ()
    day = day_of(services)
    daily = _daily(services, caller, day)
    titles = titles_of(request, language)
    mask = reading.mask(None, caller.scope)
    return render(
        request,
        caller,
        "home.html",
        day=day,
        stages=_stages(services, caller, reading, trends, daily),
        todo=attention(services, caller, reading, titles, day),
        run=last_run(services.engine),
        assets_chart=_assets_chart(trends, language),
        touched=_touch_chart(daily, language),
        tiers=spread(reading, mask, "tier", language).chart(language, "ring"),
        life=spread(reading, mask, "lifecycle", language).chart(language, "columns"),
    )


Daily = Mapping[date, Mapping[State, int]]


def _daily(services: Services, caller: Caller, day: date) -> Daily:
    """Return touches by planned day and state over the last days, every day present."""
    asked = dataclasses.replace(
        within(caller.scope), since=day - timedelta(days=DAYS - 1), until=day
    )
    found: dict[date, Counter[State]] = {
        day - timedelta(days=back): Counter() for back in range(DAYS - 1, -1, -1)
    }
    for (_, planned), states in counts_by_day(services.engine, asked).items():
        found[planned].update(states)
    return found


@dataclass(frozen=True, slots=True, kw_only=True)
class Ran:
    """One stage of the last business day that ran."""

    day: date
    stage: str
    finished_at: datetime
    seconds: float


def last_run(engine: sa.Engine) -> list[Ran]:
    """Return the stages of the latest day in the journal, in the order in which they ended."""
    row = stage_table.c
    newest = sa.select(sa.func.max(row.day)).scalar_subquery()
    query = sa.select(row.day, row.stage, row.finished_at, row.milliseconds)
    with reading(engine) as connection:
        rows = connection.execute(query.where(row.day == newest).order_by(row.finished_at)).all()
    return [
        Ran(
            day=one.day,
            stage=one.stage,
            finished_at=one.finished_at,
            seconds=one.milliseconds / 1000,
        )
        for one in rows
    ]


def _stages(
    services: Services, caller: Caller, reading: Reading, trends: Sequence[Figures], daily: Daily
) -> list[Stage]:
    made = [_insight(caller, reading, trends)]
    if caller.may(Permission.SEE_STRATEGIES):
        made.append(_strategy(services, caller, reading))
    made.append(_execution(caller, daily))
    if caller.may(Permission.SEE_REVIEW):
        made.append(_review(services, caller))
    made.append(_experience(caller, reading, trends))
    return made


def _insight(caller: Caller, reading: Reading, trends: Sequence[Figures]) -> Stage:
    language = caller.language
    mask = reading.mask(None, caller.scope)
    values, valid = (
        reading.columns.values("aum")
        if mask is None
        else reading.columns.take("aum", mask.indices())
    )
    assets = int(np.sum(values if valid is None else values[valid]))
    return Stage(
        name=language.say("Insight"),
        icon="bulb",
        address="/customers",
        figure=language.number(reading.count(mask)),
        sub=language.say("customers with {assets}", assets=language.short_money(assets)),
        trend=column(trends, "assets"),
    )


def _strategy(services: Services, caller: Caller, reading: Reading) -> Stage:
    language = caller.language
    live = live_strategies(services.engine, reading.day)
    scenes = Counter(one.strategy.scene.value for one in live)
    parts = [f"{word('scene', scene, language.code)} {n}" for scene, n in scenes.most_common()]
    return Stage(
        name=language.say("Strategy"),
        icon="route",
        address="/map",
        figure=language.number(len(live)),
        sub=language.say("live: {scenes}", scenes=" · ".join(parts)) if parts else "",
    )


def _execution(caller: Caller, daily: Daily) -> Stage:
    language = caller.language
    totals = [sum(states.values()) for states in daily.values()]
    today = list(daily.values())[-1]
    reached = sum(today[state] for state in REACHED)
    return Stage(
        name=language.say("Execution"),
        icon="send",
        address="/touches" if caller.may(Permission.SEE_TOUCHES) else "/worklist",
        figure=language.number(totals[-1]),
        sub=language.say("touches today, {reached} on their way", reached=language.number(reached)),
        trend=totals,
    )


def _review(services: Services, caller: Caller) -> Stage:
    language = caller.language
    found = [one.effect for one in latest_effects(services.engine)]
    better = sum(one.known and one.low > 0 for one in found)
    people = sum(one.n_touch + one.n_control for one in found)
    return Stage(
        name=language.say("Review"),
        icon="chart-dots",
        address="/review",
        figure=f"{better} / {len(found)}",
        sub=language.say(
            "strategies better than nothing, measured on {people} customers",
            people=language.number(people),
        ),
    )


def _experience(caller: Caller, reading: Reading, trends: Sequence[Figures]) -> Stage:
    language = caller.language
    mask = reading.mask(None, caller.scope)
    values, valid = (
        reading.columns.values("last_survey_score")
        if mask is None
        else reading.columns.take("last_survey_score", mask.indices())
    )
    scores = (values if valid is None else values[valid]).astype(np.float64)
    figure = language.number(float(scores.mean()), 1) if len(scores) else "—"
    return Stage(
        name=language.say("Experience"),
        icon="mood-smile",
        address="/tags/last_survey_score",
        figure=figure,
        sub=language.say(
            "mean of the last survey, from {people} customers", people=language.number(len(scores))
        ),
        trend=column(trends, "score"),
    )


def _assets_chart(trends: Sequence[Figures], language: Language) -> Chart | None:
    if len(trends) < 2:  # noqa: PLR2004 - a line needs two points
        return None
    scale = 10 ** exponent(language.currency)
    return Chart(
        kind="line",
        labels=[language.month_day(one.as_of) for one in trends],
        series=[{"name": language.say("Assets"), "values": [one.assets / scale for one in trends]}],
        unit="money",
        currency=language.currency,
        description=language.say("Assets of all customers, day by day"),
        extra={"scale": True},
    )


def _touch_chart(daily: Daily, language: Language) -> Chart | None:
    groups = {
        language.say("On their way or arrived"): (State.SENT, State.DELIVERED, State.SEEN),
        language.say("Answered"): (State.ANSWERED, State.CONVERTED),
        language.say("Waiting"): (State.PLANNED, State.APPROVED, State.QUEUED),
        language.say("Held back"): (State.SUPPRESSED, State.EXPIRED, State.RECALLED),
        language.say("Failed"): (State.FAILED, State.UNKNOWN),
    }
    lines = [
        {"name": name, "values": [sum(states[s] for s in group) for states in daily.values()]}
        for name, group in groups.items()
    ]
    kept = [line for line in lines if any(line["values"])]
    if not kept:
        return None
    return Chart(
        kind="columns",
        labels=[language.month_day(day) for day in daily],
        series=kept,
        description=language.say("Touches by day and by how far they came"),
        extra={"stacked": True},
    )
