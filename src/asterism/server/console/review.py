"""What came of it: every strategy's effect with its interval, its denominators and its cost."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Annotated

from fastapi import APIRouter, Request
from sqlalchemy import Engine
from starlette.responses import Response

from asterism.kernel.errors import NotFoundError
from asterism.kernel.money import exponent
from asterism.kernel.words import N_
from asterism.review import (
    ACTION_TITLES,
    METRICS,
    Effect,
    StrategyEffect,
    advise,
    discoveries,
    effect_course,
    effects_by,
    funnel,
    kinds_of,
    latest_effects,
    programme_of,
)
from asterism.server.auth.roles import Permission
from asterism.server.console.charts import Chart
from asterism.server.console.effects import EffectWords, in_words, programme_words
from asterism.server.console.page import render
from asterism.server.console.titles import reason_words, titles_of
from asterism.server.console.vocabulary import word
from asterism.server.guard import Caller, require, services_of
from asterism.server.language import Language

router = APIRouter(include_in_schema=False)

#: What effects can be cut by, and the vocabulary that names the values.
CUTS = ("channel", "script", "model", "wave")
#: By what it is asked whether the effect differs.
KINDS = ("tier", "lifecycle")
#: Days of the funnel that is shown.
_FUNNEL_DAYS = 30


@router.get("/review")
def effects(
    request: Request, caller: Annotated[Caller, require(Permission.SEE_REVIEW)]
) -> Response:
    """Show every strategy's effect."""
    titles = titles_of(request, caller.language)
    found = latest_effects(services_of(request).engine)
    shown = [in_words(one, titles.strategy(one.strategy), caller.language) for one in found]
    shown.sort(key=lambda one: (not one.effect.known, -one.effect.incremental_profit.point))
    return render(
        request,
        caller,
        "review.html",
        effects=shown,
        advice={one.strategy: _advice(one.effect, caller.language) for one in shown},
        chart=forest(shown, caller.language),
        through=max((one.through for one in found), default=None),
        totals=_totals(shown, found),
        programme=[
            programme_words(one, caller.language)
            for one in programme_of(services_of(request).engine)[:1]
        ],
    )


def _totals(shown: Sequence[EffectWords], found: Sequence[StrategyEffect]) -> Mapping[str, int]:
    return {
        "touched": sum(one.n_touch for one in shown),
        "control": sum(one.n_control for one in shown),
        "cost": sum(one.effect.cost_minor for one in shown),
        "better": sum(one.verdict == "better" for one in shown),
        "worse": sum(one.verdict == "worse" for one in shown),
        "open": sum(one.verdict in {"unclear", "few"} for one in shown),
        "discovered": int(discoveries([one.complete.evidence for one in found]).sum()),
    }


def forest(shown: Sequence[EffectWords], language: Language) -> Chart | None:
    """Return the intervals of net value added, one row for each; None if nothing is known yet."""
    known = [one for one in shown if one.effect.known]
    if not known:
        return None
    scale = 10 ** exponent(language.currency)
    return Chart(
        kind="forest",
        labels=[one.title for one in known],
        series=[
            {
                "name": language.say("Net value added"),
                "values": [_row(one, scale, language) for one in known],
            }
        ],
        unit="money",
        currency=language.currency,
        description=language.say("Net value added by each strategy, with its interval"),
    )


def _row(one: EffectWords, scale: int, language: Language) -> Mapping[str, object]:
    profit = one.effect.incremental_profit
    counts = f"n = {language.number(one.n_touch)} / {language.number(one.n_control)}"
    return {
        "low": profit.low / scale,
        "point": profit.point / scale,
        "high": profit.high / scale,
        "words": f"{one.title}: {one.profit} {one.profit_interval} · {counts}",
    }


@router.get("/review/{strategy_id}")
def effect(
    request: Request,
    strategy_id: str,
    caller: Annotated[Caller, require(Permission.SEE_REVIEW)],
) -> Response:
    """Show one strategy's effect: its course day by day, and its cuts."""
    engine, language = services_of(request).engine, caller.language
    titles = titles_of(request, language)
    found = next((one for one in latest_effects(engine) if one.strategy == strategy_id), None)
    if found is None:
        raise NotFoundError(N_("Nothing has been measured for this strategy yet."))
    title = titles.strategy(strategy_id)
    shown = in_words(found, title, language)
    cuts = {
        cut: [
            in_words(one, _cut_title(cut, value, language), language)
            for value, one in effects_by(engine, strategy_id, found.version, cut)
        ]
        for cut in CUTS
    }
    narrowed = funnel(
        engine, strategy_id, found.through - timedelta(days=_FUNNEL_DAYS - 1), found.through
    )
    steps = [step for place, step in enumerate(narrowed.steps) if step.dropped or not place]
    return render(
        request,
        caller,
        "effect.html",
        one=shown,
        found=found,
        advice=_advice(found.effect, caller.language),
        cuts={cut: rows for cut, rows in cuts.items() if len(rows) > 1},
        kinds=_kinds(engine, found, language),
        funnel=narrowed,
        steps=steps,
        most=max((step.left for step in steps[1:]), default=0) or 1,
        reason=lambda code: reason_words(code, language),
        course=course(effect_course(engine, strategy_id, found.version), language),
    )


def _kinds(
    engine: Engine, found: StrategyEffect, language: Language
) -> Mapping[str, list[tuple[EffectWords, bool]]]:
    """Return the effect on each kind of customer, and whether it differs from the others'."""
    shown = {}
    for cut in KINDS:
        parts = kinds_of(engine, found.strategy, found.version, cut)
        rows = []
        for part in parts:
            alone = replace(found, so_far=part.effect, complete=part.effect)
            title = word(cut, part.value, language.code)
            rows.append((in_words(alone, title, language), part.differs))
        if len(rows) > 1:
            shown[cut] = rows
    return shown


def _cut_title(cut: str, value: str, language: Language) -> str:
    if cut == "wave":
        return language.say("Wave {number}", number=value)
    return word(cut, value, language.code) if cut == "channel" else value


@dataclass(frozen=True, slots=True)
class AdviceWords:
    """What to do next, and why."""

    action: str
    title: str
    reason: str


def _advice(effect: Effect, language: Language) -> AdviceWords:
    found = advise(effect)
    return AdviceWords(
        found.action.value,
        language.text(ACTION_TITLES[found.action]),
        found.in_locale(language.code),
    )


def course(days: Sequence[StrategyEffect], language: Language) -> Chart | None:
    """Return how an effect and its interval came about, day by day; None for fewer than two."""
    known = [one for one in days if one.effect.known]
    if len(known) < 2:  # noqa: PLR2004 - a line needs two points
        return None
    metric = METRICS[known[0].metric]
    scale = 10 ** exponent(language.currency) if metric.money else 1
    lines = {
        language.say("Effect"): [one.effect.point / scale for one in known],
        language.say("Low"): [one.effect.low / scale for one in known],
        language.say("High"): [one.effect.high / scale for one in known],
    }
    return Chart(
        kind="band",
        labels=[language.month_day(one.through) for one in known],
        series=[{"name": name, "values": values} for name, values in lines.items()],
        unit="money" if metric.money else "percent",
        currency=language.currency,
        description=language.say("The effect on one customer day by day, with its interval"),
    )
