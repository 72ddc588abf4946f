"""Commands about effects: review, experiment size."""

from typing import Annotated, Any

import typer

from asterism.audience import Columns, compile_audience
from asterism.bootstrap import Asterism
from asterism.cli.context import AsJson, opened
from asterism.cli.screen import figure, interval, show, table
from asterism.cli.words import _
from asterism.insight.segments import segment_catalogue
from asterism.kernel.errors import InvalidInputError, NotFoundError, Problem
from asterism.kernel.money import exponent
from asterism.kernel.words import N_
from asterism.review import METRICS, StrategyEffect, latest_effects, programme_of
from asterism.review.baseline import Baseline, baseline_for
from asterism.review.goal import Goal
from asterism.review.latest import effects_by
from asterism.review.size import (
    POWER,
    Size,
    customers_a_day,
    days_for,
    found_with,
    size_for,
)
from asterism.strategy import Strategy, get_strategy, library
from asterism.warehouse import connect

StrategyId = Annotated[
    str, typer.Argument(metavar="STRATEGY", help=_("A strategy's id, live or in the library."))
]
Wanted = Annotated[
    float | None,
    typer.Option(help=_("Smallest effect worth finding: 0.01 is one point; money in major units.")),
]
Customers = Annotated[
    int | None, typer.Option(min=1, help=_("… or how many customers there are for it."))
]
Holdout = Annotated[
    float | None, typer.Option(help=_("Share held out; the strategy's own if left out."))
]
Power = Annotated[float, typer.Option(help=_("Chance with which the effect is to be found."))]
Cut = Annotated[
    str | None,
    typer.Option("--by", help=_("Cut by channel, script, model, tier, lifecycle or wave.")),
]


def register(app: typer.Typer) -> None:
    """Add the commands to `app`."""
    app.command("review", help=_("What strategies earned, with intervals."))(review)
    experiment = typer.Typer(help=_("Experiments: how large they must be."), no_args_is_help=True)
    experiment.command("size", help=_("Customers and days to find an effect, or the reverse."))(
        size
    )
    experiment.callback()(lambda: None)
    app.add_typer(experiment, name="experiment")


def review(
    context: typer.Context,
    strategy: Annotated[
        str | None, typer.Argument(metavar="[STRATEGY]", help=_("One strategy; all if left out."))
    ] = None,
    by: Cut = None,
    programme: Annotated[
        bool, typer.Option("--programme", help=_("All strategies together, by universal control."))
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Show what strategies earned."""
    asterism = opened(context)
    if programme:
        _programme(asterism, as_json)
        return
    effects = [
        row
        for row in latest_effects(asterism.bank.engine)
        if strategy is None or row.strategy == strategy
    ]
    if strategy is not None and not effects:
        raise NotFoundError(N_("Nothing has been measured for {id} yet."), id=strategy)
    parts: list[tuple[str, StrategyEffect]] = [("", row) for row in effects]
    if by:
        engine = asterism.bank.engine
        parts = [
            part for row in effects for part in effects_by(engine, row.strategy, row.version, by)
        ]
    _show(parts, asterism.settings.currency, as_json)


def _show(parts: list[tuple[str, StrategyEffect]], currency: str, as_json: bool) -> None:
    rows = [
        (
            f"{row.strategy} · {value}" if value else row.strategy,
            row.metric,
            row.effect.n_touch,
            row.effect.n_control,
            figure(row.metric, row.effect.point, currency),
            interval(row.metric, row.effect.low, row.effect.high, currency),
        )
        for value, row in parts
    ]
    words = ("Strategy", "Metric", "Touched", "Held out", "Effect", "95 % interval")
    headings = [_(word) for word in words]
    data = [{**row.to_json(), **({"value": value} if value else {})} for value, row in parts]
    show(data, as_json, lambda: table(_("Review"), headings, rows))


def _programme(asterism: Asterism, as_json: bool) -> None:
    found = programme_of(asterism.bank.engine)
    if not found:
        raise NotFoundError(N_("The programme is measured a week after its first assignment."))
    latest, currency = found[0], asterism.settings.currency
    rows = [
        (
            metric,
            effect.n_touch,
            effect.n_control,
            figure(metric, effect.point, currency),
            interval(metric, effect.low, effect.high, currency),
        )
        for metric, effect in latest.effects.items()
    ]
    words = ("Metric", "May be touched", "Universal control", "Effect", "95 % interval")
    headings = [_(word) for word in words]
    title = _("The programme since {day}", day=latest.began_on)
    show([one.to_json() for one in found], as_json, lambda: table(title, headings, rows))


def size(
    context: typer.Context,
    strategy: StrategyId,
    effect: Wanted = None,
    customers: Customers = None,
    holdout: Holdout = None,
    power: Power = POWER,
    as_json: AsJson = False,
) -> None:
    """Say how large an experiment must be."""
    asterism = opened(context)
    wanted = _strategy(asterism, strategy)
    if (effect is None) == (customers is None):
        problem = Problem(message=N_("Give either --effect or --customers."))
        raise InvalidInputError(N_("The experiment cannot be sized"), [problem])
    share = wanted.holdout if holdout is None else holdout
    goal = Goal.of(wanted, 1)
    base, there = _baseline(asterism, wanted)
    unit = 10 ** exponent(asterism.settings.currency) if METRICS[goal.metric].money else 1
    if customers is None:
        planned = size_for(base, (effect or 0.0) * unit, share, power)
    else:
        planned = found_with(base, customers, share, power)
    as_of = asterism.bank.snapshot().as_of
    a_day = customers_a_day(asterism.bank.engine, strategy, as_of)
    data = {
        "strategy": strategy,
        "metric": goal.metric,
        "baseline": base.mean / unit,
        "baseline_from": base.source.value,
        "deviation": base.deviation / unit,
        "left_after_covariate": base.residual / unit,
        "customers": planned.customers,
        "held_out": planned.held_out,
        "effect": planned.effect / unit,
        "power": planned.power,
        "audience_now": there,
        "customers_a_day": a_day,
        "days": days_for(planned.customers, a_day, goal.outcome_days),
    }
    show(data, as_json, lambda: _in_words(data, planned, asterism.settings.currency))


def _in_words(data: dict[str, Any], planned: Size, currency: str) -> str:
    return _(
        "{customers} customers, {held} of them held out, find an effect of {effect} with a chance "
        "of {power}. The audience has {there} today; the last window would be over after "
        "{days} days.",
        customers=f"{planned.customers:,}",
        held=f"{planned.held_out:,}",
        effect=figure(data["metric"], planned.effect, currency),
        power=f"{planned.power:.0%}",
        there=f"{data['audience_now']:,}",
        days=data["days"],
    )


def _strategy(asterism: Asterism, identity: str) -> Strategy:
    ready = next((one for one in library() if one.id == identity), None)
    try:
        return get_strategy(asterism.bank.engine, identity).strategy
    except NotFoundError:
        if ready is None:
            raise
        return ready


def _baseline(asterism: Asterism, strategy: Strategy) -> tuple[Baseline, int]:
    """Return what the strategy's customers do untouched, and how many they are today."""
    bank = asterism.bank
    snapshot = bank.snapshot()
    columns = Columns.open(snapshot.path("columns"))
    audience = compile_audience(strategy.audience, segment_catalogue(bank.engine))
    connection = connect()
    try:
        base = baseline_for(
            bank.engine, bank.warehouse, connection, snapshot, strategy, bank.time_zone
        )
    finally:
        connection.disconnect()
    return base, audience.mask(columns).count()
